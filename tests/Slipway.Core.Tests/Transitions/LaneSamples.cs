using Slipway.Core.Environments;
using Slipway.Core.Lanes;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using static Slipway.Core.Tests.Transitions.SampleWorld;

namespace Slipway.Core.Tests.Transitions;

internal sealed class LaneSamples() : Samples<LaneState, LaneEvent>(new LaneFlow(1), Lane.Process, LaneJson.Default.LaneState)
{
    private const string First = "storefront-prod-1", Second = "storefront-prod-2", Third = "storefront-prod-3", Back = "storefront-prod-4";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    public override IReadOnlyList<SampleState<LaneState>> States
    {
        get
        {
            var none = new SampleState<LaneState>("none", null, Start);
            var resting = Fold("resting", none, _ => Queued(First, "1.0"), _ => Ready(First), _ => new RolloutBegan(First), _ => Full(First, "1.0"), _ => Ended(First, "1.0", RolloutOutcome.Succeeded, Start));
            var queued = Fold("one waits", resting, _ => Queued(Second, "2.0"));
            var admitted = Fold("admitted", queued, _ => Ready(Second));
            var rolling = Fold("rolling out", admitted, _ => new RolloutBegan(Second));
            var watching = Fold("watching", rolling, _ => Full(Second, "2.0"));
            return
            [
                none, resting, queued, admitted, rolling,
                Fold("rolling out, the next waits", rolling, _ => Queued(Third, "3.0"), _ => Ready(Third)),
                watching,
                Fold("warm", watching, _ => Ended(Second, "2.0", RolloutOutcome.Succeeded, watching.At)),
                Fold("held after a rollback", rolling, _ => Ended(Second, "2.0", RolloutOutcome.RolledBack, null)),
                Fold("needs attention", rolling, _ => Ended(Second, "2.0", RolloutOutcome.NeedsAttention, null)),
            ];
        }
    }

    public override IReadOnlyList<SampleEvent<LaneState, LaneEvent>> Events { get; } =
    [
        new("promotionQueued: 3.0", Soon, _ => Queued(Third, "3.0")),
        new("promotionQueued: 3.0, preempting", Soon, _ => Queued(Third, "3.0", preempt: true)),
        new("promotionQueued: 3.0, one after the other", Soon, _ => Queued(Third, "3.0", concurrency: LaneConcurrency.Queue)),
        new("promotionQueued: rollback to 1.0", Soon, _ => Queued(Back, "1.0", PromotionKind.Rollback)),
        new("promotionReadiness: 2.0 is ready", Soon, _ => Ready(Second)),
        new("promotionReadiness: 2.0 no longer", Soon, _ => new PromotionReadiness(Second, false)),
        new("promotionReadiness: 3.0 is ready", Soon, _ => Ready(Third)),
        new("promotionWithdrawn: 2.0", Soon, _ => new PromotionWithdrawn(Second)),
        new("promotionSteppedBack: 2.0", Soon, _ => new PromotionSteppedBack(Second)),
        new("rolloutBegan: 2.0", Soon, _ => new RolloutBegan(Second)),
        new("rolloutReachedFull: 2.0", Soon, _ => Full(Second, "2.0")),
        .. Enum.GetValues<RolloutOutcome>().Select(o => new SampleEvent<LaneState, LaneEvent>($"rolloutEnded: 2.0 {o}", Soon, s => Ended(Second, "2.0", o, s?.Stable?.Spec.Version == "2.0" ? Start : null))),
        new("holdPlaced: 2.0", Soon, _ => new HoldPlaced(new Hold("hold-1", "2.0", "it leaks", "ben", Start))),
        new("holdLifted", Soon, s => new HoldLifted(s is { Holds: [var held, ..] } ? held.Id : "hold-9", "ben")),
        new("targetsChanged", Soon, _ => new TargetsChanged()),
        new("timeCame, an hour later", TimeSpan.FromHours(1), _ => new LaneTimeCame()),
    ];

    public override string Tell(LaneState state) => string.Join("; ", new[]
    {
        state.Stable is { } s ? $"stable {s.Spec.Version}{(s.WellAt is null ? ", not proven well" : "")}" : "nothing stable",
        state.Warm is { } w ? $"warm {w.Spec.Version}" : null,
        state.Active is { } a ? $"{a.Stage} {a.Version}" : null,
        state.Queue.Count > 0 ? $"queue {string.Join(", ", state.Queue.Select(q => q.Version + (q.Ready ? " (ready)" : "")))}" : null,
        state.Holds.Count > 0 ? $"holds {string.Join(", ", state.Holds.Select(h => h.Version ?? "all"))}" : null,
        state.NeedsAttention is null ? null : "needs attention",
        $"token {state.Counter}",
    }.Where(p => p is not null));

    public override string? Reason(LaneState state) => state.NeedsAttention;

    private static PromotionQueued Queued(string id, string version, PromotionKind kind = PromotionKind.Promotion, bool preempt = false, LaneConcurrency concurrency = LaneConcurrency.NewestWins) =>
        new(new QueuedPromotion(id, version, kind, Ready: false, concurrency, preempt));

    private static PromotionReadiness Ready(string id) => new(id, true);

    private static RolloutReachedFull Full(string id, string version) => new(id, Stable(version) with { WellAt = null }, 5005);

    private static LaneRolloutEnded Ended(string id, string version, RolloutOutcome outcome, DateTimeOffset? fullAt) =>
        new(id, outcome, $"the rollout ended: {outcome}", Automatic: outcome != RolloutOutcome.Aborted, Inputs(version).Revision, 5006, TimeSpan.FromMinutes(5), fullAt);
}
