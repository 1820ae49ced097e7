namespace Slipway.Core.Analysis;

/// <summary>
/// Judges the new version while it has all traffic, against what was known of stable in its last hour (<see cref="RunningAnalysis.Baseline"/>). Where that is little or nothing, errors are
/// held against what the check calls acceptable: a bad version is not kept because nobody used the one before. Seconds are given as to <see cref="RunningAnalysis"/>, the new version's as the
/// canary's; the other arm is not looked at. Verdicts are estimates.
/// </summary>
public sealed class WatchAnalysis
{
    private readonly AnalysisSettings settings;
    private readonly Entry[] entries;
    private readonly OpenSeconds open;
    private readonly WarmUp warmUp;
    private long unknown;

    private sealed class Entry
    {
        public required TestPlan Plan { get; init; }
        public required WatchBaseline Baseline { get; init; }
        public required WatchTest Test { get; init; }
        public required WatchTest Ahead { get; init; }
        public WatchPoints Points { get; } = new();
        public long? LastSecond { get; set; }
        public string? Refusal { get; set; }

        public bool IsStableKnown => Baseline.StableUnits > 0 && (Plan.Quantile is null || Baseline.ThresholdMicros is not null);

        /// <summary>There is something to hold it against. How slow is too slow is known from stable alone.</summary>
        public bool IsJudged => IsStableKnown || (Plan.Quantile is null && Plan.Acceptable > 0);
    }

    public WatchAnalysis(AnalysisSettings settings, IReadOnlyList<WatchBaseline> baselines)
    {
        this.settings = settings;
        var plans = TestPlan.Of(settings.Checks);
        entries = [.. plans.Select(plan =>
        {
            var baseline = baselines.FirstOrDefault(candidate => candidate.Test == plan.Name) ?? new(plan.Name, null, 0, 0);
            WatchTest Make() => new(settings.FalseAlarmRate, settings.Tests, settings.Tolerate, settings.TolerateAbsolute,
                baseline.StableUnits / settings.Dispersion, baseline.StableBad / settings.Dispersion, plan.Acceptable, plan.LeastBadBins);
            return new Entry { Plan = plan, Baseline = baseline, Test = Make(), Ahead = Make() };
        })];
        open = new(settings.RequestTimeout);
        warmUp = new(settings.WarmUp);
    }

    public void Observe(ObservedSecond observed)
    {
        warmUp.Note(observed.Second, observed.Share);
        if (observed.Canary.Refusal() is { } refusal)
        {
            foreach (var entry in entries)
            {
                entry.Refusal ??= $"{refusal} (second {observed.Second})";
            }
        }
        else if (open.Find(observed.Second, observed.Generation, 1, entries.Length) is { } second)
        {
            second.Unknown = observed.Canary.Unknown;
            for (var i = 0; i < entries.Length; i++)
            {
                if (entries[i].IsJudged && (entries[i].Plan.Quantile is null || !warmUp.Covers(observed.Second)))
                {
                    second.Canary[i] = second.Canary[i].Next(ArmCounts.Of(observed.Canary, entries[i].Baseline.ThresholdMicros));
                }
            }
        }
    }

    /// <summary>As <see cref="RunningAnalysis.Complete"/>; ahead of settling, every open request counts as good.</summary>
    public void Complete(long readAt)
    {
        while (open.TakeSettled(readAt) is { } second)
        {
            unknown += second.CanaryUnknown;
            for (var i = 0; i < entries.Length; i++)
            {
                var bin = second.Settled(i);
                Fold(entries[i], second.Second, bin.CanaryUnits, bin.CanaryBad);
            }
        }

        for (var i = 0; i < entries.Length; i++)
        {
            entries[i].Ahead.CopyFrom(entries[i].Test);
            foreach (var second in open.All.Where(second => second.Second < readAt))
            {
                entries[i].Ahead.Fold(second.Second, second.Canary[i].Units / settings.Dispersion, second.Canary[i].Bad / settings.Dispersion);
            }

            if (entries[i].Ahead.Decision is { } decision)
            {
                entries[i].Test.FailAhead(decision);
            }
        }
    }

    public AnalysisResult Result()
    {
        // As of two versions beside each other: all that is told is of the moment of the failure.
        var failedAt = entries.Min(entry => entry.Plan.DryRun ? null : entry.Test.FailedAt);
        return Judge.Combine([.. entries.Select((entry, i) => Check(entry, failedAt is { } moment && entry.IsJudged ? [.. open.All.Where(second => second.Second <= moment).Select(second => second.Settled(i))] : []))]);
    }

    /// <summary>How the tests came to what they say. Those that have nothing to be held against are left out.</summary>
    public IEnumerable<WatchTrace> Traces() => entries.Where(entry => entry.IsJudged).Select(entry => new WatchTrace(Check(entry, []), entry.Test.StableUpper, entry.Test.IsLittleKnown, entry.Test.Reference, entry.Points.All));

    private void Fold(Entry entry, long second, double units, double bad)
    {
        if (!entry.IsJudged)
        {
            return;
        }

        if (entry.Test.Fold(second, units / settings.Dispersion, bad / settings.Dispersion) is { } refusal)
        {
            entry.Refusal ??= refusal;
            return;
        }

        entry.LastSecond = second;
        entry.Points.Add(second, units, bad, entry.Test.LogEvidence / Math.Log(10));
    }

    /// <param name="ahead">What is known of seconds that are not settled: as of <see cref="Judge.Check"/>.</param>
    private CheckResult Check(Entry entry, IReadOnlyList<Bin> ahead)
    {
        var test = entry.Test;
        var (verdict, reason) = Decide(entry, test.Units, test.Bad);
        var (units, bad, logEvidence) = test.Decision is { } decision ? (decision.Units, decision.Bad, decision.LogEvidence) : (test.Units, test.Bad, test.LogEvidence);
        if (verdict == Verdict.Inconclusive && entry.Refusal is null && ahead is [var first, ..])
        {
            units += ahead.Sum(bin => bin.CanaryUnits) / settings.Dispersion;
            bad += ahead.Sum(bin => bin.CanaryBad) / settings.Dispersion;
            reason = Decide(entry, units, bad).Reason + JudgeWords.StillOpen(first.Second, ahead[^1].Second);
        }

        return new()
        {
            Name = entry.Plan.Name,
            Verdict = verdict,
            Reason = $"{entry.Plan.Name}: {reason}",
            Guarantee = Guarantee.Estimated,
            DryRun = entry.Plan.DryRun,
            NoTraffic = entry.IsJudged && units <= 0 && entry.Refusal is null,
            CanaryUnits = units * settings.Dispersion,
            CanaryBad = bad * settings.Dispersion,
            StableUnits = entry.Baseline.StableUnits,
            StableBad = entry.Baseline.StableBad,
            Evidence = Math.Min(double.MaxValue, Math.Exp(logEvidence)),
            Log10Evidence = logEvidence / Math.Log(10),
            Limit = test.Limit,
            ThresholdMicros = entry.Baseline.ThresholdMicros,
            Acceptable = entry.Plan.Acceptable,
            Detectable = entry.Plan.Detectable,
            Tolerate = settings.Tolerate,
            DecidedAt = verdict switch { Verdict.Failed => test.FailedAt, Verdict.Passed => entry.LastSecond, _ => null },
        };
    }

    private (Verdict Verdict, string Reason) Decide(Entry entry, double units, double bad)
    {
        var test = entry.Test;
        if (!entry.IsJudged)
        {
            return (Verdict.Inconclusive, "nothing is known of the stable arm before the switch");
        }

        var slower = JudgeWords.SlowerThan(entry.Baseline.ThresholdMicros);
        var before = test.StableRate is not { } stable
            ? $", where {JudgeWords.Percent(entry.Plan.Acceptable)} is acceptable (nothing is known of the stable arm before the switch)"
            : $" vs {JudgeWords.Percent(stable)}{(test.IsLittleKnown ? $" of only {entry.Baseline.StableUnits:0} {settings.UnitWord}s" : "")} (at most {JudgeWords.Percent(test.StableUpper)}{(test.IsLittleKnown ? " assumed" : "")}) before the switch";
        if (test.Decision is { } decision)
        {
            var began = test.BeganAt ?? decision.Since;
            var lately = decision.Since > began ? $" (since {JudgeWords.Duration(decision.Since - began)} into it {JudgeWords.Percent(decision.RateSince)})" : "";
            return (Verdict.Failed, $"{JudgeWords.Percent(decision.Bad / decision.Units)}{slower}{lately}{before}, "
                + $"by estimate beyond 1 in {1 / settings.FalseAlarmRate:0.#} after {JudgeWords.Duration(decision.Second - began + 1)}");
        }

        if (entry.Refusal is { } refusal)
        {
            return (Verdict.Inconclusive, $"counts were refused: {refusal}");
        }

        if (units <= 0)
        {
            return (Verdict.Inconclusive, $"no {settings.UnitWord} to the new version has been counted yet");
        }

        var rate = JudgeWords.Percent(bad / units) + slower;
        var upper = RateBound.Upper(units + (unknown / settings.Dispersion), bad + (unknown / settings.Dispersion), test.Limit);
        // A reference that is only assumed shows nobody to be well.
        var reference = test.IsLittleKnown ? (test.StableRate ?? 0) * (1 + settings.Tolerate) : test.Reference;
        var wellBelow = Math.Max(entry.Plan.Acceptable, reference * (1 + entry.Plan.Detectable));
        return upper < wellBelow
            ? (Verdict.Passed, $"{rate}{before}: surely below {JudgeWords.Percent(upper)}")
            : (Verdict.Inconclusive, $"not enough evidence yet: {rate}{before}, surely below {JudgeWords.Percent(upper)} only");
    }
}
