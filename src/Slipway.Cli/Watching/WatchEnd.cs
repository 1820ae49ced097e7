using Slipway.Cli.Commands;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;

namespace Slipway.Cli.Watching;

/// <summary>How far <c>--watch</c> watches.</summary>
internal enum WatchUntil
{
    /// <summary>Until the new version has all the traffic; its watch period goes on by itself.</summary>
    AllTraffic,

    /// <summary>Until nothing more will happen.</summary>
    End,
}

/// <summary>Why there is nothing more to watch.</summary>
/// <param name="NextStep">What a person may do now; null: nothing in particular.</param>
internal sealed record WatchEnd(int ExitCode, string Sentence, string? NextStep = null)
{
    private static readonly string[] WaysOn = ["approve", "resume", "retry"];

    /// <summary>Null: it goes on by itself, and something is still to be seen.</summary>
    public static WatchEnd? Of(WatchSnapshot snapshot, WatchUntil until, DateTimeOffset now)
    {
        var (promotion, rollout) = (snapshot.Promotion, snapshot.Rollout);
        var passage = Texts.Passage(promotion);
        switch (promotion.State)
        {
            case PromotionStateView.Succeeded:
                return new(ExitCodes.Done, $"{passage}: {Texts.Told("done", snapshot.Reason)}");
            case PromotionStateView.Failed or PromotionStateView.RolledBack or PromotionStateView.Aborted or PromotionStateView.Superseded
                or PromotionStateView.Rejected or PromotionStateView.Cancelled:
                return new(ExitCodes.Failed, $"{passage}: {Texts.Told(Words.Prose(promotion.State), promotion.Reason ?? snapshot.Reason)}", $"slipway {(rollout is null ? "promotion" : "rollout")} explain {promotion.Id}");
            default:
                return rollout is null ? Waiting(promotion, passage, now) : Rolling(rollout, passage, until);
        }
    }

    private static WatchEnd? Rolling(RolloutView rollout, string passage, WatchUntil until) => rollout.State switch
    {
        RolloutStateView.Succeeded => new(ExitCodes.Done, $"{passage}: {Texts.Told("done", rollout.Reason)}"),
        RolloutStateView.Watching when until == WatchUntil.AllTraffic => new(ExitCodes.Done, $"{passage}: {Texts.Told("it has all the traffic", rollout.Reason)}", $"to follow its watch: slipway rollout watch {rollout.Id}"),
        RolloutStateView.RolledBack or RolloutStateView.Aborted =>
            new(ExitCodes.Failed, $"{passage}: {Texts.Told(Words.Prose(rollout.State), rollout.Reason)}", $"slipway rollout explain {rollout.Id}"),
        RolloutStateView.NeedsAttention => new(ExitCodes.Failed, $"{passage}: {Texts.Told("needs attention", rollout.Reason)}", $"slipway rollout explain {rollout.Id}"),
        RolloutStateView.Paused when rollout.Until is null =>
            new(ExitCodes.WaitsForAPerson, $"{passage}: {Texts.Told("paused", rollout.Reason)}", WayOn(rollout)),
        _ => null,
    };

    /// <summary>A failure that is paused is retried and not resumed; a step that waits for it is approved.</summary>
    private static string WayOn(RolloutView rollout)
    {
        var on = WaysOn.FirstOrDefault(rollout.Actions.Contains);
        return on is null ? $"slipway rollout abort {rollout.Id}" : $"slipway rollout {on} {rollout.Id}, or slipway rollout abort {rollout.Id}";
    }

    private static WatchEnd? Waiting(PromotionView promotion, string passage, DateTimeOffset now) => promotion.WaitsFor is { NeedsPerson: true } before
        ? new(ExitCodes.WaitsForAPerson, $"{passage}: waits for {before.Id}, which {before.Which.TrimEnd('.')}.", before.NextStep)
        : AtTheGates(promotion, passage, now);

    private static WatchEnd? AtTheGates(PromotionView promotion, string passage, DateTimeOffset now) => promotion.Gates.FirstOrDefault(gate => gate.State != GateStateView.Open) switch
    {
        { State: GateStateView.Closed, Until: null } gate => new(ExitCodes.Failed, $"{passage}: {Texts.Told($"the {gate.Name} gate is closed", gate.Why)}", $"slipway promotion explain {promotion.Id}"),
        // Without an end it opens by nothing but a person's act.
        { State: GateStateView.Waiting, Until: null, OpenedBy: not null } gate =>
            new(ExitCodes.WaitsForAPerson, $"{passage}: {Texts.Told(gate.Name == "approval" ? gate.Why : "waits for a person", gate.Why)}", Texts.WayOn(promotion, now)),
        _ => null,
    };
}
