using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Core.Gates;
using Slipway.Core.Promotions;
using Slipway.Engine.Access;
using Slipway.Engine.Promotions;

namespace Slipway.Server.Promotions;

/// <summary>Promotions as the API shows them.</summary>
internal static class PromotionViews
{
    public static PromotionView Of(string id, PromotionState p, Caller asking)
    {
        var refused = new Dictionary<string, string>();
        var actions = new List<string>();
        if (!p.HasEnded && p.Phase != PromotionPhase.RollingOut)
        {
            var against = asking.May(Permission.Approve) ? PromotionDesk.WhyNotApprove(p, asking.Actor) : "your roles do not let you approve";
            if (against is null)
            {
                actions.Add("approve");
            }
            else
            {
                refused["approve"] = against;
            }

            if (asking.May(Permission.Approve))
            {
                actions.Add("reject");
            }

            if (asking.May(Permission.Deploy))
            {
                actions.Add("cancel");
            }
        }

        return new PromotionView
        {
            Id = id,
            Service = p.Lane.Service,
            Environment = p.Lane.Environment,
            Version = p.Version,
            Kind = KindOf(p.Kind),
            State = StateOf(p.Phase),
            Reason = p.Reason,
            WaitsFor = p.WaitsFor is { } before ? new WaitsForView(before.Id, before.Version, before.Which, before.NeedsPerson, before.NextStep) : null,
            RequestedBy = p.RequestedBy.Identity,
            RequestedAt = p.RequestedAt,
            Why = p.Why,
            Gates = [.. p.Gates.Select(g => GateOf(g, p.HasEnded))],
            Approvals = [.. p.Approvals.Select(a => new ApprovalView(a.By.Identity, a.At, a.Approved, a.Why))],
            InputsHash = p.InputsHash,
            FromVersion = p.FromVersion,
            Rollout = p.Admission is not null && p.Phase >= PromotionPhase.RollingOut ? id : null,
            SupersededBy = p.SupersededBy,
            EndedAt = p.EndedAt,
            Actions = actions,
            ActionsRefused = refused.Count == 0 ? null : refused,
        };
    }

    public static PromotionKindView KindOf(PromotionKind kind) => kind == PromotionKind.Rollback ? PromotionKindView.Rollback : PromotionKindView.Promotion;

    public static PromotionStateView StateOf(PromotionPhase phase) => phase switch
    {
        PromotionPhase.Waiting => PromotionStateView.Waiting,
        PromotionPhase.Ready or PromotionPhase.Admitted => PromotionStateView.Approved,
        PromotionPhase.RollingOut => PromotionStateView.RollingOut,
        PromotionPhase.Succeeded => PromotionStateView.Succeeded,
        PromotionPhase.Failed => PromotionStateView.Failed,
        PromotionPhase.RolledBack => PromotionStateView.RolledBack,
        PromotionPhase.Aborted => PromotionStateView.Aborted,
        PromotionPhase.Superseded => PromotionStateView.Superseded,
        PromotionPhase.Rejected => PromotionStateView.Rejected,
        PromotionPhase.Cancelled => PromotionStateView.Cancelled,
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, "An unknown phase."),
    };

    /// <param name="over">The promotion has ended: nothing is asked again, and nobody opens a gate for it any more.</param>
    private static GateView GateOf(GateAnswer gate, bool over) => new()
    {
        Name = gate.Gate,
        State = gate.State switch { GateState.Open => GateStateView.Open, GateState.Waiting => GateStateView.Waiting, _ => GateStateView.Closed },
        Why = gate.Why,
        Until = over ? null : gate.Until,
        OpenedBy = over ? null : gate.OpenedBy,
    };
}
