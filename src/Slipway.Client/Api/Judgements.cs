namespace Slipway.Client.Api;

/// <summary><see cref="Errors"/> and <see cref="Latency"/> are counted by the routers, the others asked of metric sources.</summary>
public enum CheckKindView { Errors, Latency, Counts, Threshold, MannWhitney }

/// <summary>One test with its rules, and how it came to what it says.</summary>
public sealed record CheckHistoryView : CheckView
{
    public required CheckKindView Kind { get; init; }

    /// <summary>A ratio up to 1 + this is tolerated; null: it compares no rates.</summary>
    public double? Tolerate { get; init; }

    /// <summary>It passes when the canary's own bad rate is surely below this; null: it has no such rule.</summary>
    public double? Acceptable { get; init; }

    /// <summary>It passes when the ratio is surely below (1 + tolerate)·(1 + this); null: it has no such rule.</summary>
    public double? Detectable { get; init; }

    /// <summary>Of a threshold: the conditions that it passes or fails by.</summary>
    public string? PassIf { get; init; }
    public string? FailIf { get; init; }

    /// <summary>Of a comparison by ranks: the score that passes, and the one below which it fails.</summary>
    public double? PassScore { get; init; }
    public double? MarginalScore { get; init; }

    /// <summary>Of tests of counts: at most 300, in order.</summary>
    public required IReadOnlyList<CheckPoint> Points { get; init; }

    /// <summary>Of thresholds and comparisons by ranks, in order.</summary>
    public required IReadOnlyList<MeasurementView> Measurements { get; init; }

    /// <summary>What came after: the watch of the new version alone; null: it has not had all traffic, or there is nothing known of before to hold it against.</summary>
    public WatchHistoryView? Watch { get; init; }
}

/// <summary>
/// A test's watch while the new version has all traffic. There is no stable version beside it any more: it is held against what was known of stable before, which may no longer be so, and always an estimate.
/// </summary>
public sealed record WatchHistoryView
{
    public required VerdictView Verdict { get; init; }

    /// <summary>In words: its rate, stable's before, how certain.</summary>
    public required string Text { get; init; }

    /// <summary>The second that decided; null while inconclusive.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>What was known of stable in its last hour.</summary>
    public required double StableUnits { get; init; }
    public required double StableBad { get; init; }

    /// <summary>The upper end of the 99 % interval of stable's bad rate then, and that rate times what is tolerated.</summary>
    public required double StableUpper { get; init; }

    /// <summary>There were too few units of stable for such an interval: the upper end is assumed, twice what was seen or what is acceptable.</summary>
    public required bool LittleKnown { get; init; }
    public required double Tolerated { get; init; }

    /// <summary>log10 of the evidence at which it fails.</summary>
    public required double LogLimit { get; init; }

    /// <summary>At most 300, in order.</summary>
    public required IReadOnlyList<WatchPointView> Points { get; init; }
}

/// <summary>A stretch of a watch, from the point before to this one.</summary>
public sealed record WatchPointView
{
    /// <summary>The last second in it.</summary>
    public required DateTimeOffset At { get; init; }
    public required double Units { get; init; }
    public required double Bad { get; init; }

    /// <summary>Bad units per unit from the beginning of the watch to the end of this stretch; null: no units.</summary>
    public double? Rate { get; init; }

    /// <summary>log10 E at its end.</summary>
    public required double LogEvidence { get; init; }
}

/// <summary>A stretch of what a test judged, from the point before to this one. Counts of metric sources may be fractions.</summary>
public sealed record CheckPoint
{
    /// <summary>The last second in it.</summary>
    public required DateTimeOffset At { get; init; }
    public required double CanaryUnits { get; init; }
    public required double CanaryBad { get; init; }
    public required double StableUnits { get; init; }
    public required double StableBad { get; init; }

    /// <summary>Bad units per unit from the beginning to the end of this stretch; null: no units.</summary>
    public double? CanaryRate { get; init; }
    public double? StableRate { get; init; }

    /// <summary>log10 E at its end.</summary>
    public required double LogEvidence { get; init; }

    /// <summary>The ratio of the bad rates over the whole time up to its end, and the ends of its interval; null: not known, or no bound.</summary>
    public double? Ratio { get; init; }
    public double? RatioLow { get; init; }
    public double? RatioHigh { get; init; }
}

public enum MeasurementOutcomeView { Passed, Failed, Inconclusive, Error }

/// <summary>One measurement of a threshold, or one look of a comparison by ranks.</summary>
public sealed record MeasurementView
{
    public required DateTimeOffset At { get; init; }
    public required MeasurementOutcomeView Outcome { get; init; }

    /// <summary>The value, or the score from 0 to 100; null: there was none.</summary>
    public double? Value { get; init; }
    public required string Text { get; init; }

    /// <summary>Of a comparison: what each metric showed.</summary>
    public required IReadOnlyList<MetricShown> Metrics { get; init; }
}

/// <param name="Classification"><c>pass</c>, <c>high</c>, <c>low</c>, <c>nodata</c>, <c>nodataFail</c>, <c>tooFew</c> or <c>error</c>.</param>
public sealed record MetricShown(string Name, string Classification, string Text);

/// <summary>Other settings for a rollout to be judged again with; what is null stays as it was. It changes nothing.</summary>
public sealed record RejudgeRollout
{
    /// <summary>Of a rollout by rings, the ring that is judged again; null: what was judged last.</summary>
    public string? Ring { get; init; }

    /// <summary>A ratio up to 1 + this is tolerated; 0.05 means 5 %.</summary>
    public double? Tolerate { get; init; }

    /// <summary>Never an alarm on rates that differ by less; 0.001 means 0.1 percentage points.</summary>
    public double? TolerateAbsolute { get; init; }

    /// <summary>A request is slow when it took longer than stable's quantile and this; a duration such as 20ms.</summary>
    public string? TolerateLatency { get; init; }

    /// <summary>For so long after each rise of the weight a request is slow only when it took a second longer than otherwise; a duration such as 30s.</summary>
    public string? WarmUp { get; init; }

    /// <summary>For all tests and looks together, in (0, 0.5].</summary>
    public double? FalseAlarmRate { get; init; }

    /// <summary>The check that <see cref="Acceptable"/> and <see cref="Detectable"/> are meant for; null: the only one.</summary>
    public string? Check { get; init; }
    public double? Acceptable { get; init; }
    public double? Detectable { get; init; }
}

/// <summary>A rollout judged again from what was counted and measured.</summary>
public sealed record RejudgementView
{
    public required string Rollout { get; init; }

    /// <summary>The ring that was judged again; null: all targets together.</summary>
    public string? Ring { get; init; }

    /// <summary>What the judge said last, which is of the watch (or a ring's soak) where the new version has come to 100 %; null: it said nothing.</summary>
    public JudgementView? Then { get; init; }

    /// <summary>As <c>then</c>, by the other settings.</summary>
    public required JudgementView Now { get; init; }

    /// <summary>What the judge said of the steps, with both versions beside each other, before it said <c>then</c> of what came after; null: that is of the steps itself, or nothing came to the new version in them.</summary>
    public JudgementView? StepsThen { get; init; }

    /// <summary>As <c>stepsThen</c>, of <c>now</c> and by the other settings.</summary>
    public JudgementView? StepsNow { get; init; }
}

/// <summary>A verdict and the settings that it was made with.</summary>
public sealed record JudgementView
{
    public required VerdictView Verdict { get; init; }
    public required string Reason { get; init; }
    public required string Guarantee { get; init; }

    /// <summary>The second that decided: of the failure, or the last one judged for a pass; null while inconclusive.</summary>
    public DateTimeOffset? DecidedAt { get; init; }
    public required double Tolerate { get; init; }
    public required double TolerateAbsolute { get; init; }
    public required double TolerateLatencyMillis { get; init; }
    public required double WarmUpSeconds { get; init; }
    public required double FalseAlarmRate { get; init; }
    public required IReadOnlyList<CheckView> Checks { get; init; }
}
