using Slipway.Core.Gates;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using static Slipway.Core.Tests.Transitions.SampleWorld;

namespace Slipway.Core.Tests.Transitions;

internal sealed class PromotionSamples() : Samples<PromotionState, PromotionEvent>(new PromotionFlow(), PromotionFlow.ProcessOf("storefront-prod-2"), PromotionJson.Default.PromotionState)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    public override IReadOnlyList<SampleState<PromotionState>> States
    {
        get
        {
            var none = new SampleState<PromotionState>("none", null, Start);
            var asked = Fold("waiting: the gates are being asked", none, _ => Requested());
            var shut = Fold("waiting: a gate is shut", asked, Waits);
            var ready = Fold("ready", asked, Opens);
            var admitted = Fold("admitted", ready, _ => new LaneAdmitted(Admission("1.0")));
            var rolling = Fold("rolling out", admitted, Opens);
            return
            [
                none, asked, shut, ready, admitted, rolling,
                .. Enum.GetValues<RolloutOutcome>().Select(o => Fold($"ended: {o}", rolling, _ => Ended(o))),
                Fold("failed at a gate", asked, Closes),
                Fold("superseded", asked, _ => new PromotionSuperseded("storefront-prod-3", "3.0")),
                Fold("rejected", asked, s => Decided(s, false)),
                Fold("cancelled", asked, _ => new PromotionCancelled(Ada, "not today")),
            ];
        }
    }

    public override IReadOnlyList<SampleEvent<PromotionState, PromotionEvent>> Events { get; } =
    [
        new("requested", Soon, _ => Requested()),
        new("gatesAnswered: all open", Soon, Opens),
        new("gatesAnswered: one waits", Soon, Waits),
        new("gatesAnswered: one is closed", Soon, Closes),
        new("gatesAnswered: to an older round", Soon, s => new GatesAnswered((s?.Round ?? 0) - 1, [new GateAnswer("hold", GateState.Open, "nothing holds it")])),
        new("approvalDecided: approved", Soon, s => Decided(s, true)),
        new("approvalDecided: rejected", Soon, s => Decided(s, false)),
        new("approvalDecided: of other inputs", Soon, _ => new ApprovalDecided(new Approval(Ben, Start, true, null, "other"))),
        new("gatesTouched", Soon, _ => new GatesTouched()),
        new("cancelled", Soon, _ => new PromotionCancelled(Ada, null)),
        new("superseded", Soon, _ => new PromotionSuperseded("storefront-prod-3", "3.0")),
        new("admitted", Soon, _ => new LaneAdmitted(Admission("1.0"))),
        .. Enum.GetValues<RolloutOutcome>().Select(o => new SampleEvent<PromotionState, PromotionEvent>($"rolloutEnded: {o}", Soon, _ => Ended(o))),
        new("timeCame", Soon, _ => new PromotionTimeCame()),
    ];

    public override string Tell(PromotionState state) => state.Phase.ToString();

    public override string? Reason(PromotionState state) => state.Reason;

    private static PromotionRequested Requested() => new()
    {
        Lane = Lane,
        Kind = PromotionKind.Promotion,
        Inputs = Inputs("2.0"),
        InputsHash = "inputs",
        RequestedBy = Ada,
        ExcludedPersons = ["ada"],
        Why = "the new cart",
    };

    private static GatesAnswered Opens(PromotionState? state) => Answer(state, new GateAnswer("approval", GateState.Open, "approved by ben"));

    private static GatesAnswered Waits(PromotionState? state) => Answer(state, new GateAnswer("freeze", GateState.Waiting, "frozen: the sale", Start + TimeSpan.FromHours(2), "slipway freeze lift freeze-1"));

    private static GatesAnswered Closes(PromotionState? state) => Answer(state, new GateAnswer("hold", GateState.Closed, "2.0 was vetoed by ben: it leaks"));

    private static GatesAnswered Answer(PromotionState? state, GateAnswer answer) => new(state?.Round ?? 0, [new GateAnswer("soak", GateState.Open, "it has been well in staging"), answer]);

    private static ApprovalDecided Decided(PromotionState? state, bool approved) => new(new Approval(Ben, Start, approved, "seen", state?.InputsHash ?? "inputs"));

    private static PromotionRolloutEnded Ended(RolloutOutcome outcome) => new(outcome, $"the rollout ended: {outcome}");
}
