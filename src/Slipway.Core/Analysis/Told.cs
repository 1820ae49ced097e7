namespace Slipway.Core.Analysis;

/// <summary>What is told of a test's counts. In a warm-up another limit is in force, so its counts are not mixed with the others: those are told that a failure rests on, else those that a pass rests on.</summary>
/// <param name="All">Both together.</param>
/// <param name="Totals">Those that are told, with their likelihood, the interval of their ratio and the limit that was in force.</param>
internal sealed record Told(Totals All, Totals Totals, RatioLikelihood Likelihood, RatioInterval Interval, double? ThresholdMicros, bool IsOfWarmUps)
{
    public static Told Of(CheckState check, in Totals all, RatioLikelihood likelihood, RatioLikelihood ofWarmUps)
    {
        var test = check.Test;
        var isOfWarmUps = test.Decision is { } decision ? decision.OfEvidence.IsOfWarmUps
            : test.IsBeyondLimit && all.OutsideWarmUps.CanaryUnits <= 0 && all.OfWarmUps.CanaryUnits > 0;
        var told = isOfWarmUps ? ofWarmUps : likelihood;
        return new(all, PartOf(all, isOfWarmUps), told, told.Interval(test.Limit), Limit(check, isOfWarmUps), isOfWarmUps);
    }

    /// <summary>Null: the test is none of latency, or its threshold is not fixed.</summary>
    public static double? Limit(CheckState check, bool ofWarmUps) => check.Threshold?.Micros + (ofWarmUps ? WarmUp.Patience.TotalMicroseconds : 0);

    /// <summary>Of other totals of the test the same.</summary>
    public Totals PartOf(in Totals totals) => PartOf(totals, IsOfWarmUps);

    private static Totals PartOf(in Totals all, bool isOfWarmUps) => isOfWarmUps ? all.OfWarmUps : all.OutsideWarmUps;
}
