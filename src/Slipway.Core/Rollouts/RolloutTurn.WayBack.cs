using System.Text.Json.Nodes;
using Slipway.Core.Kernel;
using Slipway.Core.Promotions;

namespace Slipway.Core.Rollouts;

/// <summary>What makes a version fail, and the way back to stable.</summary>
internal sealed partial class RolloutTurn
{
    /// <summary>Traffic to stable first, as soon as one of its instances is healthy; then the new instances go.</summary>
    private bool TakeBack()
    {
        var back = _state.Back ?? throw new InvalidOperationException($"Rollout {_state.Id} rolls back without a reason.");
        if (_state.Stable is not { } stable)
        {
            if (_state.Weight != 0)
            {
                Serve(null);
            }

            _effects.Add(EnsureOf(New, 0));
            var nothing = $"{back.Because}; there is no version before it: the lane serves nothing";
            End(back.Towards == RolloutOutcome.Aborted ? RolloutOutcome.Aborted : RolloutOutcome.NeedsAttention, nothing, Blames(back));
            return false;
        }

        var healthy = _state.Seen.Find(stable.Spec.Id)?.Healthy ?? 0;
        if (_state.Weight != 0 && healthy > 0)
        {
            Serve(stable);
        }

        if (_state.Weight == 0 && Shifted())
        {
            if (!SameAsStable)
            {
                _effects.Add(EnsureOf(New, 0));
            }

            End(back.Towards, back.Because, Blames(back));
            return false;
        }

        if (at >= back.Since + Limits.RollbackDeadline)
        {
            End(RolloutOutcome.NeedsAttention, $"{back.Because}; the way back failed too: {(healthy == 0 ? $"no instance of {stable.Spec.Version} is healthy" : _state.Seen.TrafficFailure ?? "the router does not confirm the weights")}", automatic: true);
            return false;
        }

        return Wait(healthy == 0 ? $"waits for an instance of {stable.Spec.Version} to take the traffic back" : $"waits for the router to send everything to {stable.Spec.Version}", back.Since + Limits.RollbackDeadline);
    }

    /// <summary>Whether the way back was decided by what the version did: neither by a person nor because nobody would run it.</summary>
    private static bool Blames(GoingBack back) => back.Actor == Fact.Slipway && !back.ForWantOfPlace;

    /// <summary>What makes the rollout fail right now, whatever the step; null: nothing.</summary>
    private Failure? FailureNow()
    {
        if (_state.Analysis is { Verdict: JudgeVerdict.Failed } verdict)
        {
            return new Failure(verdict.Reason);
        }

        var seen = _state.Seen.Find(New.Id);
        if (seen?.Failure is { } failure && seen.Attempt >= _state.Attempt)
        {
            return new Failure($"{failure.Reason} {failure.NextStep}".Trim());
        }

        if (_state.Current is { Kind: PlanStepKind.Start or PlanStepKind.Weight or PlanStepKind.Full } starting && !Healthy(starting.Count) && at >= StartDeadline())
        {
            return NoPlace is { } nowhere
                ? new Failure($"there was no place for {Instances(starting.Count)} of {New.Version} within {Words.Of(StartTime())}: {nowhere}", ForWantOfPlace: true)
                : new Failure($"only {HealthyNow()} of {Instances(starting.Count)} became healthy within {Words.Of(StartTime())}");
        }

        if (_state.Current is { Kind: PlanStepKind.Verify or PlanStepKind.Weight or PlanStepKind.Full } && _state.Weight == _state.Current.Weight && !Shifted() && at >= Began() + Limits.ShiftDeadline + StartTime())
        {
            return new Failure($"the router did not confirm the weights within {Words.Of(Limits.ShiftDeadline)}{(_state.Seen.TrafficFailure is { } f ? $": {f}" : "")}");
        }

        var together = StableIsDown(_state.Seen);
        return _state is { Weight: > 0, DownSince: { } since } && at >= since + (together ? StartTime() : Limits.DownGrace)
            ? new Failure(
                $"no instance of {New.Version}{(together ? $", nor any of {_state.Stable?.Spec.Version}," : "")} has been healthy for {Words.Of(at - since)}{(NoPlace is { } gone ? $": {gone}" : "")}",
                ForWantOfPlace: together || NoPlace is not null)
            : null;
    }

    private bool Failed(Failure failure)
    {
        var why = failure.Why;
        if (Spec.OnFailure == OnFailure.Pause && _state.Kind == PromotionKind.Promotion)
        {
            Pause($"failed: {why}", byStep: false, failed: true);
            return false;
        }

        GoBack(RolloutOutcome.RolledBack, why, Fact.Slipway, failure.ForWantOfPlace);
        return true;
    }

    private void GoBack(RolloutOutcome towards, string why, string actor, bool forWantOfPlace = false)
    {
        FinishRecord(towards == RolloutOutcome.Aborted ? StepEnd.Stopped : StepEnd.Failed, why);
        _state = _state with { Phase = RolloutPhase.RollingBack, Paused = null, Back = new GoingBack(towards, why, at, actor, forWantOfPlace), Reason = why };
        Record("rollout.rollingBack", actor, new JsonObject { ["why"] = why, ["to"] = _state.Stable?.Spec.Version });
        if (_state.Stable is { } stable)
        {
            _effects.Add(EnsureOf(stable.Spec, stable.Count));
        }
    }

    private sealed record Failure(string Why, bool ForWantOfPlace = false);
}
