using Slipway.Core.Environments;
using Slipway.Core.Gates;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Promotions;

/// <summary>The promotion that has the lane, or comes to it first, while another one waits for it with all its gates open.</summary>
/// <param name="Which">What it does, as the end of a sentence: <c>is paused: ...</c>.</param>
/// <param name="NeedsPerson">It does not go on by itself.</param>
/// <param name="NextStep">What a person can do about it; null: nothing need be done.</param>
public sealed record WaitedFor(string Id, string Version, string Which, bool NeedsPerson, string? NextStep)
{
    /// <summary>Whose turn it is before this promotion's; null: nobody's, or its own.</summary>
    public static string? HolderOf(LaneState lane, string promotion)
    {
        var first = lane.Active?.Id ?? lane.Queue.FirstOrDefault(q => q is { Kind: PromotionKind.Rollback, Ready: true })?.Id
            ?? (lane.Queue.Count == 0 ? null : lane.Queue[^1].Concurrency == LaneConcurrency.NewestWins ? lane.Queue.LastOrDefault(q => q.Ready)?.Id : lane.Queue[0].Id);
        return first == promotion ? null : first;
    }

    /// <param name="rollout">Null: it has not begun.</param>
    public static WaitedFor Of(string id, PromotionState holder, RolloutState? rollout)
    {
        if (rollout is not null)
        {
            var waits = rollout is { Phase: RolloutPhase.Paused, Until: null };
            return new(
                id, holder.Version, Does(rollout), waits,
                waits ? $"slipway rollout {string.Join('|', RolloutActions.PossibleFor(rollout).Select(JsonWords.Of))} {id}" : null);
        }

        var shut = holder.Gates.FirstOrDefault(gate => gate.State != GateState.Open);
        var asks = shut is { State: GateState.Waiting, Until: null, OpenedBy: not null };
        return new(id, holder.Version, shut is null ? "comes first" : $"waits itself ({holder.Reason})", asks, asks ? $"slipway promotion explain {id}" : null);
    }

    public override string ToString() => $"{Id}, which {Which}";

    private static string Does(RolloutState rollout) => rollout.Phase switch
    {
        RolloutPhase.Paused when rollout.Paused?.By is not null => $"is {rollout.Reason}",
        RolloutPhase.Paused => $"is paused: {rollout.Reason}",
        RolloutPhase.Watching => "is watched, and gives way",
        RolloutPhase.RollingBack => $"goes back: {rollout.Reason}",
        _ when rollout.HasEnded => "has ended just now",
        _ => $"rolls out: {rollout.Reason}",
    };
}
