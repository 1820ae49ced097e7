using Slipway.Client.Api;
using Slipway.Core.Kernel;
using Slipway.Core.Rollouts;
using Slipway.Core.Traffic;
using Slipway.Engine.Traffic;
using Slipway.Server.Lanes;
using Slipway.Server.Promotions;

namespace Slipway.Server.Rollouts;

/// <summary>Rollouts as the API shows them.</summary>
internal static class RolloutViews
{
    public static RolloutView Of(RolloutState r, InstanceViews instances, LaneAddresses addresses, TrafficIntake traffic)
    {
        var preview = r is { Preview: true, HasEnded: false } ? addresses.PreviewOf(r.Lane) : null;
        return new()
        {
            Id = r.Id,
            Service = r.Lane.Service,
            Environment = r.Lane.Environment,
            Version = r.Inputs.Revision.Version,
            FromVersion = r.Stable?.Spec.Version,
            Kind = PromotionViews.KindOf(r.Kind),
            State = StateOf(r.Phase),
            Strategy = JsonWords.Of(r.Inputs.Definition.Rollout.Strategy),
            WhyThisWay = r.WhyThisWay,
            Worker = r.Inputs.Revision.Run.IsWorker,
            Reason = r.Reason,
            Until = r.Until,
            StartedAt = r.StartedAt,
            EndedAt = r.EndedAt,
            Steps = StepsOf(r),
            Step = r is { HasEnded: false, Current: not null } ? r.Step + 1 : null,
            Weights = RingViews.WeightsOf(r),
            Rings = RingViews.Of(r),
            Instances = instances.Of(r.Lane, [r.Inputs.Revision, .. r.Stable is { } stable ? new[] { stable.Spec, stable.Spec.AsBaseline } : []], RingViews.ArmOf(r)),
            PreviewUrl = preview?.Url,
            PreviewPort = preview?.Port,
            Routes = [.. r.Route.Select(RolloutPlan.TitleOf)],
            Mirror = r.Mirror,
            Copies = r.HasEnded || !r.Plan.Any(step => step.Mirror > 0) ? null : CopiesOf(r, traffic),
            Approvals = r is { HasEnded: false, Current: { Kind: PlanStepKind.Approve } step }
                ? new ApprovalsView(step.Approvals, [.. r.Approvals.Select(a => new StepApprovalView(a.By.Identity, a.At, a.Why))], r.ExcludedPersons)
                : null,
            Hooks = [.. r.Hooks.Select(h => HookOf(r, h))],
            Verifications = [.. r.Verifications.Select(v => VerificationOf(r, v))],
            Analysis = AnalysisOf(r.WhereJudged),
            Actions = [.. RolloutActions.PossibleFor(r).Select(JsonWords.Of)],
            ActionsInWords = RolloutActions.PossibleFor(r).ToDictionary(JsonWords.Of, ask => RolloutActions.Does(r, ask)),
        };
    }

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

    /// <summary>The name of the ring whose turn it is; null: all targets together.</summary>
    public static string? RingOf(RolloutState rollout) => rollout.Ring is { } ring ? rollout.Inputs.Rings[ring].Name : null;

    /// <summary>What the routers draw and count.</summary>
    public static string UnitOf(RolloutState rollout) => rollout.Inputs.Definition.Rollout.Sticky is null ? "request" : "session";

    /// <summary>What was said last; null: nothing was.</summary>
    public static AnalysisSummary? AnalysisOf(RolloutState rollout) => rollout.Analysis is not { } answer ? null : new()
    {
        Ring = RingOf(rollout),
        Verdict = VerdictOf(answer.Verdict),
        Guarantee = GuaranteeOf(answer.Guaranteed),
        Unit = UnitOf(rollout),
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

    private static CopiesView? CopiesOf(RolloutState r, TrafficIntake traffic) =>
        traffic.Since(r.Lane, 0).Where(known => known.Source.Arm == Arm.Mirrored && known.Source.VersionSet == r.Inputs.Revision.Id)
            .SelectMany(known => known.Seconds).Where(second => second.Started > 0).ToList() is { Count: > 0 } counted
            ? new(counted.Sum(second => second.Started), counted.Sum(second => second.Errors5xx + second.ConnectFailures + second.TimedOut), DateTimeOffset.FromUnixTimeSeconds(counted.Min(second => second.Second)))
            : null;

    private static VerificationView VerificationOf(RolloutState r, VerificationRecord v) => new(
        v.Name, v.Passed switch { true => VerdictView.Passed, false => VerdictView.Failed, _ => v.AgainAt == DateTimeOffset.MaxValue ? VerdictView.Inconclusive : null }, v.Detail, v.At,
        v.Command is null ? null : $"/api/v1/rollouts/{r.Id}/logs?verification={Uri.EscapeDataString(v.Name)}", v.Since, v.Tries, Next(v.AgainAt));

    private static RolloutHookView HookOf(RolloutState r, HookRecord h) => new(
        JsonWords.Of(h.Point), h.Name, h.Step is { } step ? r.Plan[step].Title : null, h.Decision is { } decision ? JsonWords.Of(decision) : h.AgainAt == DateTimeOffset.MaxValue ? "unanswered" : null,
        h.Detail, h.At, h.Command is null ? null : $"/api/v1/rollouts/{r.Id}/logs?hook={Uri.EscapeDataString(h.Name)}&point={JsonWords.Of(h.Point)}{(h.Step is { } about ? $"&step={about + 1}" : "")}", h.Since, h.Tries, Next(h.AgainAt))
    {
        StepNumber = h.Step + 1,
        IsTold = h.Point is HookPoint.After or HookPoint.OnRollback,
        PassedOver = h.Decision == HookDecision.Failed && r.Inputs.Definition.Rollout.Hooks.At(h.Point).FirstOrDefault(spec => spec.Name == h.Name)?.OnError == HookError.Ignore,
    };

    /// <summary>What was ended before its answer is put off for ever.</summary>
    private static DateTimeOffset? Next(DateTimeOffset? again) => again == DateTimeOffset.MaxValue ? null : again;

    public static IReadOnlyList<RolloutStepView> StepsOf(RolloutState r) => [.. r.Plan.Select((step, i) => StepOf(r, step, i))];

    private static RolloutStepView StepOf(RolloutState r, PlanStep step, int index)
    {
        var record = index < r.Records.Count ? r.Records[index] : null;

        // Its record stays open until a person has it tried anew, or ends it.
        var failedAt = r.Paused is { Failed: true } paused ? paused.Since : (DateTimeOffset?)null;
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
                _ when failedAt is not null => StepStateView.Failed,
                _ => StepStateView.Current,
            },
            Note = record?.Note ?? step.SkippedBecause,
            StartedAt = record?.StartedAt,
            EndedAt = record is null ? null : record.EndedAt ?? failedAt,
        };
    }
}
