namespace Slipway.Core.Analysis;

/// <summary>Gathers the bins that a test judged, to draw them. The ratio's likelihood is folded once along all of them, and its interval computed at the points' ends alone.</summary>
public sealed class EvidenceTrace
{
    public const int MostPoints = 300;
    private readonly List<(Bin Bin, double Log10Evidence)> bins = [];

    /// <summary>Takes in a bin that was judged; those before the canary's first request hold nothing to compare, and are left out.</summary>
    /// <param name="log10Evidence">E after it.</param>
    /// <param name="isTold">False: its counts are of another limit than those that are told, and only the evidence is drawn.</param>
    public void Add(in Bin bin, double log10Evidence, bool isTold = true)
    {
        if (bins.Count > 0 || bin is not { Share: 0, CanaryUnits: 0 })
        {
            bins.Add((isTold ? bin : new(bin.Second, bin.Share, 0, 0, 0, 0), log10Evidence));
        }
    }

    /// <param name="limit">K/α of the test: that of the interval too.</param>
    /// <param name="dispersion">φ, by which the counts are divided.</param>
    public IReadOnlyList<TracePoint> Points(double limit, double dispersion)
    {
        if (bins.Count == 0)
        {
            return [];
        }

        var first = bins[0].Bin.Second;
        var span = ((bins[^1].Bin.Second - first) / MostPoints) + 1;
        var points = new List<TracePoint>();
        var likelihood = new RatioLikelihood();
        RatioInterval? interval = null;
        Totals total = new(), before = new();
        for (var i = 0; i < bins.Count; i++)
        {
            var (bin, evidence) = bins[i];
            total = total.Plus(bin);
            if (bin.CanaryBad + bin.StableBad > 0)
            {
                likelihood.Add(bin.Share, bin.CanaryBad / dispersion, bin.StableBad / dispersion);
                interval = null;
            }

            if (i == bins.Count - 1 || (bins[i + 1].Bin.Second - first) / span > (bin.Second - first) / span)
            {
                points.Add(new(bin.Second, total.After(before), total, evidence, interval ??= likelihood.Interval(limit)));
                before = total;
            }
        }

        return points;
    }
}
