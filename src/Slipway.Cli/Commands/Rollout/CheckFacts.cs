using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;

namespace Slipway.Cli.Commands.Rollout;

/// <summary>The numbers of one check, below what it says in words.</summary>
internal static class CheckFacts
{
    private const int LastMeasurements = 5;
    private const string Indent = "    ";

    public static void Print(Invocation run, AnalysisSummary analysis, CheckView check, CheckHistoryView? history, Told told)
    {
        var unit = history?.Kind == CheckKindView.Counts ? "unit" : analysis.Unit;
        var isMeasured = history?.Kind is CheckKindView.Threshold or CheckKindView.MannWhitney;
        var facts = new Facts(run.Ink);
        if (!isMeasured && check is { CanaryUnits: 0, StableUnits: 0, NoTraffic: false })
        {
            // What it lacks is in its text, and it is not traffic: counts of nothing would say that.
            facts.Add("slow is over", check.ThresholdMillis is { } known ? $"{known:0.#} ms" : null);
        }
        else if (!isMeasured)
        {
            facts
                .Add("canary", Share(check.CanaryBad, check.CanaryUnits, unit))
                .Add(check.Against, Share(check.StableBad, check.StableUnits, unit))
                .Add("ratio", check.Ratio is { } ratio ? $"{ratio:0.##}, at least {check.RatioLow?.ToString("0.##") ?? "0"}, at most {check.RatioHigh?.ToString("0.##") ?? "unbounded"}" : null)
                .Add("evidence", $"{Words.FromLog10(check.LogEvidence)} against it, fails at {Words.FromLog10(check.LogLimit)}")
                .Add("slow is over", check.ThresholdMillis is { } millis ? $"{millis:0.#} ms" : null)
                .Add("passes below", history is null ? null : Rules(history));
        }

        facts
            .Add("condition", Conditions(history))
            .Add("rests on", check.Guarantee == "guaranteed" ? "the router's own draw (guaranteed)" : "more than the router's own draw (estimated)")
            .Add("decided", check.DecidedAt is { } decided ? Words.Exact(decided) : null)
            .WriteTo(run.Out, Indent);
        if (isMeasured && history!.Measurements.Count > 0)
        {
            Measurements(run, history.Measurements, told);
        }
    }

    public static string Share(double bad, double units, string unit) => units == 0 ? $"no {unit}s" : $"{bad:0.##} of {units:0.##} {unit}s ({100.0 * bad / units:0.00} %)";

    private static string? Rules(CheckHistoryView history)
    {
        var rules = new[]
        {
            history.Acceptable is > 0 and var acceptable ? $"{acceptable * 100:0.##} % of its own" : null,
            history.Detectable is { } detectable ? $"a ratio of {(1 + (history.Tolerate ?? 0)) * (1 + detectable):0.##}" : null,
        };
        return string.Join(", or ", rules.OfType<string>()) is { Length: > 0 } told ? told : null;
    }

    private static string? Conditions(CheckHistoryView? history) => history switch
    {
        { PassIf: { } pass, FailIf: { } fail } => $"passes if {pass}, fails if {fail}",
        { PassIf: { } pass } => $"passes if {pass}",
        { FailIf: { } fail } => $"fails if {fail}",
        { PassScore: { } pass, MarginalScore: { } marginal } => $"a score of {pass:0.##} passes, below {marginal:0.##} it fails",
        _ => null,
    };

    private static void Measurements(Invocation run, IReadOnlyList<MeasurementView> all, Told told)
    {
        if (all.Count > LastMeasurements)
        {
            run.Out.WriteLine($"{Indent}the last {LastMeasurements} of {all.Count} measurements:");
        }

        foreach (var measurement in all.Skip(all.Count - LastMeasurements))
        {
            var outcome = run.Ink.Paint(Words.Of(measurement.Outcome).PadRight(12), Tones.Of(measurement.Outcome));
            run.Out.WriteLine($"{Indent}{measurement.At.UtcDateTime:HH:mm:ss}  {outcome}  {told.Once(measurement.Text, [measurement.Text], RolloutFacts.Above)}");
            foreach (var metric in measurement == all[^1] ? measurement.Metrics.Where(metric => metric.Classification != "pass") : [])
            {
                run.Out.WriteLine($"{Indent}          {metric.Name} {metric.Classification}: {told.Once(metric.Text, [metric.Text], RolloutFacts.Above)}");
            }
        }
    }
}
