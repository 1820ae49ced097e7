using System.Text;
using System.Text.Json;
using Slipway.Core.Gates;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Core.Targets;

namespace Slipway.Core.Tests.Transitions;

/// <summary>What a machine answers to every event in every sample state, as markdown.</summary>
internal static class TransitionTable
{
    private const string Refused = "refused: ";

    public static string Of<TState, TEvent>(string name, Samples<TState, TEvent> samples)
        where TState : class
        where TEvent : class
    {
        var text = new StringBuilder()
            .AppendLine($"# {name}: state × event")
            .AppendLine()
            .AppendLine("Made from the machine by `TransitionTests`, which fails when this page is not what the machine does. To write it anew, run that test with")
            .AppendLine("`SLIPWAY_UPDATE_SNAPSHOTS=1`. *In italics* are facts for the ledger, → are messages to other processes.");
        foreach (var state in samples.States)
        {
            AppendState(text, samples, state);
        }

        return text.ToString();
    }

    private static void AppendState<TState, TEvent>(StringBuilder text, Samples<TState, TEvent> samples, SampleState<TState> state)
        where TState : class
        where TEvent : class
    {
        var rows = samples.Events.Select(e => (Event: e.Name, Row: RowOf(samples, state, e))).ToList();
        text.AppendLine().AppendLine($"## {state.Name}").AppendLine();
        if (state.State is { } known)
        {
            text.AppendLine($"`{samples.Tell(known)}`{(samples.Reason(known) is { } why ? $" ({why})" : "")}").AppendLine();
        }

        var telling = rows.Where(r => r.Row is { } row && !row.StartsWith(Refused, StringComparison.Ordinal)).ToList();
        if (telling.Count > 0)
        {
            text.AppendLine("| event | then | what follows | reason |").AppendLine("|---|---|---|---|");
            foreach (var (name, row) in telling)
            {
                text.AppendLine($"| {name} | {row} |");
            }

            if (telling.Count < rows.Count)
            {
                text.AppendLine();
            }
        }

        AppendList(text, "Changes nothing", [.. rows.Where(r => r.Row is null).Select(r => r.Event)]);
        AppendList(text, "Refused", [.. rows.Where(r => r.Row?.StartsWith(Refused, StringComparison.Ordinal) == true).Select(r => r.Event)]);
    }

    private static void AppendList(StringBuilder text, string what, IReadOnlyList<string> events)
    {
        if (events.Count > 0)
        {
            text.AppendLine($"{what}: {string.Join(" · ", events)}.");
        }
    }

    /// <summary>Null: nothing changes and nothing follows.</summary>
    private static string? RowOf<TState, TEvent>(Samples<TState, TEvent> samples, SampleState<TState> state, SampleEvent<TState, TEvent> @event)
        where TState : class
        where TEvent : class
    {
        Decision<TState> decision;
        try
        {
            decision = samples.Machine.Decide(samples.Process, state.State, @event.Event(state.State), state.At + @event.After);
        }
        catch (InvalidOperationException refused)
        {
            return Refused + refused.Message;
        }

        decision.Facts.ShouldAllBe(fact => !fact.Body.ToJsonString().Contains(" { ", StringComparison.Ordinal), "a record's own text is for programmers");
        var follows = decision.Effects.Select(Tell)
            .Concat(decision.Messages.Select(m => $"→ {m.To.Kind}: {m.Event.GetType().Name}"))
            .Concat(decision.Facts.Select(f => $"*{f.Type}*"))
            .ToList();
        var before = state.State is null ? null : JsonSerializer.Serialize(state.State, samples.Json);
        return follows.Count == 0 && before == JsonSerializer.Serialize(decision.State, samples.Json)
            ? null
            : $"{samples.Tell(decision.State)}{(decision.Ended ? " (over)" : "")} | {string.Join("; ", follows)} | {samples.Reason(decision.State)}";
    }

    private static string Tell(Effect effect) => effect switch
    {
        EnsureVersionSet e => $"ensure {e.Spec.Version} × {e.Count}{(e.Attempt > 0 ? $" (attempt {e.Attempt})" : "")}",
        ShiftTraffic e => $"shift to {(e.Wanted.Weights.Count == 0 ? "nothing" : string.Join(" + ", e.Wanted.Weights.Select(w => $"{w.Version} {w.Weight} %")))}{(e.Wanted.Previews.Count > 0 ? " with preview" : "")}",
        AskGates => "ask the gates",
        AskJudge => "ask the judge",
        RunVerification e => $"run verification {e.Verification.Name}",
        AskHook e => $"ask {e.Name} ({JsonWords.Of(e.Question.Point)})",
        PromoteOnwards => "promote onwards",
        QueueJob e => $"queue {e.Job} {e.Attempt}",
        WithdrawJob e => $"withdraw {e.Job} {e.Attempt}{(e.Agent is null ? "" : $" from {e.Agent}")}{(e.LogEnd is null ? "" : $", whose log ends with: {e.LogEnd}")}",
        LookForAgent e => $"look for {e.Agent}",
        MakeRelease => "make the release",
        ReadCommit e => $"read {e.Reading.Ref}{(e.Reading.Since is null ? "" : $" since {e.Reading.Since[..1]}")}",
        _ => throw new NotSupportedException($"Say how the tables tell {effect.GetType().Name}."),
    };
}
