using System.Text.Json.Nodes;
using Slipway.Core.Environments;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Core.Promotions;

namespace Slipway.Core.Rollouts;

/// <summary>How waits, steps, pauses and the rollout itself begin and end.</summary>
internal sealed partial class RolloutTurn
{
    private bool Wait(string reason, DateTimeOffset? until)
    {
        _state = _state with { Reason = reason, Until = until };
        return false;
    }

    private bool Finish(StepEnd how = StepEnd.Done, string? note = null)
    {
        if (how == StepEnd.Skipped)
        {
            StopVerifying(note ?? "skipped");
            StopAsking(note ?? "skipped");
        }

        FinishRecord(how, note);
        _state = _state with { Step = _state.Step + 1, Until = null, Approvals = [], ProgressAt = null };
        if (_state.Current is not null)
        {
            _state = _state with { Records = [.. _state.Records, StepRecord.Begun(at)] };
        }

        return true;
    }

    private void FinishRecord(StepEnd how, string? note)
    {
        if (_state.Current is not { } step || _state.Records.Count != _state.Step + 1)
        {
            return;
        }

        Amend(_state.Records[^1] with { EndedAt = at, Skipped = how is StepEnd.Skipped or StepEnd.Stopped, Failed = how == StepEnd.Failed, Note = note });
        Record("rollout.stepFinished", Fact.Slipway, new JsonObject
        {
            ["step"] = step.Title,
            ["kind"] = JsonWords.Of(step.Kind),
            ["how"] = JsonWords.Of(how),
            ["note"] = note,
        });
    }

    private void Pause(string why, bool byStep, bool failed, string? by = null, string? still = null)
    {
        if (_state.Paused is null)
        {
            Record("rollout.paused", Fact.Slipway, new JsonObject { ["why"] = why });
        }

        _state = _state with { Paused = new Pausing(why, at, byStep, failed, _state.Phase, By: by, Still: still), Phase = RolloutPhase.Paused, Reason = why, Until = null };
    }

    private void Continue(Pausing paused, bool restartStep)
    {
        _state = _state with { Paused = null, Phase = paused.Resume == RolloutPhase.Paused ? RolloutPhase.Running : paused.Resume };
        Record("rollout.resumed", Fact.Slipway, []);
        if (paused.ByStep)
        {
            Finish(note: "resumed");
        }
        else if (!restartStep && RolloutActions.WaitsForVerdict(_state, paused))
        {
            // What has been counted stays, and its own time was over: only a verdict is waited for, for as long again.
            var (record, gone) = (_state.Records[^1], at - Began());
            var (had, allowed) = (paused.Since - Began(), record.Resumed + _state.Current!.Deadline!.Value);
            Amend(record with { Resumed = gone, Waited = gone - ((had < allowed ? had : allowed) - record.Waited) });
        }
        else
        {
            // Time does not count while it stands still: the step begins anew.
            Amend(StepRecord.Begun(at));
        }

        if (restartStep)
        {
            _state = _state with { Seen = _state.Seen with { VersionSets = [.. _state.Seen.VersionSets.Where(v => v.VersionSet != New.Id && NewWorkers.All(worker => worker.Id != v.VersionSet))] }, Lapses = null, WellAgainSince = null, DownSince = null, HealthySince = null };
        }
    }

    /// <summary>What is said of the current step.</summary>
    private void Amend(StepRecord current) => _state = _state with { Records = [.. _state.Records.Take(_state.Records.Count - 1), current] };

    private void End(RolloutOutcome outcome, string reason, bool automatic, bool unwatched = false)
    {
        if (outcome == RolloutOutcome.NeedsAttention && _state is { Stable: not null, IsExposed: true } && !SameAsStable)
        {
            // The lane has the intent again with this, and it gives everything to stable.
            Returned([.. Exposed()]);
        }

        var told = reason + (automatic && _state.Back is { ByHook: true } ? WayPastTheHold : "");
        _state = _state with
        {
            Phase = outcome switch
            {
                RolloutOutcome.Succeeded => RolloutPhase.Succeeded,
                RolloutOutcome.RolledBack => RolloutPhase.RolledBack,
                RolloutOutcome.Aborted => RolloutPhase.Aborted,
                _ => RolloutPhase.NeedsAttention,
            },
            Reason = told,
            Until = null,
            EndedAt = at,
        };
        if (outcome == RolloutOutcome.Succeeded)
        {
            Tell(HookPoint.After);
        }
        else if (_state.Back is not null)
        {
            // Behind all that brings the traffic back: an endpoint that hangs holds nothing up.
            Tell(HookPoint.OnRollback);
        }

        Record("rollout.ended", Fact.Slipway, new JsonObject { ["state"] = JsonWords.Of(_state.Phase), ["reason"] = told });
        TellLane(new LaneRolloutEnded(_state.Id, outcome, reason, automatic && outcome != RolloutOutcome.Aborted, New, _state.TrafficGeneration, _state.KeepWarm, _state.Ring is null ? _state.FullAt : null, unwatched)
        {
            Failure = outcome == RolloutOutcome.Aborted ? _state.Back?.Failure : null,
            Baseline = _state is { HadBaseline: true, Stable: { } compared } ? compared.Spec.AsBaseline : null,
            Left = outcome is RolloutOutcome.RolledBack or RolloutOutcome.Aborted && AbortScaleDownDelay > TimeSpan.Zero && CountInAll > 0
                ? new LaneRevision { Spec = New, Inputs = _state.Inputs, Count = CountInAll, Since = _state.StartedAt, WarmUntil = at + AbortScaleDownDelay }
                : null,
        });
        _messages.Add(new Message(PromotionFlow.ProcessOf(_state.Id), new PromotionRolloutEnded(outcome, told)));
    }

    /// <summary>Whoever made the hook say go has not done all yet: the lane holds the version.</summary>
    private string WayPastTheHold =>
        $". Nothing was found against {New.Version}, but it is held in {_state.Lane.Environment}. To try it once more: {Hold.WayPast([Hold.IdOf(_state.Id)], _state.Lane, New.Version)}";

    private string Summary() => _state.Inputs.Traffic == TrafficExpectation.None && _state.Kind == PromotionKind.Promotion
        ? $"{New.Version} runs; {(_state.Inputs.Definition.Verify.Count > 0 ? "verified only" : "only its health was looked at")}, since no traffic is expected here"
        : HasAll;

    private string HasAll => New.Run.IsWorker ? $"all instances are of {New.Version}" : $"{New.Version} has all traffic";

    private DateTimeOffset? NextLook()
    {
        if (_state.HasEnded)
        {
            return null;
        }

        var next = at + Limits.StepRecheck;
        if (_state.JudgeAskedAt is { } asked && (_state.Weight is > 0 and < 100 || _state.FullAt is not null))
        {
            next = Earlier(next, asked + Limits.JudgeRecheck);
        }

        if (_state.Until is { } until)
        {
            next = Earlier(next, until);
        }

        return next > at ? next : at + TimeSpan.FromMilliseconds(100);
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private void Noted(ActionAsked e) => Record("rollout.actionTaken", e.By.Identity, new JsonObject { ["action"] = JsonWords.Of(e.Action), ["why"] = e.Why });

    private static string Because(string? why) => why is null ? "" : $": {why}";

    private static string Instances(int count) => count == 1 ? "1 instance" : $"{count} instances";

    /// <summary>Stopped: ended in the middle by a person or for another version; nothing was found against this one.</summary>
    private enum StepEnd { Done, Skipped, Failed, Stopped }
}
