using Slipway.Core.Analysis;
using Slipway.Core.Rollouts;

namespace Slipway.Engine.Analysis;

/// <summary>What the tests found, as rollouts are told it and keep it.</summary>
public static class JudgeAnswers
{
    public static JudgeAnswer Of(AnalysisResult result, DateTimeOffset at, DateTimeOffset? countedUntil) => new()
    {
        CountedUntil = countedUntil,
        Verdict = VerdictOf(result.Verdict),
        Reason = result.Reason,
        Guaranteed = result.Guarantee == Guarantee.Guaranteed,
        At = at,
        DecidedAt = TimeOf(result.DecidedAt),
        Checks = [.. result.Checks.Select(Of)],
    };

    public static CheckAnswer Of(CheckResult c) => new()
    {
        Name = c.Name,
        Verdict = VerdictOf(c.Verdict),
        Text = c.Reason,
        CanaryUnits = c.CanaryUnits,
        CanaryBad = c.CanaryBad,
        StableUnits = c.StableUnits,
        StableBad = c.StableBad,
        Ratio = c.Ratio,
        RatioLow = c.CanaryUnits > 0 ? c.RatioLow : null,
        RatioHigh = c.RatioHigh,
        LogEvidence = double.IsFinite(c.Log10Evidence) ? c.Log10Evidence : 0,
        LogLimit = Math.Log10(c.Limit),
        ThresholdMillis = c.ThresholdMicros / 1000,
        DecidedAt = TimeOf(c.DecidedAt),
        Against = c.Against,
        Guaranteed = c.Guarantee == Guarantee.Guaranteed,
        DryRun = c.DryRun,
        NoTraffic = c.NoTraffic,
        Measured = c.Measured,
    };

    private static DateTimeOffset? TimeOf(long? second) => second is { } known ? DateTimeOffset.FromUnixTimeSeconds(known) : null;

    private static JudgeVerdict VerdictOf(Verdict verdict) => verdict switch
    {
        Verdict.Passed => JudgeVerdict.Passed,
        Verdict.Failed => JudgeVerdict.Failed,
        _ => JudgeVerdict.Inconclusive,
    };
}
