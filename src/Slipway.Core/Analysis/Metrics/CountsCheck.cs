using Slipway.Core.Rollouts;

namespace Slipway.Core.Analysis.Metrics;

/// <summary>
/// Good and bad counts of both versions from a metric source, judged by the same sequential test as the routers' own. Who was given to which version is not Slipway's draw here, so it is always an
/// estimate, and the counts are divided by the dispersion that is given.
/// </summary>
public sealed class CountsCheck(CheckSpec check, AnalysisSettings settings) : IMeasuredCheck
{
    public const string CanaryBad = "canaryBad", CanaryTotal = "canaryTotal", StableBad = "stableBad", StableTotal = "stableTotal";
    private readonly AnalysisSettings settings = settings with { Randomised = false };
    private readonly CheckState state = new(
        new TestPlan(check.Title, null, check.Acceptable ?? 0, check.Detectable, check.MinRequests, check.DryRun), settings with { Randomised = false }, settings.Tests, new CostTable());
    private string? last;
    private int measured, without;

    /// <summary>The last measurement as a bin; null: it had no counts.</summary>
    public Bin? Judged { get; private set; }

    public double Log10Evidence => state.Test.LogEvidence / Math.Log(10);

    public TracedMeasurement? Last => null;

    public bool IsOver => state.Test.FailedAt is not null;

    public void Fold(Measurement measurement)
    {
        measured++;
        Judged = null;
        if ((measurement.Failed ?? measurement.Missing) is { } part)
        {
            without++;
            last = part.Failure is { } failure ? $"the source failed: {failure}" : $"no data: {part.NoData}";
            return;
        }

        double Number(string name) => measurement.Find(name)?.Value ?? double.NaN;
        last = null;

        // Sources extrapolate at the ends of a window: a little more bad than all is as many bad as all, and less than nothing is nothing.
        var (canary, stable) = (Math.Max(0, Number(CanaryTotal)), Math.Max(0, Number(StableTotal)));
        var bin = Bin.FromCounts(measurement.At.ToUnixTimeSeconds(), canary, Clamp(Number(CanaryBad), canary), stable, Clamp(Number(StableBad), stable));
        state.Fold(bin);
        Judged = bin.IsSound ? bin : null;
    }

    public CheckResult Result()
    {
        var result = Judge.Check(state, 0, 0);
        return last is null || result.Verdict == Verdict.Failed ? result
            : result with { Verdict = Verdict.Inconclusive, DecidedAt = null, Reason = $"{check.Title}: {last} ({without} of {measured} times)" };
    }

    private static double Clamp(double bad, double total) => double.IsNaN(bad) ? bad : Math.Clamp(bad, 0, total);
}
