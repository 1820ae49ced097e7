namespace Slipway.Core.Analysis;

/// <summary>
/// The rules that make a verdict of counts. Each of the K tests of a rollout has α/K of its false-alarm rate:
/// it <b>fails</b> when its evidence E has reached K/α and the rates differ by at least <c>tolerateAbsolute</c>;
/// it <b>passes</b> when the ratio's interval ends below (1 + tolerate)·(1 + detectable), or the canary's own bad rate is surely below <c>acceptable</c>;
/// else it is <b>inconclusive</b>, and says what is missing. No traffic, refused counts and unknown outcomes never pass.
/// </summary>
public static class Judge
{
    /// <summary>With more than this share of the canary's outcomes unknown, a ratio of the known ones proves nothing good.</summary>
    private const double MostUnknown = 0.01;

    private const string NoneCounted = "to the canary has been counted yet";

    /// <summary>Whether a reason says that the canary has had no traffic.</summary>
    internal static bool SaysNoTraffic(string reason) => reason.EndsWith(NoneCounted, StringComparison.Ordinal);

    /// <summary>The verdict on all that the analysis has taken in.</summary>
    public static AnalysisResult Conclude(RunningAnalysis analysis)
    {
        // A failure may be certain before its second is settled: what is told of the other tests beside it is of that moment too.
        var failedAt = analysis.FailedAt;
        CheckResult[] results = [.. analysis.Checks.Select((check, i) => Check(
            check, analysis.CanaryUnknown, failedAt is { } moment ? [.. analysis.Known(i, moment)] : []))];
        return Combine(results);
    }

    internal static Guarantee GuaranteeOf(AnalysisSettings settings) =>
        settings.Randomised && settings.Dispersion <= 1 ? Guarantee.Guaranteed : Guarantee.Estimated;

    /// <summary>One failure fails; all must pass to pass. Checks that decide nothing do neither. It is as good as guaranteed only if every check that decides is.</summary>
    public static AnalysisResult Combine(IReadOnlyList<CheckResult> results)
    {
        var deciding = results.Where(result => !result.DryRun).ToList();
        var guarantee = deciding.TrueForAll(result => result.Guarantee == Guarantee.Guaranteed) ? Guarantee.Guaranteed : Guarantee.Estimated;
        if (deciding.Count == 0)
        {
            return new(Verdict.Inconclusive, guarantee, null, results.Count == 0 ? "no checks are declared" : "no check is declared that decides anything", results);
        }

        var failed = deciding.Where(result => result.Verdict == Verdict.Failed).MinBy(result => result.DecidedAt);
        if (failed is not null)
        {
            return new(Verdict.Failed, failed.Guarantee, failed.DecidedAt, failed.Reason, results);
        }

        var waiting = deciding.Find(result => result.Verdict != Verdict.Passed);
        return waiting is not null
            ? new(Verdict.Inconclusive, guarantee, null, waiting.Reason, results)
            : new(Verdict.Passed, guarantee, deciding.Max(result => result.DecidedAt), string.Join("; ", deciding.Select(result => result.Reason)), results);
    }

    /// <param name="open">What is known of seconds that are not settled: told of a test that has not decided, and never decisive.</param>
    internal static CheckResult Check(CheckState check, long canaryUnknown, IReadOnlyList<Bin>? open = null)
    {
        var test = check.Test;
        var told = Told.Of(check, test.Decision?.Totals ?? test.Totals, check.Likelihood, check.WarmUpLikelihood);
        var (verdict, reason) = Decide(check, told, canaryUnknown);
        if (verdict == Verdict.Inconclusive && check.Refusal is null && open is [var first, ..])
        {
            var (all, likelihood, ofWarmUps) = check.With(open);
            told = Told.Of(check, all, likelihood, ofWarmUps);
            reason = $"{Decide(check, told, canaryUnknown).Reason}{JudgeWords.StillOpen(first.Second, open[^1].Second)}";
        }

        var (totals, interval, logEvidence) = (told.Totals, told.Interval, test.Decision?.LogEvidence ?? test.LogEvidence);
        var (canary, stable) = ((totals.CanaryUnits, totals.CanaryBad), (totals.StableUnits, totals.StableBad));
        var because = check.Settings.Because is { } estimate ? $" (an estimate: {estimate})" : "";
        return CheckResult.Of(check.Plan, check.Settings, verdict, reason + because, canary, stable, test.Limit, logEvidence) with
        {
            Guarantee = GuaranteeOf(check.Settings),
            NoTraffic = SaysNoTraffic(reason),
            Ratio = interval.Ratio,
            RatioLow = interval.Low,
            RatioHigh = interval.High,
            ThresholdMicros = told.ThresholdMicros,
            IsOfWarmUps = told.IsOfWarmUps,
            DecidedAt = verdict switch { Verdict.Failed => test.FailedAt, Verdict.Passed => check.LastSecond, _ => null },
        };
    }

    /// <summary>The ratio that would have been seen.</summary>
    internal static double BoundOf(CheckState check) => (1 + check.Settings.Tolerate) * (1 + check.Plan.Detectable);

    private static (Verdict Verdict, string Reason) Decide(CheckState check, Told told, long unknown)
    {
        var (test, totals, interval) = (check.Test, told.Totals, told.Interval);
        if (test.Decision is { } decision)
        {
            return (Verdict.Failed, JudgeWords.Failure(check, told, decision));
        }

        if (check.Refusal is { } refusal)
        {
            return (Verdict.Inconclusive, $"counts were refused: {refusal}");
        }

        if (check.Plan.Quantile is { } quantile && check.Threshold is null)
        {
            return (Verdict.Inconclusive, $"not enough evidence yet: the {check.Settings.AgainstWord} arm's latency is known of {check.CalibratedOn} of the {LatencyCalibration.Needed(quantile)} {check.Settings.UnitWord}s that a threshold needs");
        }

        if (totals.CanaryUnits <= 0 && told.All.CanaryUnits > 0)
        {
            return (Verdict.Inconclusive, JudgeWords.WarmingUp(check.Settings, Told.Limit(check, ofWarmUps: true)));
        }

        if (totals.CanaryUnits <= 0)
        {
            return (Verdict.Inconclusive, unknown > 0 ? $"no outcome of the canary is known ({unknown} {check.Settings.UnitWord}s unknown)" : $"no {check.Settings.UnitWord} {NoneCounted}");
        }

        if (totals.CanaryUnits < check.Plan.MinUnits)
        {
            return (Verdict.Inconclusive, $"not enough evidence yet: {totals.CanaryUnits:0} of the {check.Plan.MinUnits} units that the check asks for at least");
        }

        var slower = JudgeWords.LongerThan(told.ThresholdMicros);
        var dispersion = check.Settings.Dispersion;
        var upper = RateBound.Upper((totals.CanaryUnits + unknown) / dispersion, (totals.CanaryBad + unknown) / dispersion, test.Limit);
        if (told.IsOfWarmUps)
        {
            return (Verdict.Inconclusive, JudgeWords.Missing(check, told, upper, 0));
        }

        if (upper < check.Plan.Acceptable)
        {
            return (Verdict.Passed, $"{JudgeWords.Rates(check, totals)}{slower}: the canary's own rate is below {JudgeWords.Percent(upper)}, {JudgeWords.Percent(check.Plan.Acceptable)} is acceptable");
        }

        var isKnown = unknown <= MostUnknown * totals.CanaryUnits;
        var bound = BoundOf(check);
        if (isKnown && interval.High is { } high && high < bound)
        {
            return (Verdict.Passed, $"{JudgeWords.Rates(check, totals)}{slower}, {JudgeWords.Ratio(interval)}: a ratio of {bound:0.##} would have been seen");
        }

        return (Verdict.Inconclusive, JudgeWords.Missing(check, told, upper, isKnown ? 0 : unknown));
    }
}
