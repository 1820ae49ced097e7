using Slipway.Core.Analysis.MannWhitney;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Analysis;

/// <summary>What one test says, and how it came to it.</summary>
/// <param name="Points">Of tests of counts; in order, at most <see cref="EvidenceTrace.MostPoints"/>.</param>
/// <param name="Measurements">Of thresholds and comparisons by ranks; in order.</param>
public sealed record CheckTrace(CheckKind Kind, CheckResult Result, IReadOnlyList<TracePoint> Points, IReadOnlyList<TracedMeasurement> Measurements)
{
    /// <summary>Since the new version has had all traffic; null: it has not, or the test has nothing to hold it against.</summary>
    public WatchTrace? Watch { get; init; }
}

/// <summary>A stretch of the bins that a test judged, from the point before to this one.</summary>
/// <param name="Second">That of its last bin.</param>
/// <param name="Stretch">What both arms had in the stretch alone.</param>
/// <param name="Total">What both arms had from the beginning to its end.</param>
/// <param name="Log10Evidence">E at its end, as its decimal logarithm.</param>
/// <param name="Ratio">The ratio of the bad rates over the whole time up to its end.</param>
public sealed record TracePoint(long Second, Totals Stretch, Totals Total, double Log10Evidence, RatioInterval Ratio);

public enum MeasurementOutcome { Passed, Failed, Inconclusive, Error }

/// <summary>One measurement of a threshold, or one look of a comparison by ranks.</summary>
/// <param name="Number">The value, or the score; null: there was none.</param>
/// <param name="Words">The number and the condition it meets, or what is missing.</param>
/// <param name="Metrics">What each metric of a comparison showed.</param>
public sealed record TracedMeasurement(long Second, MeasurementOutcome Outcome, double? Number, string Words, IReadOnlyList<MetricResult> Metrics);
