using Slipway.Core.Access;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Engine.Lanes;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Rollouts;

/// <summary>What people do with rollouts: look, pause, resume, skip, abort, retry.</summary>
public sealed class RolloutDesk(IStore store, LaneStates lanes)
{
    private const int Most = 1000;
    private static readonly RolloutFlow Flow = new();
    private static readonly PromotionFlow Promotions = new();

    public async Task<RolloutState?> FindAsync(string id, CancellationToken cancel) =>
        await store.ReadProcessAsync(RolloutFlow.ProcessOf(id), cancel) is { } process ? Flow.ReadState(process.State, process.StateVersion) : null;

    /// <summary>
    /// As <see cref="FindAsync"/>, for a rollout whose promotion may have named it just now: a promotion that rolls out has sent for it, and the loop takes that up a moment later.
    /// </summary>
    public async Task<RolloutState?> AwaitAsync(string id, CancellationToken cancel)
    {
        if (await FindAsync(id, cancel) is { } rollout)
        {
            return rollout;
        }

        if (await store.ReadProcessAsync(PromotionFlow.ProcessOf(id), cancel) is not { } process || Promotions.ReadState(process.State, process.StateVersion).Phase != PromotionPhase.RollingOut)
        {
            return null;
        }

        return (await store.ReadUntilAsync(() => FindAsync(id, cancel), begun => begun is not null, Sending.Patience, cancel)).Read;
    }

    /// <summary>What is said to somebody who names one that is not there.</summary>
    public Task<Refusal> MissingAsync(string id, CancellationToken cancel) => Missing.RolloutAsync(store, id, cancel);

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<RolloutState>> ListAsync(string? service, bool activeOnly, CancellationToken cancel) =>
        [.. (await store.ListProcessesAsync(RolloutFlow.ProcessKind, service is null ? null : service + "-", activeOnly, Most, cancel))
            .Select(p => Flow.ReadState(p.State, p.StateVersion))
            .Where(r => service is null || r.Lane.Service == service)];

    /// <param name="step">The step that is meant, as its title or its number from 1; null: the one at which it is.</param>
    public async Task<Outcome<RolloutState>> ActAsync(string id, RolloutAsk action, Actor by, string? why, string? step, RequestKey? key, CancellationToken cancel)
    {
        if (await FindAsync(id, cancel) is not { } rollout)
        {
            return await MissingAsync(id, cancel);
        }

        var meant = step is null ? null : RolloutActions.StepMeant(rollout, step);
        if (step is not null && meant is null)
        {
            return Refusal.Invalid("noSuchStep", $"{id} has no step '{step}'.", $"It has: {string.Join("; ", rollout.Plan.Select((each, index) => $"{index + 1} {each.Title}"))}.");
        }

        // Whoever means a step that is over by now must not act on the next one.
        if (!rollout.HasEnded && meant is { } index && index != rollout.Step)
        {
            return Refusal.Conflict("otherStep", $"{id} is not at {rollout.Plan[index].Title}: that {RolloutActions.StateOf(rollout, index)}.", WhereItIs(rollout, action));
        }

        var possible = RolloutActions.PossibleFor(rollout);
        if (!possible.Contains(action))
        {
            return rollout.EndedAt is { } ended
                ? Refusal.Conflict("hasEnded", $"{id} cannot {JsonWords.Of(action)} any more: it {HowItEnded(rollout)} at {ended.UtcDateTime:yyyy-MM-dd HH:mm} UTC ({rollout.Reason.TrimEnd('.')}).", await WayOnceMoreAsync(rollout, cancel))
                : Refusal.Conflict("notPossibleNow", $"{id} cannot {JsonWords.Of(action)} now: {rollout.Reason}.", WayOn(possible));
        }

        if (action == RolloutAsk.Approve && RolloutActions.WhyNotBy(rollout, by) is { } against)
        {
            return Refusal.NotAllowed("separationOfDuties", $"You may not approve {id}: {against}.", "Ask a colleague with the role approver.");
        }

        return await store.SendAsync(RolloutFlow.ProcessOf(id), Flow.WriteEvent(new ActionAsked(action, by, why, meant)), key, cancel) is OnceResult.KeyReused
            ? OnceResult.KeyReused.Refusal
            : await FindAsync(id, cancel) ?? (Outcome<RolloutState>)await MissingAsync(id, cancel);
    }

    private static string WhereItIs(RolloutState rollout, RolloutAsk action) => rollout.Current is { } current
        ? $"It is at {current.Title}, step {rollout.Step + 1} of {rollout.Plan.Count}. If that is meant: slipway rollout {JsonWords.Of(action)} {rollout.Id} --step {rollout.Step + 1}"
        : $"It has gone through all of its steps: slipway rollout show {rollout.Id}";

    private static string WayOn(IReadOnlyList<RolloutAsk> possible) =>
        possible.Count > 0 ? $"Possible now: {string.Join(", ", possible.Select(JsonWords.Of))}." : "Its traffic is going back to stable already.";

    private static string HowItEnded(RolloutState rollout) => rollout.Phase switch
    {
        RolloutPhase.Succeeded => "succeeded",
        RolloutPhase.RolledBack => "was rolled back",
        RolloutPhase.Aborted => "was aborted",
        _ => "ended, and its lane needs attention,",
    };

    /// <summary>What to do where an ended rollout should be tried once more, or taken back: a new one is needed, and what it is held for stands in the way of that.</summary>
    private async Task<string> WayOnceMoreAsync(RolloutState rollout, CancellationToken cancel)
    {
        var (service, environment, version) = (rollout.Lane.Service, rollout.Lane.Environment, rollout.Inputs.Revision.Version);
        var lane = await LaneAfterAsync(rollout, cancel);
        if (rollout.Phase == RolloutPhase.Succeeded)
        {
            return lane?.Stable?.Spec.Version is { } runs && runs != version
                ? $"{environment} runs {runs} by now: slipway status {service}"
                : $"To take it back: slipway rollback {service} --env {environment}";
        }

        if (rollout.Kind == PromotionKind.Rollback)
        {
            return $"To try it once more: slipway rollback {service} --env {environment} --to {version}";
        }

        if (lane is null)
        {
            return $"{environment} has not heard of that yet, and may hold {version} for it: slipway status {service}";
        }

        var holds = lane.Holds.Where(hold => hold.Version is null || hold.Version == version).ToList();
        return holds.Count == 0
            ? $"To try it once more: slipway promote {service}@{version} --to {environment}"
            : $"{version} is held in {environment}. To try it once more: {Hold.WayPast(holds.Select(hold => hold.Id), rollout.Lane, version)}";
    }

    /// <summary>The lane of a rollout that has ended. Null: it has not heard of the end, which it does a moment after it; what it shows is of before.</summary>
    private async Task<LaneState?> LaneAfterAsync(RolloutState ended, CancellationToken cancel) =>
        await lanes.ReadAsync(ended.Lane, cancel) is { } lane && lane.Active?.Id != ended.Id ? lane : null;
}
