namespace Slipway.Core.Analysis;

/// <summary>The judge's numbers in words that a person understands.</summary>
internal static class JudgeWords
{
    /// <summary>With fewer bad units a rate is too little known to advise by.</summary>
    private const int EnoughBad = 10;

    /// <summary>A rate from this share of what is acceptable on is surely below it after very many units only.</summary>
    private const double AboutAt = 0.9;

    public static string Failure(CheckState check, Told told, Decision decision)
    {
        var began = check.Test.BeganAt ?? decision.OfEvidence.Since ?? decision.Second;
        var lately = decision.OfEvidence.Since is { } since && since > began ? $" (since {Duration(since - began)} into it {Rates(check, told.PartOf(decision.OfEvidence))})" : "";
        return $"{Unanswered(told.Totals.CanarySlow, told.Totals.CanaryBad, told.Totals.CanaryUnits, $"{check.Settings.UnitWord}s to the canary")}"
            + $"{Rates(check, told.Totals)}{LongerThan(told)}{lately}, {Ratio(told.Interval)}, {Certainty(check.Settings)} after {Duration(decision.Second - began + 1)}";
    }

    /// <summary>Before the rates where most of what is slow is still open: a version that does not answer is another thing than a slow one. Else nothing.</summary>
    public static string Unanswered(in SlowUnits slow, double bad, double units, string whose) =>
        slow.Open * 2 > bad && slow.Longest > 0 ? $"{slow.Open} of {units:0} {whose} had no full answer yet (the longest for {Duration(slow.Longest)}): " : "";

    /// <summary>Behind what is known of seconds that are over and not settled.</summary>
    public static string StillOpen(long first, long last) => last > first ? $"; outcomes of the last {Duration(last - first + 1)} are still open" : "; outcomes of the last second are still open";

    public static string Missing(CheckState check, Told told, double upper, long unknown)
    {
        var (totals, interval) = (told.Totals, told.Interval);
        var ratio = interval.Ratio is null && interval.High is null && interval.Low < 0.05 ? "" : $", {Ratio(interval)}";
        var known = $"canary {Rate(totals.CanaryRate)} of {totals.CanaryUnits:0} (surely below {Percent(upper)}) vs {check.Settings.AgainstWord} {Rate(totals.StableRate)} of {totals.StableUnits:0}{LongerThan(told)}{ratio}";
        return unknown > 0 ? $"not enough evidence yet: the outcome of {unknown} canary {check.Settings.UnitWord}s is unknown; {known}"
            : check.Test.IsBeyondLimit && check.Test.TotalsOfEvidence.CanaryBadSeconds is var slow && slow < check.Plan.LeastBadSeconds
                ? $"worse than tolerated, but in {slow} of the {check.Plan.LeastBadSeconds} seconds only that a failure takes: {known}"
            : check.Test.IsBeyondLimit ? $"worse than tolerated, but by less than {check.Settings.TolerateAbsolute * 100:0.###} percentage points: {known}"
            : $"not enough evidence yet: {known}{StillNeeded(check, told)}{WayPastAcceptable(check, totals)}";
    }

    /// <summary>
    /// Where stable itself is about at what is acceptable, or over it, no version that is as good comes to be surely below that: what is left is the ratio, which takes long. It is said what the
    /// definition can change. Nothing where few of stable's are bad, and its rate may be another; nor of latency, whose rates of stable are chosen by its limits.
    /// </summary>
    private static string WayPastAcceptable(CheckState check, in Totals totals) =>
        check.Plan is { Quantile: null, Acceptable: > 0 and var acceptable } && totals.StableBad >= EnoughBad && totals.StableRate >= AboutAt * acceptable
            ? $"; {check.Settings.AgainstWord} itself is at {Percent(totals.StableRate)}, so that a version like it is hardly ever surely below the {Percent(acceptable)} that are acceptable: "
                + $"raise acceptable of {check.Plan.Name} or tolerate in slipway.yaml, or give the step more time by its deadline"
            : "";

    /// <summary>
    /// How many more requests are enough for a pass if all stays as it is, by the shorter of the two ways: that the canary's own rate is acceptable, or that the ratio is below what would have been seen.
    /// Nothing when neither leads there.
    /// </summary>
    private static string StillNeeded(CheckState check, Told told)
    {
        var units = told.Totals.CanaryUnits;
        var byRate = (RateBound.UnitsFor(told.Totals.CanaryRate, check.Plan.Acceptable, check.Test.Limit) * check.Settings.Dispersion) - units;
        var byRatio = (told.Likelihood.TimesFor(Judge.BoundOf(check), check.Test.Limit, Math.Max(1, RateBound.MostUnits / units)) - 1) * units;
        var (more, rates) = byRatio > 0 && !(byRate > 0 && byRate <= byRatio) ? (byRatio, "these rates") : (byRate, "this rate");
        return more is > 0 and var known ? $"; about {RoundedUp(known):0} more {check.Settings.UnitWord}s to the canary at {rates} are enough" : "";
    }

    private static double RoundedUp(double count)
    {
        var unit = Math.Pow(10, Math.Max(0, Math.Floor(Math.Log10(count)) - 1));
        return Math.Ceiling(count / unit) * unit;
    }

    public static string Certainty(AnalysisSettings settings) =>
        $"{(Judge.GuaranteeOf(settings) == Guarantee.Guaranteed ? "certain" : "by estimate")} beyond 1 in {1 / settings.FalseAlarmRate:0.#}";

    /// <summary>What the rates of a latency test are rates of; nothing for errors.</summary>
    public static string LongerThan(double? micros) => micros is null ? "" : $" took longer than {Latency(micros)}";

    public static string LongerThan(Told told) => LongerThan(told.ThresholdMicros) + (told.IsOfWarmUps ? " while it warmed up" : "");

    /// <param name="limit">In force in a warm-up; null: the test has none, and cannot be in one.</param>
    public static string WarmingUp(AnalysisSettings settings, double? limit) =>
        $"for {Duration((long)Math.Ceiling(settings.WarmUp.TotalSeconds))} after each rise of the weight only what takes longer than {Latency(limit)} counts, and only against it";

    public static string Latency(double? micros) => $"{micros / 1000:0.#} ms";

    public static string Rates(CheckState check, Totals totals) => $"canary {Rate(totals.CanaryRate)} vs {check.Settings.AgainstWord} {Rate(totals.StableRate)}";

    public static string Ratio(RatioInterval interval) => (interval.Ratio, interval.High) switch
    {
        ({ } ratio, { } high) => $"ratio {ratio:0.00} ({interval.Low:0.0}–{high:0.0})",
        ({ } ratio, null) => $"ratio {ratio:0.00} (at least {interval.Low:0.0})",
        (null, { } high) => $"ratio {interval.Low:0.0}–{high:0.0}",
        _ when interval.Low >= 0.05 => $"ratio at least {interval.Low:0.0}",
        _ => "ratio unknown",
    };

    /// <summary>Two significant digits below one percent, one decimal above.</summary>
    public static string Percent(double rate) => (rate * 100) switch
    {
        0 => "0 %",
        < 0.01 => $"{rate * 100:0.0000} %",
        < 0.1 => $"{rate * 100:0.000} %",
        < 1 => $"{rate * 100:0.00} %",
        var percent => $"{percent:0.0} %",
    };

    public static string Duration(long seconds) =>
        seconds < 60 ? $"{seconds} s"
        : seconds < 3600 ? $"{seconds / 60} m {seconds % 60} s"
        : $"{seconds / 3600} h {seconds / 60 % 60} m";

    private static string Rate(double rate) => double.IsNaN(rate) ? "without traffic" : Percent(rate);
}
