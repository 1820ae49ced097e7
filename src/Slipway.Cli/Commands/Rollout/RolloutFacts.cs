using System.Net;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Rollout;

/// <summary>The parts of a rollout as <c>show</c> and <c>explain</c> print them.</summary>
internal static class RolloutFacts
{
    /// <summary>Instead of a sentence that stands on the screen already.</summary>
    public const string Above = "see above";

    /// <summary>How much of the traffic the new version has: <c>30 %</c>, or <c>1 of 3 rings, middle 30 %</c>.</summary>
    public static string Share(RolloutView rollout) => Share(
        rollout.Weights.Count == 0 ? null : rollout.Weights.Where(weight => weight.Version == rollout.Version).Sum(weight => weight.Weight),
        [.. rollout.Rings.Select(ring => new RingShare(ring.Name, ring.State, ring.Weight))]);

    /// <param name="weight">Null: it is not the same in all rings.</param>
    public static string Share(int? weight, IReadOnlyList<RingShare> rings)
    {
        if (weight is { } everywhere)
        {
            return $"{everywhere} %";
        }

        var whole = rings.Count(ring => ring.Weight == 100);
        return string.Join(", ", rings.Where(ring => ring.Weight is > 0 and < 100).Select(ring => $"{ring.Name} {ring.Weight} %").Prepend(whole > 0 ? $"{whole} of {rings.Count} rings" : "").Where(part => part.Length > 0));
    }

    /// <exception cref="CliException">There is none of that id; a promotion of it that has not rolled out is pointed at.</exception>
    public static async Task<RolloutView> Read(Invocation run, string id)
    {
        try
        {
            return await run.Client.Rollout(id, run.Cancel);
        }
        catch (SlipwayApiException missing) when (missing.Status == HttpStatusCode.NotFound)
        {
            throw await NeverRolledOut(run, id) ?? (Exception)missing;
        }
    }

    private static async Task<CliException?> NeverRolledOut(Invocation run, string id)
    {
        try
        {
            var promotion = await run.Client.Promotion(id, run.Cancel);
            var still = promotion.EndedAt is null ? "has not rolled out yet" : "never rolled out";
            return new(ExitCodes.NotFound, $"The promotion {id} {still}: {Texts.Told(Words.Prose(promotion.State), promotion.Reason)}", $"slipway promotion explain {id}");
        }
        catch (SlipwayApiException)
        {
            // No promotion either, or none that may be seen: then what was said of the rollout stands.
            return null;
        }
    }

    public static void Print(Invocation run, RolloutView rollout) => new Facts(run.Ink)
        .Add("rollout", rollout.Id, Tone.Strong)
        .Add("release", Texts.Passage(rollout.Service, rollout.Version, rollout.Environment) + (rollout.Kind == PromotionKindView.Rollback ? " (rollback)" : ""))
        .Add("instead of", rollout.FromVersion ?? "nothing: the first release there")
        .Add("strategy", rollout.Strategy)
        .Add("goes back", rollout.WhyThisWay)
        .Add("state", Tones.Cell(rollout.State))
        .Add("reason", rollout.Reason)
        .Add("until", rollout.Until is { } until ? $"{Words.When(until, run.Now)} ({Words.Exact(until)})" : null)
        .Add(rollout.Worker ? "instances" : "traffic", rollout.Weights.Count > 0 ? Divided(rollout.Weights) : null)
        .Add("rings", rollout.Rings.Count > 0 ? string.Join('\n', rollout.Rings.Select(RingOf)) : null)
        .Add("marked", rollout.Routes.Count > 0 ? $"{string.Join(", ", rollout.Routes)} to {rollout.Version}" : null)
        .Add("copied", rollout.Mirror > 0 ? $"{rollout.Mirror} % of requests to {rollout.Version}" : null)
        .Add("copies", rollout.Copies is { } copies ? $"{copies.Requests}, {copies.Failed} failed (since {copies.Since.UtcDateTime:HH:mm:ss}; the last 3 minutes are counted, and never compared)" : null)
        .Add("preview", Texts.Address(rollout.PreviewUrl, rollout.PreviewPort))
        .Add("approvals", rollout.Approvals is { } asked ? Given(asked) : null)
        .Add("started", $"{Words.When(rollout.StartedAt, run.Now)} ({Words.Exact(rollout.StartedAt)})")
        .Add("ended", rollout.EndedAt is { } ended ? $"{Words.When(ended, run.Now)} ({Words.Exact(ended)})" : null)
        .WriteTo(run.Out);

    private static string Divided(IReadOnlyList<WeightView> weights) => string.Join(", ", weights.Select(weight => $"{weight.Version} {weight.Weight} % ({weight.Arm})"));

    public static string RingOf(RingView ring) => $"{ring.Name}: {Divided(ring.Weights)}" + ring.State switch
    {
        RingStateView.Done => " ✓",
        RingStateView.Returned => ", taken back",
        RingStateView.Failed => " ✗",
        RingStateView.Pending => ", to come",
        _ => "",
    };

    private static string Given(ApprovalsView asked) =>
        $"{asked.Given.Count} of {asked.Needed}{(asked.Given.Count > 0 ? $" ({string.Join(", ", asked.Given.Select(given => given.By))})" : "")}{(asked.Excluded.Count > 0 ? $"; not by {string.Join(", ", asked.Excluded)}" : "")}";

    public static void PrintSteps(Invocation run, RolloutView rollout, Told told)
    {
        run.Out.WriteLine();
        var table = run.WrappingTable("", "STEP", "TOOK", "NOTE");
        foreach (var step in rollout.Steps)
        {
            var (mark, tone) = Mark(step.State);
            var took = step.StartedAt is { } started ? Words.Span((step.EndedAt ?? run.Now) - started) : "";
            table.Row(new(mark, tone), new(step.Title, step.State == StepStateView.Pending ? Tone.Quiet : Tone.Plain), took, step.Note is { } note ? told.Once(note, [note], Above) : "");
        }

        table.WriteTo(run.Out);
    }

    /// <summary>Whether it is one of a ring's own: those have its name before them.</summary>
    public static bool IsOf(RolloutStepView step, string ring) => step.Title.StartsWith($"{ring}: ", StringComparison.Ordinal);

    public static (string Mark, Tone Tone) Mark(StepStateView state) => state switch
    {
        StepStateView.Done => ("✓", Tone.Good),
        StepStateView.Current => ("●", Tone.Warn),
        StepStateView.Skipped => ("–", Tone.Quiet),
        StepStateView.Failed => ("✗", Tone.Bad),
        StepStateView.Stopped => ("■", Tone.Quiet),
        _ => ("○", Tone.Quiet),
    };

    /// <summary>It came through without a step that waits for a verdict: that there is none is nothing bad.</summary>
    private static bool NeedsNoVerdict(RolloutView rollout, AnalysisSummary analysis) =>
        rollout.State == RolloutStateView.Succeeded && analysis.Verdict == VerdictView.Inconclusive && !rollout.Steps.Any(step => step.Kind is "analyze" or "soak");

    /// <param name="inFull">The checks' histories; null: a line for each check is enough.</param>
    public static void PrintAnalysis(Invocation run, RolloutView rollout, AnalysisSummary analysis, Told told, IReadOnlyList<CheckHistoryView>? inFull)
    {
        var isOfWatch = analysis.Ring is null && rollout.Steps.Any(step => step.Kind == "watch" && step.StartedAt <= analysis.At);
        var isOfSoak = analysis.Ring is { } soaked && rollout.Steps.Any(step => step.Kind == "soak" && IsOf(step, soaked) && step.StartedAt < analysis.At);
        if (inFull is not null && (isOfSoak || (isOfWatch && rollout.Rings.Count == 0))
            && rollout.Steps.Any(step => step is { Kind: "analyze", State: StepStateView.Done } && (analysis.Ring is not { } ring || IsOf(step, ring))))
        {
            // What the steps were passed by was seen with both versions beside each other. The watch has less to go by, and its word alone would hide that.
            PrintHead(run, analysis.Ring is { } place ? $"analysis of {place}'s steps" : "analysis of the steps", VerdictOf(inFull), inFull.All(check => check.DryRun || check.Guarantee == "guaranteed") ? "guaranteed" : "estimated");
            foreach (var check in inFull)
            {
                PrintCheck(run, check, told);
                CheckFacts.Print(run, analysis, check, check, told);
            }

            PrintHead(run, analysis.Ring is { } full ? $"soak of {full} after 100 %" : "watch after 100 %", analysis.Verdict, analysis.Guarantee);
            foreach (var check in analysis.Checks)
            {
                PrintCheck(run, check, told);
            }

            return;
        }

        var head = analysis.Ring is { } where ? $"analysis of {where}" : isOfWatch ? "analysis of the watch after 100 %" : "analysis";
        if (NeedsNoVerdict(rollout, analysis))
        {
            run.Out.WriteLine($"\n{head}: nothing was to be decided. No step asked for a verdict, and no failure was found");
        }
        else
        {
            PrintHead(run, head, analysis.Verdict, analysis.Guarantee);
        }

        foreach (var check in analysis.Checks)
        {
            PrintCheck(run, check, told);
            if (inFull is not null)
            {
                CheckFacts.Print(run, analysis, check, inFull.FirstOrDefault(history => history.Name == check.Name), told);
            }
        }
    }

    private static void PrintHead(Invocation run, string head, VerdictView verdict, string guarantee) =>
        run.Out.WriteLine($"\n{head} {run.Ink.Paint(Words.Of(verdict), Tones.Of(verdict))} ({guarantee})");

    private static void PrintCheck(Invocation run, CheckView check, Told told)
    {
        var text = told.Once(check.Text, [check.Text], Above);
        var dryRun = check.DryRun ? " (decides nothing)" : "";
        run.Out.WriteLine($"  {run.Ink.Paint(Words.Of(check.Verdict), Tones.Of(check.Verdict))}{dryRun}: {(text == Above ? $"{check.Name}, {Above}" : text)}");
    }

    private static VerdictView VerdictOf(IReadOnlyList<CheckHistoryView> checks)
    {
        var deciding = checks.Where(check => !check.DryRun).Select(check => check.Verdict).ToList();
        return deciding.Contains(VerdictView.Failed) ? VerdictView.Failed : deciding.Count > 0 && deciding.TrueForAll(verdict => verdict == VerdictView.Passed) ? VerdictView.Passed : VerdictView.Inconclusive;
    }
}
