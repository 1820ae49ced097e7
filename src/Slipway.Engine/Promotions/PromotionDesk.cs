using Slipway.Core.Access;
using Slipway.Core.Gates;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Engine.Lanes;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Promotions;

/// <summary>What people do with promotions that are there: look, approve, reject, cancel.</summary>
public sealed class PromotionDesk(IStore store, LaneStates lanes)
{
    private const int Most = 1000;
    private static readonly PromotionFlow Flow = new();
    private static readonly RolloutFlow Rollouts = new();

    public async Task<PromotionState?> FindAsync(string id, CancellationToken cancel) =>
        await store.ReadProcessAsync(PromotionFlow.ProcessOf(id), cancel) is { } process ? await WithWhatRunsAsync(id, Flow.ReadState(process.State, process.StateVersion), cancel) : null;

    /// <summary>As <see cref="FindAsync"/>, for a promotion that was asked for just now: waits a moment until the loop has taken it up.</summary>
    public async Task<PromotionState?> AwaitAsync(string id, CancellationToken cancel) =>
        (await store.ReadUntilAsync(() => FindAsync(id, cancel), promotion => promotion is not null, Sending.Patience, cancel)).Read;

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<(string Id, PromotionState State)>> ListAsync(string? service, bool activeOnly, CancellationToken cancel)
    {
        var found = new List<(string, PromotionState)>();
        foreach (var process in await store.ListProcessesAsync(PromotionFlow.ProcessKind, service is null ? null : service + "-", activeOnly, Most, cancel))
        {
            var state = Flow.ReadState(process.State, process.StateVersion);
            if (service is null || state.Lane.Service == service)
            {
                found.Add((process.Id.Key, await WithWhatRunsAsync(process.Id.Key, state, cancel)));
            }
        }

        return found;
    }

    /// <summary>What is said to somebody who names one that is not there.</summary>
    public Task<Refusal> MissingAsync(string id, CancellationToken cancel) => Missing.PromotionAsync(store, id, cancel);

    /// <summary>Why this person may not approve it; null: nothing is against it.</summary>
    public static string? WhyNotApprove(PromotionState promotion, Actor by) =>
        promotion.HasEnded ? "it has ended"
        : promotion.Phase == PromotionPhase.RollingOut ? "it is rolling out already"
        : promotion is { Approvals.Count: 0, Gates.Count: > 0 } && !promotion.Gates.Any(g => g.Gate == GateNames.Approval) ? "no approval is asked for here"
        : promotion.ExcludedPersons.Contains(by.Person) ? "you made the release or asked for the promotion: somebody else must approve it"
        : null;

    public async Task<Outcome<PromotionState>> DecideAsync(string id, Actor by, bool approve, string? why, string? inputsHash, RequestKey? key, CancellationToken cancel)
    {
        if (await FindAsync(id, cancel) is not { } promotion)
        {
            return await MissingAsync(id, cancel);
        }

        if (promotion.HasEnded || promotion.Phase == PromotionPhase.RollingOut)
        {
            return Refusal.Conflict(
                "notWaiting", $"{id} does not wait for an approval: {promotion.Reason}.",
                promotion.HasEnded ? $"slipway promotion show {id}" : $"If a step of its rollout waits for one: slipway rollout approve {id}");
        }

        if (approve && WhyNotApprove(promotion, by) is { } against)
        {
            return Refusal.NotAllowed("separationOfDuties", $"You may not approve {id}: {against}.", "Ask a colleague with the role approver.");
        }

        if (inputsHash is not null && inputsHash != promotion.InputsHash)
        {
            return Refusal.Conflict("otherInputs", $"{id} would bring other inputs than the ones that you saw.", $"Look at it again: slipway promotion show {id}");
        }

        if (!approve && string.IsNullOrWhiteSpace(why))
        {
            return Refusal.Invalid("whyMissing", "A rejection says why.", "Give a reason with --why.");
        }

        return await SendAsync(id, new ApprovalDecided(new Approval(by, store.Now, approve, why, promotion.InputsHash)), key, cancel);
    }

    public async Task<Outcome<PromotionState>> CancelAsync(string id, Actor by, string? why, RequestKey? key, CancellationToken cancel)
    {
        if (await FindAsync(id, cancel) is not { } promotion)
        {
            return await MissingAsync(id, cancel);
        }

        if (promotion.HasEnded)
        {
            return Refusal.Conflict("hasEnded", $"{id} has ended: {promotion.Reason}.", "There is nothing to cancel.");
        }

        return promotion.Phase == PromotionPhase.RollingOut
            ? Refusal.Conflict("rollingOut", $"{id} is rolling out already.", $"Stop it with: slipway rollout abort {id}")
            : await SendAsync(id, new PromotionCancelled(by, why), key, cancel);
    }

    /// <summary>A promotion that waits is told what is stable now, and who has the lane; one that was let in knows what was stable then.</summary>
    private async Task<PromotionState> WithWhatRunsAsync(string id, PromotionState promotion, CancellationToken cancel)
    {
        if (promotion.HasEnded || promotion.Admission is not null || await lanes.ReadAsync(promotion.Lane, cancel) is not { } lane)
        {
            return promotion;
        }

        var shown = promotion with { FromVersion = lane.Stable?.Spec.Version };
        return promotion.Phase == PromotionPhase.Ready && WaitedFor.HolderOf(lane, id) is { } holder && await WaitedForAsync(holder, cancel) is { } before
            ? shown with { WaitsFor = before, Reason = $"all gates are open: it waits for {before}" }
            : shown;
    }

    private async Task<WaitedFor?> WaitedForAsync(string holder, CancellationToken cancel) =>
        await store.ReadProcessAsync(PromotionFlow.ProcessOf(holder), cancel) is { } process
            ? WaitedFor.Of(
                holder, Flow.ReadState(process.State, process.StateVersion),
                await store.ReadProcessAsync(RolloutFlow.ProcessOf(holder), cancel) is { } rollout ? Rollouts.ReadState(rollout.State, rollout.StateVersion) : null)
            : null;

    /// <summary>Puts the event in and waits, for a moment, until it is folded, so that the answer shows it.</summary>
    private async Task<Outcome<PromotionState>> SendAsync(string id, PromotionEvent @event, RequestKey? key, CancellationToken cancel)
    {
        var process = PromotionFlow.ProcessOf(id);
        if (await store.SendAsync(process, Flow.WriteEvent(@event), key, cancel) is OnceResult.KeyReused)
        {
            return OnceResult.KeyReused.Refusal;
        }

        return await FindAsync(id, cancel) ?? (Outcome<PromotionState>)await MissingAsync(id, cancel);
    }
}
