namespace Slipway.Core.Analysis;

/// <summary>The judge's numbers in words that a person understands.</summary>
internal static class JudgeWords
{
    public static string Failure(CheckState check, RatioInterval interval, long failedAt)
    {
        var test = check.Test;
        var window = test.TotalsOfEvidence;
        var isLate = window.Since is { } since && since > test.BeganAt && since <= failedAt;
        var lately = isLate ? $" (since {Duration(window.Since!.Value - test.BeganAt!.Value)} into it {Rates(window)})" : "";
        return $"{Rates(test.Totals)}{lately}, {Ratio(interval)}, {Certainty(check.Settings)} after {Duration(failedAt - (test.BeganAt ?? failedAt) + 1)}";
    }

    public static string Missing(CheckState check, RatioInterval interval, double upper, long unknown)
    {
        var totals = check.Test.Totals;
        var known = $"{Rates(totals)} of {totals.CanaryUnits:0.#} and {totals.StableUnits:0.#}, {Ratio(interval)}, the canary's own rate below {Percent(upper)}";
        return unknown > 0 ? $"not enough evidence yet: the outcome of {unknown} canary requests is unknown; {known}"
            : check.Test.IsBeyondLimit ? $"worse than tolerated, but by less than {check.Settings.TolerateAbsolute * 100:0.###} percentage points: {known}"
            : $"not enough evidence yet: {known}";
    }

    public static string Certainty(AnalysisSettings settings) =>
        $"{(Judge.GuaranteeOf(settings) == Guarantee.Guaranteed ? "certain" : "by estimate")} beyond 1 in {1 / settings.FalseAlarmRate:0.#}";

    public static string Rates(Totals totals) => $"canary {Rate(totals.CanaryRate)} vs stable {Rate(totals.StableRate)}";

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
