namespace Slipway.Core.Analysis;

/// <summary>How one test of a watch came to what it says: while the new version has all traffic, against what was known of stable before. Always an estimate.</summary>
/// <param name="StableUpper">What stable's bad rate is taken to have been at most; see <see cref="WatchTest.StableUpper"/>.</param>
/// <param name="IsLittleKnown">That is assumed: of stable there were too few units.</param>
/// <param name="Tolerated">The rate that is still tolerated: the same, times what the rollout tolerates.</param>
/// <param name="Points">In order, at most <see cref="WatchPoints.Most"/>.</param>
public sealed record WatchTrace(CheckResult Result, double StableUpper, bool IsLittleKnown, double Tolerated, IReadOnlyList<WatchPoint> Points);

/// <summary>A stretch of a watch, from the point before to this one.</summary>
/// <param name="Second">That of its last bin.</param>
/// <param name="Units">What the new version had in the stretch alone.</param>
/// <param name="TotalUnits">What it had from the beginning of the watch to the stretch's end.</param>
/// <param name="Log10Evidence">E at its end, as its decimal logarithm.</param>
public sealed record WatchPoint(long Second, double Units, double Bad, double TotalUnits, double TotalBad, double Log10Evidence);

/// <summary>Gathers the bins of a watch to draw them; the longer it goes on, the more seconds a point has.</summary>
public sealed class WatchPoints
{
    public const int Most = 300;
    private List<WatchPoint> points = [];
    private long first, span = 1;

    public IReadOnlyList<WatchPoint> All => points;

    public void Add(long second, double units, double bad, double log10Evidence)
    {
        first = points.Count == 0 ? second : first;
        var before = points.Count == 0 ? null : points[^1];
        Add(points, new(second, units, bad, (before?.TotalUnits ?? 0) + units, (before?.TotalBad ?? 0) + bad, log10Evidence));
        while (points.Count > Most)
        {
            span *= 2;
            var coarser = new List<WatchPoint>(Most);
            points.ForEach(point => Add(coarser, point));
            points = coarser;
        }
    }

    private void Add(List<WatchPoint> to, WatchPoint point)
    {
        if (to.Count > 0 && (to[^1].Second - first) / span == (point.Second - first) / span)
        {
            to[^1] = point with { Units = to[^1].Units + point.Units, Bad = to[^1].Bad + point.Bad };
            return;
        }

        to.Add(point);
    }
}
