using Slipway.Client.Api;
using Slipway.Core.Kernel;
using Slipway.Core.Rollouts;
using Slipway.Core.Targets;
using Slipway.Server.Lanes;
using Slipway.Server.Promotions;

namespace Slipway.Server.Rollouts;

/// <summary>Rollouts as the API shows them.</summary>
internal static class RolloutViews
{
    public static RolloutView Of(RolloutState r, InstanceViews instances) => new()
    {
        Id = r.Id,
        Service = r.Lane.Service,
        Environment = r.Lane.Environment,
        Version = r.Inputs.Revision.Version,
        FromVersion = r.Stable?.Spec.Version,
        Kind = PromotionViews.KindOf(r.Kind),
        State = StateOf(r.Phase),
        Strategy = JsonWords.Of(r.Inputs.Definition.Rollout.Strategy),
        Worker = r.Inputs.Revision.Run.IsWorker,
        Reason = r.Reason,
        Until = r.Until,
        StartedAt = r.StartedAt,
        EndedAt = r.EndedAt,
        Steps = [.. r.Plan.Select((step, i) => StepOf(r, step, i))],
        Weights = WeightsOf(r),
        Rings = RingsOf(r),
        Instances = instances.Of(r.Lane, [r.Inputs.Revision, .. r.Stable is { } stable ? new[] { stable.Spec, stable.Spec.AsBaseline } : []], ArmOf(r)),
        Routes = [.. r.Route.Select(RolloutPlan.TitleOf)],
        Mirror = r.Mirror,
        Approvals = r is { HasEnded: false, Current: { Kind: PlanStepKind.Approve } step }
            ? new ApprovalsView(step.Approvals, [.. r.Approvals.Select(a => new StepApprovalView(a.By.Identity, a.At, a.Why))], r.ExcludedPersons)
            : null,
        Hooks = [.. r.Hooks.Select(h => HookOf(r, h))],
        Verifications = [.. r.Verifications.Select(v => VerificationOf(r, v))],
        Analysis = r.Analysis is { } answer ? SummaryOf(answer, UnitOf(r)) : null,
        Actions = [.. RolloutActions.PossibleFor(r).Select(JsonWords.Of)],
        ActionsInWords = RolloutActions.PossibleFor(r).ToDictionary(JsonWords.Of, ask => RolloutActions.Does(r, ask)),
    };

    public static RolloutStateView StateOf(RolloutPhase phase) => phase switch
    {
        RolloutPhase.Running => RolloutStateView.Running,
        RolloutPhase.Verifying => RolloutStateView.Verifying,
        RolloutPhase.Paused => RolloutStateView.Paused,
        RolloutPhase.Watching => RolloutStateView.Watching,
        RolloutPhase.RollingBack => RolloutStateView.RollingBack,
        RolloutPhase.Succeeded => RolloutStateView.Succeeded,
        RolloutPhase.RolledBack => RolloutStateView.RolledBack,
        RolloutPhase.Aborted => RolloutStateView.Aborted,
        RolloutPhase.NeedsAttention => RolloutStateView.NeedsAttention,
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, "An unknown phase."),
    };

    /// <summary>What the routers draw and count.</summary>
    public static string UnitOf(RolloutState rollout) => rollout.Inputs.Definition.Rollout.Sticky is null ? "request" : "session";

    public static AnalysisSummary SummaryOf(JudgeAnswer answer, string unit) => new()
    {
        Verdict = VerdictOf(answer.Verdict),
        Guarantee = GuaranteeOf(answer.Guaranteed),
        Unit = unit,
        DecidedAt = answer.DecidedAt,
        At = answer.At,
        Checks = [.. answer.Checks.Select(CheckViews.Of)],
    };

    public static string GuaranteeOf(bool guaranteed) => guaranteed ? "guaranteed" : "estimated";

    public static VerdictView VerdictOf(JudgeVerdict verdict) => verdict switch
    {
        JudgeVerdict.Passed => VerdictView.Passed,
        JudgeVerdict.Failed => VerdictView.Failed,
        _ => VerdictView.Inconclusive,
    };

    private static VerificationView VerificationOf(RolloutState r, VerificationRecord v) => new(
        v.Name, v.Passed switch { true => VerdictView.Passed, false => VerdictView.Failed, _ => v.AgainAt == DateTimeOffset.MaxValue ? VerdictView.Inconclusive : null }, v.Detail, v.At,
        v.Command is null ? null : $"/api/v1/rollouts/{r.Id}/logs?verification={Uri.EscapeDataString(v.Name)}", v.Since, v.Tries, Next(v.AgainAt));

    private static RolloutHookView HookOf(RolloutState r, HookRecord h) => new(
        JsonWords.Of(h.Point), h.Name, h.Step is { } step ? r.Plan[step].Title : null, h.Decision is { } decision ? JsonWords.Of(decision) : h.AgainAt == DateTimeOffset.MaxValue ? "unanswered" : null,
        h.Detail, h.At, h.Command is null ? null : $"/api/v1/rollouts/{r.Id}/logs?hook={Uri.EscapeDataString(h.Name)}&point={JsonWords.Of(h.Point)}", h.Since, h.Tries, Next(h.AgainAt))
    {
        IsTold = h.Point is HookPoint.After or HookPoint.OnRollback,
        PassedOver = h.Decision == HookDecision.Failed && r.Inputs.Definition.Rollout.Hooks.At(h.Point).FirstOrDefault(spec => spec.Name == h.Name)?.OnError == HookError.Ignore,
    };

    /// <summary>What was ended before its answer is put off for ever.</summary>
    private static DateTimeOffset? Next(DateTimeOffset? again) => again == DateTimeOffset.MaxValue ? null : again;

    private static RolloutStepView StepOf(RolloutState r, PlanStep step, int index)
    {
        var record = index < r.Records.Count ? r.Records[index] : null;
        return new RolloutStepView
        {
            Kind = JsonWords.Of(step.Kind),
            Weight = step.Kind is PlanStepKind.Weight or PlanStepKind.Full or PlanStepKind.Batch ? step.Weight : null,
            Title = step.Title,
            State = record switch
            {
                null => step.SkippedBecause is null ? StepStateView.Pending : StepStateView.Skipped,
                { Failed: true } => StepStateView.Failed,
                { Skipped: true } => r.Back?.Towards == RolloutOutcome.Aborted && index == r.Records.Count - 1 ? StepStateView.Stopped : StepStateView.Skipped,
                { EndedAt: not null } => StepStateView.Done,
                _ => StepStateView.Current,
            },
            Note = record?.Note ?? step.SkippedBecause,
            StartedAt = record?.StartedAt,
            EndedAt = record?.EndedAt,
        };
    }

    private static IReadOnlyList<RingView> RingsOf(RolloutState r) => [.. r.Inputs.Rings.Select((place, index) =>
    {
        var done = r.Ring is not null && index < r.RingsDone.Count ? r.RingsDone[index] : null;
        var weight = r.Ring is null || r.Ring == index ? r.Weight : done is { Returned: false } ? 100 : 0;
        var state = weight == 100 && (done is not null || r.Ring is null) ? RingStateView.Done
            : done is { Returned: true } || r.Paused is { RingIsBack: true } && r.Ring == index || r is { HasEnded: true, Phase: not RolloutPhase.Succeeded } && (r.Ring is null || index <= r.Ring) ? RingStateView.Returned
            : r.Ring is null || r.Ring == index ? RingStateView.Current
            : RingStateView.Pending;
        return new RingView(place.Name, place.Labels, place.Count, state, weight);
    })];

    private static List<WeightView> WeightsOf(RolloutState r)
    {
        var spec = r.Inputs.Revision;
        var weights = new List<WeightView>();
        if (r.Stable is { } stable && stable.Spec.Id != spec.Id)
        {
            var baseline = RolloutPlan.BaselineWeight(r);
            weights.Add(new WeightView(stable.Spec.Id, stable.Spec.Version, ArmOf(r)(stable.Spec), 100 - r.Weight - baseline));
            if (baseline > 0)
            {
                weights.Add(new WeightView(stable.Spec.AsBaseline.Id, stable.Spec.Version, "baseline", baseline));
            }
        }

        weights.Add(new WeightView(spec.Id, spec.Version, ArmOf(r)(spec), r.Weight));
        return weights;
    }

    /// <summary>As the lane has it: the new version is its stable one once all steps are through, also where it has had all traffic before.</summary>
    private static Func<VersionSetSpec, string> ArmOf(RolloutState r)
    {
        var isStable = r.Weight == 100 && r.Plan.Take(r.Step).Any(step => step.Kind == PlanStepKind.Full);
        return spec =>
            spec.Id == r.Inputs.Revision.Id ? (isStable ? "stable" : "canary")
            : spec.Id == r.Stable?.Spec.AsBaseline.Id ? "baseline"
            : isStable ? "warm" : "stable";
    }
}
