namespace Slipway.Core.Analysis;

/// <summary>A settled second as it was judged: the row that is stored, drawn, and folded again to rebuild an analysis.</summary>
/// <param name="CanaryUnknown">Requests of the canary whose outcome was not known when the second was settled.</param>
/// <param name="Tests">Those tests that judged this second.</param>
public sealed record AnalysisBin(long Second, long Generation, double Share, long CanaryUnknown, IReadOnlyList<TestBin> Tests);

/// <param name="Log10Evidence">E of this test after the bin, as its decimal logarithm.</param>
public sealed record TestBin(string Test, double CanaryUnits, double CanaryBad, double StableUnits, double StableBad, double Log10Evidence)
{
    /// <summary>As <see cref="Bin.IsWarmUp"/>.</summary>
    public bool IsWarmUp { get; init; }

    /// <summary>As <see cref="Bin.CanarySlow"/>.</summary>
    public SlowUnits CanarySlow { get; init; }

    /// <param name="logEvidence">Natural logarithm.</param>
    internal static TestBin Of(string test, in Bin bin, double logEvidence) => new(test, bin.CanaryUnits, bin.CanaryBad, bin.StableUnits, bin.StableBad, logEvidence / Math.Log(10))
    {
        IsWarmUp = bin.IsWarmUp, CanarySlow = bin.CanarySlow,
    };

    /// <summary>What the test was given.</summary>
    public Bin BinOf(AnalysisBin of) => new(of.Second, of.Share, CanaryUnits, CanaryBad, StableUnits, StableBad) { IsWarmUp = IsWarmUp, CanarySlow = CanarySlow };
}

/// <summary>What was known of the stable arm in its last hour: the reference of the watch period.</summary>
/// <param name="ThresholdMicros">For a latency test the threshold that its counts belong to; null: errors, or not fixed.</param>
public sealed record WatchBaseline(string Test, double? ThresholdMicros, double StableUnits, double StableBad);
