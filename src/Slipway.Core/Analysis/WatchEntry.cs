namespace Slipway.Core.Analysis;

/// <summary>One test of a watch.</summary>
internal sealed class WatchEntry
{
    private readonly AnalysisSettings settings;
    private readonly Part steady;

    /// <summary>
    /// Of a latency, right after the switch: by the limit of a <see cref="WarmUp"/> and a test of its own. It is held against how often stable was over the narrower limit, which is more often than it
    /// would need to be, so that what it adds to the false alarms is little; and a good start takes nothing from the evidence of what comes later.
    /// </summary>
    private readonly Part? warmUp;

    public WatchEntry(TestPlan plan, WatchBaseline baseline, AnalysisSettings settings)
    {
        (this.settings, Plan, Baseline) = (settings, plan, baseline);
        WatchTest Make() => new(settings.FalseAlarmRate, settings.Tests, settings.Tolerate, settings.TolerateAbsolute,
            baseline.StableUnits / settings.Dispersion, baseline.StableBad / settings.Dispersion, plan.Acceptable, plan.LeastBadSeconds);
        steady = new(Make(), Make());
        warmUp = plan.Quantile is null ? null : new(Make(), Make());
    }

    public TestPlan Plan { get; }
    public WatchBaseline Baseline { get; }
    public string? Refusal { get; private set; }

    /// <summary>There is something to hold it against. How slow is too slow is known from stable alone.</summary>
    public bool IsJudged => IsStableKnown || (Plan.Quantile is null && Plan.Acceptable > 0);

    public long? FailedAt => Told.Test.FailedAt;

    private bool IsStableKnown => Baseline.StableUnits > 0 && (Plan.Quantile is null || Baseline.ThresholdMicros is not null);

    /// <summary>The one that failed first.</summary>
    private Part Told => warmUp?.Test.FailedAt is { } early && !(steady.Test.FailedAt <= early) ? warmUp : steady;

    private double? ThresholdMicros => Baseline.ThresholdMicros + (Told == warmUp ? WarmUp.Patience.TotalMicroseconds : 0);

    /// <summary>The limit that is in force in a second.</summary>
    public double? LimitIn(OpenSecond second) => Baseline.ThresholdMicros is { } micros ? new LatencyThreshold(Plan.Name, micros, 0).MicrosIn(second) : null;

    public void Refuse(string reason) => Refusal ??= reason;

    /// <summary>Takes in a second that is settled.</summary>
    public void Fold(OpenSecond second, int test)
    {
        if (!IsJudged)
        {
            return;
        }

        var (part, counts) = (PartOf(second), second.Canary[test]);
        var (units, bad) = (counts.Units - counts.Open, counts.Bad);
        if (part.Test.Fold(second.Second, units / settings.Dispersion, bad / settings.Dispersion, second.CanarySlow(test).WhenSettled) is { } refusal)
        {
            Refuse(refusal);
            return;
        }

        part.LastSecond = second.Second;
        part.Points.Add(second.Second, units, bad, part.Test.LogEvidence / Math.Log(10));
    }

    /// <summary>Fails by what is certain of seconds that are not settled: every request that is open counts as good.</summary>
    public void LookAhead(IReadOnlyList<OpenSecond> open, int test)
    {
        if (!IsJudged || FailedAt is not null)
        {
            return;
        }

        foreach (var part in (IEnumerable<Part?>)[steady, warmUp])
        {
            part?.LookAhead(open.Where(second => PartOf(second) == part), test, settings.Dispersion);
        }
    }

    public WatchTrace Trace(long unknown) => new(Check(unknown, []), Told.Test.StableUpper, Told.Test.IsLittleKnown, Told.Test.Reference, Told.Points.All);

    /// <param name="unknown">Requests whose outcome will never be known.</param>
    /// <param name="open">What is known of seconds that are not settled: as of <see cref="Judge.Check"/>.</param>
    /// <param name="at">Where in them this test's counts are.</param>
    public CheckResult Check(long unknown, IReadOnlyList<OpenSecond> open, int at = 0)
    {
        var test = Told.Test;
        var (verdict, reason) = Decide(test.Units, test.Bad, unknown);
        var (units, bad, logEvidence) = test.Decision is { } decision ? (decision.Units, decision.Bad, decision.LogEvidence) : (test.Units, test.Bad, test.LogEvidence);
        var known = open.Where(second => PartOf(second) == Told).Select(second => second.Settled(at)).ToList();
        if (verdict == Verdict.Inconclusive && Refusal is null && known is [var first, ..])
        {
            units += known.Sum(bin => bin.CanaryUnits) / settings.Dispersion;
            bad += known.Sum(bin => bin.CanaryBad) / settings.Dispersion;
            reason = Decide(units, bad, unknown).Reason + JudgeWords.StillOpen(first.Second, known[^1].Second);
        }

        var (canary, stable) = ((units * settings.Dispersion, bad * settings.Dispersion), (Baseline.StableUnits, Baseline.StableBad));
        return CheckResult.Of(Plan, settings, verdict, reason, canary, stable, test.Limit, logEvidence) with
        {
            Guarantee = Guarantee.Estimated,
            NoTraffic = IsJudged && units <= 0 && Refusal is null,
            ThresholdMicros = ThresholdMicros,
            IsOfWarmUps = Told == warmUp,
            DecidedAt = verdict switch { Verdict.Failed => test.FailedAt, Verdict.Passed => Told.LastSecond, _ => null },
        };
    }

    private Part PartOf(OpenSecond second) => second.IsWarmUp && warmUp is not null ? warmUp : steady;

    private (Verdict Verdict, string Reason) Decide(double units, double bad, long unknown)
    {
        var test = Told.Test;
        if (!IsJudged)
        {
            return (Verdict.Inconclusive, $"nothing is known of the {settings.AgainstWord} arm before the switch");
        }

        var slower = JudgeWords.LongerThan(ThresholdMicros) + (Told == warmUp ? " while it warmed up" : "");
        var before = test.StableRate is not { } stable
            ? $", where {JudgeWords.Percent(Plan.Acceptable)} is acceptable (nothing is known of the {settings.AgainstWord} arm before the switch)"
            : $"{(Told == warmUp ? $"; {JudgeWords.LongerThan(Baseline.ThresholdMicros).TrimStart()}:" : " vs")} {JudgeWords.Percent(stable)}{(test.IsLittleKnown ? $" of only {Baseline.StableUnits:0} {settings.UnitWord}s" : "")} (at most {JudgeWords.Percent(test.StableUpper)}{(test.IsLittleKnown ? " assumed" : "")}) before the switch";
        if (test.Decision is { } decision)
        {
            var began = test.BeganAt ?? decision.Since;
            var lately = decision.Since > began ? $" (since {JudgeWords.Duration(decision.Since - began)} into it {JudgeWords.Percent(decision.RateSince)})" : "";
            var hanging = JudgeWords.Unanswered(decision.Slow, decision.Bad * settings.Dispersion, decision.Units * settings.Dispersion, $"{settings.UnitWord}s");
            return (Verdict.Failed, $"{hanging}{JudgeWords.Percent(decision.Bad / decision.Units)}{slower}{lately}{before}, "
                + $"by estimate beyond 1 in {1 / settings.FalseAlarmRate:0.#} after {JudgeWords.Duration(decision.Second - began + 1)}");
        }

        if (Refusal is { } refusal)
        {
            return (Verdict.Inconclusive, $"counts were refused: {refusal}");
        }

        if (units <= 0)
        {
            return (Verdict.Inconclusive, warmUp?.Test.Units > 0 ? JudgeWords.WarmingUp(settings, LimitOfWarmUp) : $"no {settings.UnitWord} to the new version has been counted yet");
        }

        var rate = JudgeWords.Percent(bad / units) + slower;
        var upper = RateBound.Upper(units + (unknown / settings.Dispersion), bad + (unknown / settings.Dispersion), test.Limit);
        // A reference that is only assumed shows nobody to be well.
        var reference = test.IsLittleKnown ? (test.StableRate ?? 0) * (1 + settings.Tolerate) : test.Reference;
        var wellBelow = Math.Max(Plan.Acceptable, reference * (1 + Plan.Detectable));
        return upper < wellBelow
            ? (Verdict.Passed, $"{rate}{before}: surely below {JudgeWords.Percent(upper)}")
            : (Verdict.Inconclusive, $"not enough evidence yet: {rate}{before}, surely below {JudgeWords.Percent(upper)} only");
    }

    private double? LimitOfWarmUp => Baseline.ThresholdMicros + WarmUp.Patience.TotalMicroseconds;

    private sealed class Part(WatchTest test, WatchTest ahead)
    {
        public WatchTest Test => test;
        public WatchPoints Points { get; } = new();
        public long? LastSecond { get; set; }

        public void LookAhead(IEnumerable<OpenSecond> open, int at, double dispersion)
        {
            ahead.CopyFrom(test);
            foreach (var second in open)
            {
                var counts = second.Canary[at];
                ahead.Fold(second.Second, counts.Units / dispersion, counts.Bad / dispersion, second.CanarySlow(at));
            }

            if (ahead.Decision is { } decision)
            {
                test.FailAhead(decision);
            }
        }
    }
}
