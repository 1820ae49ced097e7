using Slipway.Core.Kernel;
using Slipway.Core.Promotions;

namespace Slipway.Core.Rollouts;

/// <summary>
/// The execution of a promotion on a lane's targets: bring the new instances up → verify → step by step more traffic, judged all the time → 100 % → watch; and back to
/// stable at any point when a step fails, the judge says so or a person does. It knows two verbs, ensure and shift, and goes on only with what is observed of both.
/// </summary>
public sealed class RolloutFlow() : Machine<RolloutState, RolloutEvent>(
    ProcessKind, 2, RolloutJson.Default.RolloutState, RolloutJson.Default.RolloutEvent, new RolloutTimeCame())
{
    public const string ProcessKind = "rollout";

    public static ProcessId ProcessOf(string rollout) => new(ProcessKind, rollout);

    public override Decision<RolloutState> Decide(ProcessId process, RolloutState? state, RolloutEvent @event, DateTimeOffset at)
    {
        if (state is null)
        {
            return @event is RolloutStarted started
                ? Begin(process.Key, started, at)
                : throw new InvalidOperationException($"{process} got {@event.GetType().Name} before it was started.");
        }

        var turn = new RolloutTurn(state, at);
        if (@event is HookAnswered answer)
        {
            turn.Answered(answer);
        }

        if (state.HasEnded)
        {
            return turn.Done();
        }

        switch (@event)
        {
            case RolloutStarted: break;
            case TargetsObserved e: turn.See(e.Seen); break;
            case VerificationFinished e: turn.Verified(e); break;
            case JudgeAnswered e: turn.Judged(e); break;
            case ActionAsked e: turn.Act(e); break;
            case LaneReclaimed e: turn.Yield(e.Why); break;
            case HookAnswered or RolloutTimeCame: break;
            default: throw new InvalidOperationException($"A rollout does not take {@event.GetType().Name}.");
        }

        turn.Advance();
        return turn.Done();
    }

    private static Decision<RolloutState> Begin(string id, RolloutStarted e, DateTimeOffset at)
    {
        var (atOnce, why) = e.Kind == PromotionKind.Rollback ? Recency(e, at) : (false, null);
        var plan = RolloutPlan.For(e.Inputs, e.Admission.Stable, atOnce);
        var turn = new RolloutTurn(
            new RolloutState
            {
                Id = id,
                Lane = e.Lane,
                Kind = e.Kind,
                Inputs = e.Inputs,
                Stable = e.Admission.Stable,
                Token = e.Admission.Token,
                Phase = RolloutPhase.Running,
                StartedAt = at,
                Plan = plan,
                WhyThisWay = why,
                Step = 0,
                Records = [StepRecord.Begun(at)],
                Count = 0,
                Weight = 0,
                TrafficGeneration = e.Admission.TrafficGeneration,
                FirstGeneration = e.Admission.TrafficGeneration,
                ExcludedPersons = e.ExcludedPersons,
                Reason = "starting",
            },
            at);
        turn.Start(e.RequestedBy.Identity);
        turn.Advance();
        return turn.Done();
    }

    /// <summary>Whether a rollback leaves the steps out, as the definition has it: what is still warm does, and what was stable until a short while ago; and why, in words.</summary>
    private static (bool AtOnce, string Why) Recency(RolloutStarted e, DateTimeOffset at)
    {
        var version = e.Inputs.Revision.Version;
        return (e.Inputs.Definition.Rollout.RollbackWindow, e.Admission) switch
        {
            (_, { IsWarm: true }) => (true, $"at once: the instances of {version} are still warm"),
            (null, _) => (true, "at once: without a rollbackWindow every rollback is"),
            ({ } window, { StableUntil: { } left }) when at <= left + window => (true, $"at once: {version} was stable until {Words.Of(at - left)} ago, within the rollbackWindow of {Words.Of(window)}"),
            ({ } window, { StableUntil: { } left }) => (false, $"by steps: {version} was stable until {Words.Of(at - left)} ago, and the rollbackWindow is {Words.Of(window)}"),
            ({ } window, _) => (false, $"by steps: since when {version} is not stable any more is not known, and the rollbackWindow is {Words.Of(window)}"),
        };
    }
}
