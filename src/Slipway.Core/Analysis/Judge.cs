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
            check, analysis.CanaryUnknown, analysis.CalibratedOn, analysis.IsWarmingUp, failedAt is { } moment ? [.. analysis.Known(i, moment)] : []))];
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
    internal static CheckResult Check(CheckState check, long canaryUnknown, long calibratedOn = 0, bool isWarmingUp = false, IReadOnlyList<Bin>? open = null)
    {
        var test = check.Test;
        var interval = check.Likelihood.Interval(test.Limit);
        var (verdict, reason) = Decide(check, test.Totals, interval, canaryUnknown, calibratedOn, isWarmingUp);
        var (totals, logEvidence) = test.Decision is { } decision ? (decision.Totals, decision.LogEvidence) : (test.Totals, test.LogEvidence);
        if (verdict == Verdict.Inconclusive && check.Refusal is null && open is [var first, ..])
        {
            (totals, var likelihood) = check.With(open);
            interval = likelihood.Interval(test.Limit);
            reason = $"{Decide(check, totals, interval, canaryUnknown, calibratedOn, isWarmingUp).Reason}{JudgeWords.StillOpen(first.Second, open[^1].Second)}";
        }

        return new()
        {
            Name = check.Plan.Name,
            Verdict = verdict,
            Reason = $"{check.Plan.Name}: {reason}{(check.Settings.Because is { } because ? $" (an estimate: {because})" : "")}",
            Guarantee = GuaranteeOf(check.Settings),
            DryRun = check.Plan.DryRun,
            NoTraffic = SaysNoTraffic(reason),
            CanaryUnits = totals.CanaryUnits,
            CanaryBad = totals.CanaryBad,
            StableUnits = totals.StableUnits,
            StableBad = totals.StableBad,
            Ratio = interval.Ratio,
            RatioLow = interval.Low,
            RatioHigh = interval.High,
            Evidence = Math.Min(double.MaxValue, Math.Exp(logEvidence)),
            Log10Evidence = logEvidence / Math.Log(10),
            Limit = test.Limit,
            ThresholdMicros = check.Threshold?.Micros,
            Acceptable = check.Plan.Acceptable,
            Detectable = check.Plan.Detectable,
            Tolerate = check.Settings.Tolerate,
            DecidedAt = verdict switch { Verdict.Failed => test.FailedAt, Verdict.Passed => check.LastSecond, _ => null },
        };
    }

    private static (Verdict Verdict, string Reason) Decide(CheckState check, in Totals totals, RatioInterval interval, long unknown, long calibratedOn, bool isWarmingUp)
    {
        var test = check.Test;
        if (test.Decision is { } decision)
        {
            return (Verdict.Failed, JudgeWords.Failure(check, interval, decision));
        }

        if (check.Refusal is { } refusal)
        {
            return (Verdict.Inconclusive, $"counts were refused: {refusal}");
        }

        if (check.Plan.Quantile is { } quantile && check.Threshold is null)
        {
            return (Verdict.Inconclusive, $"not enough evidence yet: the stable arm's latency is known of {calibratedOn} of the {LatencyCalibration.Needed(quantile)} {check.Settings.UnitWord}s that a threshold needs");
        }

        if (totals.CanaryUnits <= 0 && check.Plan.Quantile is not null && isWarmingUp)
        {
            return (Verdict.Inconclusive, $"latencies are left out for {JudgeWords.Duration((long)check.Settings.WarmUp.TotalSeconds)} after each rise of the weight");
        }

        if (totals.CanaryUnits <= 0)
        {
            return (Verdict.Inconclusive, unknown > 0 ? $"no outcome of the canary is known ({unknown} {check.Settings.UnitWord}s unknown)" : $"no {check.Settings.UnitWord} {NoneCounted}");
        }

        if (totals.CanaryUnits < check.Plan.MinUnits)
        {
            return (Verdict.Inconclusive, $"not enough evidence yet: {totals.CanaryUnits:0} of the {check.Plan.MinUnits} units that the check asks for at least");
        }

        var slower = JudgeWords.SlowerThan(check.Threshold?.Micros);
        var dispersion = check.Settings.Dispersion;
        var upper = RateBound.Upper((totals.CanaryUnits + unknown) / dispersion, (totals.CanaryBad + unknown) / dispersion, test.Limit);
        if (upper < check.Plan.Acceptable)
        {
            return (Verdict.Passed, $"{JudgeWords.Rates(totals)}{slower}: the canary's own rate is below {JudgeWords.Percent(upper)}, {JudgeWords.Percent(check.Plan.Acceptable)} is acceptable");
        }

        var isKnown = unknown <= MostUnknown * totals.CanaryUnits;
        var bound = (1 + check.Settings.Tolerate) * (1 + check.Plan.Detectable);
        if (isKnown && interval.High is { } high && high < bound)
        {
            return (Verdict.Passed, $"{JudgeWords.Rates(totals)}{slower}, {JudgeWords.Ratio(interval)}: a ratio of {bound:0.##} would have been seen");
        }

        return (Verdict.Inconclusive, JudgeWords.Missing(check, totals, interval, upper, isKnown ? 0 : unknown));
    }
}
