using Slipway.Client.Api;
using Slipway.Core.Rollouts;
using Slipway.Core.Targets;

namespace Slipway.Server.Rollouts;

/// <summary>How a rollout's traffic is divided, in each ring by itself: rings have routers of their own, and how much comes to each is not known, so that shares of several are never one number.</summary>
internal static class RingViews
{
    public static IReadOnlyList<RingView> Of(RolloutState r) =>
        [.. r.Inputs.Rings.Select((place, index) => new RingView(place.Name, place.Labels, place.Count, StateIn(r, index), WeightIn(r, index)) { Weights = WeightsAt(r, WeightIn(r, index), BaselineIn(r, index)) })];

    /// <summary>The rings in few words.</summary>
    public static IReadOnlyList<RingShare> SharesOf(RolloutState r) => [.. r.Inputs.Rings.Select((place, index) => new RingShare(place.Name, StateIn(r, index), WeightIn(r, index)))];

    /// <summary>Percent of the traffic on the new version; null: it is not the same in all rings.</summary>
    public static int? WeightOf(RolloutState r) =>
        r.Inputs.Rings.Count == 0 ? r.Weight
        : r.Inputs.Rings.Select((_, index) => WeightIn(r, index)).Distinct().ToList() is [var everywhere] ? everywhere
        : null;

    /// <summary>How the traffic is divided; nothing while that is not the same in all rings.</summary>
    public static IReadOnlyList<WeightView> WeightsOf(RolloutState r) => WeightOf(r) is { } weight ? WeightsAt(r, weight, RolloutPlan.BaselineWeight(r)) : [];

    /// <summary>What a version is to the lane. A version that has all of one ring is not stable while another has the one before, and neither is it called so in that ring.</summary>
    public static Func<VersionSetSpec, string> ArmOf(RolloutState r) => ArmAt(r, WeightOf(r) ?? 0);

    private static int WeightIn(RolloutState r, int ring) =>
        r.Ring is null || r.Ring == ring ? r.Weight : ring < r.RingsDone.Count && !r.RingsDone[ring].Returned ? 100 : 0;

    private static int BaselineIn(RolloutState r, int ring) => r.Ring == ring ? RolloutPlan.BaselineWeight(r) : 0;

    private static RingStateView StateIn(RolloutState r, int ring)
    {
        var done = r.Ring is not null && ring < r.RingsDone.Count ? r.RingsDone[ring] : null;
        var isItsTurn = r.Ring is null || r.Ring == ring;
        var wentBack = done is { Returned: true } || (r.Paused is { RingIsBack: true } && r.Ring == ring) || (r is { HasEnded: true, Phase: not RolloutPhase.Succeeded } && (r.Ring is null || ring <= r.Ring));
        return WeightIn(r, ring) == 100 && (done is not null || r.Ring is null) ? RingStateView.Done
            : wentBack ? RingStateView.Returned
            : isItsTurn && r.Paused is { Failed: true } ? RingStateView.Failed
            : isItsTurn ? RingStateView.Current
            : RingStateView.Pending;
    }

    private static List<WeightView> WeightsAt(RolloutState r, int weight, int baseline)
    {
        var (spec, arm) = (r.Inputs.Revision, ArmAt(r, weight));
        var weights = new List<WeightView>();
        if (r.Stable is { } stable && stable.Spec.Id != spec.Id)
        {
            weights.Add(new WeightView(stable.Spec.Id, stable.Spec.Version, arm(stable.Spec), 100 - weight - baseline));
            if (baseline > 0)
            {
                weights.Add(new WeightView(stable.Spec.AsBaseline.Id, stable.Spec.Version, "baseline", baseline));
            }
        }

        weights.Add(new WeightView(spec.Id, spec.Version, arm(spec), weight));
        return weights;
    }

    /// <summary>As the lane has it: the new version is stable once all steps are through, also where, or in which ring, it has had all traffic before.</summary>
    private static Func<VersionSetSpec, string> ArmAt(RolloutState r, int weight)
    {
        var isStable = weight == 100 && r.Plan.Take(r.Step).Any(step => step.Kind == PlanStepKind.Full);
        return spec =>
            spec.Id == r.Inputs.Revision.Id ? (isStable ? "stable" : "canary")
            : spec.Id == r.Stable?.Spec.AsBaseline.Id ? "baseline"
            : !isStable ? "stable" : r.KeepWarm > TimeSpan.Zero ? "warm" : "replaced";
    }
}
