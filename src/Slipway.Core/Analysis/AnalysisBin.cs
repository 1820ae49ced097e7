namespace Slipway.Core.Analysis;

/// <summary>A settled second as it was judged: the row that is stored, drawn, and folded again to rebuild an analysis.</summary>
/// <param name="CanaryUnknown">Requests of the canary whose outcome was not known when the second was settled.</param>
/// <param name="Tests">Those tests that judged this second.</param>
public sealed record AnalysisBin(long Second, long Generation, double Share, long CanaryUnknown, IReadOnlyList<TestBin> Tests);

/// <param name="Log10Evidence">E of this test after the bin, as its decimal logarithm.</param>
public sealed record TestBin(string Test, double CanaryUnits, double CanaryBad, double StableUnits, double StableBad, double Log10Evidence);

/// <summary>What was known of the stable arm in its last hour: the reference of the watch period.</summary>
/// <param name="ThresholdMicros">For a latency test the threshold that its counts belong to; null: errors, or not fixed.</param>
public sealed record WatchBaseline(string Test, double? ThresholdMicros, double StableUnits, double StableBad);
