using Slipway.Core.Analysis;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;

namespace Slipway.Core.Rollouts;

/// <summary>What each kind of step does, and what it waits for. True: go on with the next; false: wait.</summary>
internal sealed partial class RolloutTurn
{
    private bool Started(PlanStep step)
    {
        Ensure(step.Count);
        if (!Healthy(step.Count))
        {
            return WaitForHealth(step, "");
        }

        return Finish();
    }

    private bool Verify()
    {
        if (_state.Phase != RolloutPhase.Verifying)
        {
            _state = _state with { Phase = RolloutPhase.Verifying };
            Shift(_state.Weight, preview: true);
        }

        if (!Shifted())
        {
            return Wait("waits for the router to open the preview address", Began() + Limits.ShiftDeadline);
        }

        foreach (var verification in _state.Inputs.Definition.Verify.Where(v => !_state.Verifications.Any(r => r.Name == v.Name && r.AttemptId.EndsWith($":{_state.Attempt}", StringComparison.Ordinal))))
        {
            var attempt = $"{_state.Id}:{verification.Name}:{_state.Attempt}";
            _state = _state with
            {
                Verifications = [.. _state.Verifications.Where(v => v.Name != verification.Name), new VerificationRecord(verification.Name, null, null, null, attempt)],
            };
            _effects.Add(new RunVerification
            {
                AttemptId = attempt,
                RetrySafe = verification.Http is not null,
                Lane = _state.Lane,
                VersionSet = New.Id,
                Version = New.Version,
                Verification = verification,
            });
        }

        if (_state.Verifications.FirstOrDefault(v => v.Passed == false) is { } failed)
        {
            return Failed(new Failure($"verification {failed.Name}: {failed.Detail}"));
        }

        if (_state.Verifications.FirstOrDefault(v => v.Passed is null) is { } open)
        {
            return Wait($"verifies: {open.Name}", null);
        }

        _state = _state with { Phase = RolloutPhase.Running };
        return Finish();
    }

    private bool Weighed(PlanStep step)
    {
        Ensure(step.Count);
        if (!Healthy(step.Count))
        {
            return WaitForHealth(step, $" before it gets {step.Weight} %");
        }

        if (_state.Weight != step.Weight)
        {
            Shift(step.Weight, preview: false);
        }

        if (!Shifted())
        {
            return Wait($"waits for the router to send {step.Weight} % to {New.Version}", Began() + Limits.ShiftDeadline + StartTime());
        }

        if (step.StableCount is { } stable && _state.Stable is { } old)
        {
            _effects.Add(EnsureOf(old.Spec, stable));
        }

        return Finish();
    }

    private bool Analyzed(PlanStep step)
    {
        var end = Began() + step.Duration!.Value;
        if (at < end)
        {
            return Wait($"analyzes at {_state.Weight} %{(_state.Analysis is { } now ? $": {now.Reason}" : "")}", end);
        }

        var verdict = _state.Analysis is { } answer && answer.At >= end ? answer : null;
        if (verdict?.Verdict == JudgeVerdict.Passed)
        {
            return Finish(note: verdict.Reason);
        }

        var deadline = Began() + step.Deadline!.Value;
        if (at < deadline)
        {
            return Wait($"analyzes longer at {_state.Weight} %: {Judgement}", deadline);
        }

        if (CountsAreMissing(deadline))
        {
            return Wait($"waits for the routers' last counts at {_state.Weight} %", deadline + Limits.CountsPatience);
        }

        var why = $"inconclusive after {Words.Of(step.Deadline.Value)}: {Judgement}{WayToTraffic}";
        switch (Spec.OnInconclusive)
        {
            case OnInconclusive.Proceed:
                return Finish(note: why);
            case OnInconclusive.Rollback:
                GoBack(RolloutOutcome.RolledBack, why, Fact.Slipway);
                return true;
            default:
                Pause(why, byStep: false, failed: false);
                return false;
        }
    }

    private string Judgement => _state.Analysis?.Reason ?? "nothing has been judged yet";

    /// <summary>Where nothing reached the canary, prolonging the analysis is no help: it is said what is.</summary>
    private string WayToTraffic => _state.Analysis?.Reason is { } reason && reason.EndsWith(Judge.NoRequest, StringComparison.Ordinal)
        ? $". There was no traffic: slipway load {_state.Lane.Service} --env {_state.Lane.Environment} --rps 20 --for 3m makes some"
        : "";

    private bool Waited(PlanStep step)
    {
        if (step.Duration is { } duration && at >= Began() + duration)
        {
            _state = _state with { Paused = null, Phase = RolloutPhase.Running };
            return Finish();
        }

        if (_state.Paused is null)
        {
            var because = step.Duration is { } d ? $"pauses for {Words.Of(d)} at {_state.Weight} %" : $"waits at {_state.Weight} % until somebody resumes it";
            Pause(because, byStep: true, failed: false);
            _state = _state with { Until = step.Duration is { } known ? Began() + known : null };
        }

        return false;
    }

    private bool Filled(PlanStep step)
    {
        Ensure(step.Count);
        if (!Healthy(step.Count))
        {
            return WaitForHealth(step, " before it gets all traffic");
        }

        if (_state.Weight != 100)
        {
            Shift(100, preview: false);
        }

        if (!Shifted())
        {
            return Wait($"waits for the router to send everything to {New.Version}", Began() + Limits.ShiftDeadline + StartTime());
        }

        _state = _state with { FullAt = at };
        TellLane(new RolloutReachedFull(_state.Id, new LaneRevision { Spec = New, Inputs = _state.Inputs, Count = step.Count, Since = at }, _state.TrafficGeneration));
        return Finish();
    }

    private bool Watched(PlanStep step)
    {
        _state = _state with { Phase = RolloutPhase.Watching };
        var end = Began() + step.Duration!.Value;
        if (at < end)
        {
            return Wait($"{New.Version} has all traffic and is watched", end);
        }

        return IsJudged && CountsAreMissing(end) ? Wait($"{New.Version} has all traffic; waits for the routers' last counts", end + Limits.CountsPatience) : Finish();
    }

    /// <summary>What was counted up to then may still come, and the judge has not seen it.</summary>
    private bool CountsAreMissing(DateTimeOffset until) =>
        at < until + Limits.CountsPatience && (_state.Analysis?.CountedUntil is not { } counted || counted < until);
}
