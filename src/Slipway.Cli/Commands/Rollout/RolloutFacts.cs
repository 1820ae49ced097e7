using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;

namespace Slipway.Cli.Commands.Rollout;

/// <summary>The parts of a rollout as <c>show</c> and <c>explain</c> print them.</summary>
internal static class RolloutFacts
{
    /// <summary>Percent of the traffic on the new version.</summary>
    public static int NewWeight(RolloutView rollout) => rollout.Weights.Where(weight => weight.Version == rollout.Version).Sum(weight => weight.Weight);

    public static void Print(Invocation run, RolloutView rollout) => new Facts(run.Ink)
        .Add("rollout", rollout.Id, Tone.Strong)
        .Add("release", Texts.Passage(rollout.Service, rollout.Version, rollout.Environment) + (rollout.Kind == PromotionKindView.Rollback ? " (rollback)" : ""))
        .Add("instead of", rollout.FromVersion ?? "nothing: the first release there")
        .Add("strategy", rollout.Strategy)
        .Add("state", Tones.Cell(rollout.State))
        .Add("reason", rollout.Reason)
        .Add("until", rollout.Until is { } until ? $"{Words.When(until, run.Now)} ({Words.Exact(until)})" : null)
        .Add("traffic", string.Join(", ", rollout.Weights.Select(weight => $"{weight.Version} {weight.Weight} % ({weight.Arm})")))
        .Add("started", $"{Words.When(rollout.StartedAt, run.Now)} ({Words.Exact(rollout.StartedAt)})")
        .Add("ended", rollout.EndedAt is { } ended ? $"{Words.When(ended, run.Now)} ({Words.Exact(ended)})" : null)
        .WriteTo(run.Out);

    public static void PrintSteps(Invocation run, RolloutView rollout)
    {
        run.Out.WriteLine();
        var table = run.Table("", "STEP", "TOOK", "NOTE");
        foreach (var step in rollout.Steps)
        {
            var (mark, tone) = Mark(step.State);
            var took = step.StartedAt is { } started ? Words.Span((step.EndedAt ?? run.Now) - started) : "";
            table.Row(new(mark, tone), new(step.Title, step.State == StepStateView.Pending ? Tone.Quiet : Tone.Plain), took, step.Note);
        }

        table.WriteTo(run.Out);
    }

    public static (string Mark, Tone Tone) Mark(StepStateView state) => state switch
    {
        StepStateView.Done => ("✓", Tone.Good),
        StepStateView.Current => ("●", Tone.Warn),
        StepStateView.Skipped => ("–", Tone.Quiet),
        StepStateView.Failed => ("✗", Tone.Bad),
        StepStateView.Stopped => ("■", Tone.Quiet),
        _ => ("○", Tone.Quiet),
    };

    public static void PrintVerifications(Invocation run, RolloutView rollout)
    {
        foreach (var verification in rollout.Verifications)
        {
            var verdict = verification.Verdict is { } known ? run.Ink.Paint(Words.Of(known), Tones.Of(known)) : "not yet";
            run.Out.WriteLine($"verification {verification.Name}: {verdict}{(verification.Detail is { } detail ? $", {detail}" : "")}");
        }
    }

    public static void PrintAnalysis(Invocation run, AnalysisSummary analysis, bool inFull)
    {
        run.Out.WriteLine();
        run.Out.WriteLine($"analysis {run.Ink.Paint(Words.Of(analysis.Verdict), Tones.Of(analysis.Verdict))} ({analysis.Guarantee})");
        foreach (var check in analysis.Checks)
        {
            run.Out.WriteLine($"  {run.Ink.Paint(Words.Of(check.Verdict), Tones.Of(check.Verdict))}: {check.Text}");
            if (inFull)
            {
                Numbers(run, check).WriteTo(run.Out, "    ");
            }
        }
    }

    private static Facts Numbers(Invocation run, CheckView check) => new Facts(run.Ink)
        .Add("canary", Share(check.CanaryBad, check.CanaryUnits))
        .Add("stable", Share(check.StableBad, check.StableUnits))
        .Add("ratio", check.Ratio is { } ratio ? $"{ratio:0.##}, at least {check.RatioLow?.ToString("0.##") ?? "0"}, at most {check.RatioHigh?.ToString("0.##") ?? "unbounded"}" : null)
        .Add("evidence", $"10^{check.LogEvidence:0.0} against it; it fails at 10^{check.LogLimit:0.0}")
        .Add("slow is over", check.ThresholdMillis is { } millis ? $"{millis:0.#} ms" : null);

    private static string Share(long bad, long units) => units == 0 ? "no requests" : $"{bad} of {units} ({100.0 * bad / units:0.00} %)";
}
