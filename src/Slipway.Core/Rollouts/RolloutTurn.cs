using System.Text.Json.Nodes;
using Slipway.Core.Environments;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Core.Promotions;
using Slipway.Core.Targets;
using Slipway.Core.Traffic;

namespace Slipway.Core.Rollouts;

/// <summary>One decision of a rollout in the making: what was heard is noted first, then <see cref="Advance"/> goes as far as what is observed allows.</summary>
internal sealed class RolloutTurn(RolloutState state, DateTimeOffset at)
{
    private readonly List<Effect> _effects = [];
    private readonly List<Fact> _facts = [];
    private readonly List<Message> _messages = [];
    private RolloutState _state = state;

    private VersionSetSpec New => _state.Inputs.Revision;

    private RolloutSpec Spec => _state.Inputs.Definition.Rollout;

    /// <summary>Same revision as stable: there is nothing to compare and nothing to take down.</summary>
    private bool SameAsStable => _state.Stable?.Spec.Id == New.Id;

    public void Start(string actor)
    {
        Record("rollout.started", actor, new JsonObject
        {
            ["from"] = _state.Stable?.Spec.Version,
            ["strategy"] = JsonWords.Of(Spec.Strategy),
            ["kind"] = JsonWords.Of(_state.Kind),
            ["steps"] = new JsonArray([.. _state.Plan.Select(p => (JsonNode)p.Title)]),
        });
        Ensure(_state.Plan[0].Count);
    }

    public void See(TargetsSeen seen)
    {
        var healthy = seen.Find(New.Id)?.Healthy ?? 0;
        _state = _state with { Seen = seen, DownSince = healthy > 0 ? null : _state.DownSince ?? at };
    }

    public void Verified(VerificationFinished e)
    {
        if (_state.Verifications.FirstOrDefault(v => v.AttemptId == e.AttemptId) is not { Passed: null })
        {
            return;
        }

        _state = _state with
        {
            Verifications = [.. _state.Verifications.Select(v => v.AttemptId == e.AttemptId ? v with { Passed = e.Passed ?? false, Detail = e.Detail, At = at } : v)],
        };
        Record("rollout.verified", Fact.Slipway, new JsonObject { ["name"] = e.Name, ["passed"] = e.Passed, ["detail"] = e.Detail });
    }

    public void Judged(JudgeAnswer answer)
    {
        // A failure stays: evidence that was enough once is not taken back by a later look.
        if (_state.Analysis?.Verdict == JudgeVerdict.Failed)
        {
            return;
        }

        if (_state.Analysis?.Verdict != answer.Verdict)
        {
            Record("analysis.judged", Fact.Slipway, new JsonObject
            {
                ["verdict"] = JsonWords.Of(answer.Verdict),
                ["guaranteed"] = answer.Guaranteed,
                ["reason"] = answer.Reason,
            });
        }

        _state = _state with { Analysis = answer };
        if (_state.Paused is { ByStep: false, Failed: false } paused && _state.Current?.Kind == PlanStepKind.Analyze)
        {
            // Whoever decides about the pause must not be told the judge's word of then alone.
            _state = _state with { Reason = answer.Verdict == JudgeVerdict.Passed ? $"{paused.Because}. Judged since then, and passed: {answer.Reason}" : paused.Because };
        }
    }

    public void Act(ActionAsked e)
    {
        if (!RolloutActions.PossibleFor(_state).Contains(e.Action))
        {
            return;
        }

        Noted(e);
        switch (e.Action)
        {
            case RolloutAsk.Pause:
                Pause($"paused by {e.By.Identity}{Because(e.Why)}", byStep: false, failed: false);
                break;
            case RolloutAsk.Resume:
                Continue(_state.Paused!, restartStep: false);
                break;
            case RolloutAsk.Retry:
                var paused = _state.Paused!;
                _state = _state with { Attempt = _state.Attempt + 1, Analysis = null, TrafficSince = _state.Weight > 0 ? at : null };
                Ensure(_state.Count);
                Continue(paused, restartStep: true);
                break;
            case RolloutAsk.Skip:
                _state = _state with { Paused = null, Phase = RolloutPhase.Running };
                Finish(StepEnd.Skipped, $"skipped by {e.By.Identity}");
                break;
            case RolloutAsk.Abort:
                GoBack(RolloutOutcome.Aborted, $"aborted by {e.By.Identity}{Because(e.Why)}", e.By.Identity);
                break;
        }
    }

    /// <summary>The lane wants its intent back: while watched, simply let go; in mid-rollout, put the traffic back first.</summary>
    public void Yield(string why)
    {
        if (_state.Phase == RolloutPhase.Watching)
        {
            FinishRecord(StepEnd.Stopped, why);
            End(RolloutOutcome.Succeeded, $"at 100 %; no longer watched: {why}", automatic: true, unwatched: true);
        }
        else if (_state.Phase != RolloutPhase.RollingBack)
        {
            GoBack(RolloutOutcome.Aborted, why, Fact.Slipway);
        }
    }

    /// <summary>Goes on through every step whose end is observed; stops where something must be waited for.</summary>
    public void Advance()
    {
        for (var moves = 0; moves <= 2 * _state.Plan.Count + 2 && !_state.HasEnded; moves++)
        {
            if (!Move())
            {
                return;
            }
        }
    }

    public Decision<RolloutState> Done() => new()
    {
        State = _state,
        Effects = _effects,
        Facts = _facts,
        Messages = _messages,
        DueAt = NextLook(),
        Ended = _state.HasEnded,
    };

    /// <summary>One move; false: wait.</summary>
    private bool Move()
    {
        if (_state.Phase == RolloutPhase.RollingBack)
        {
            return TakeBack();
        }

        if (_state.Paused is { Failed: true })
        {
            return false;
        }

        if (FailureNow() is { } failure)
        {
            return Failed(failure);
        }

        AskTheJudge();
        if (_state.Paused is { ByStep: false })
        {
            return false;
        }

        if (_state.Current is not { } step)
        {
            End(RolloutOutcome.Succeeded, Summary(), automatic: true);
            return false;
        }

        if (step.SkippedBecause is { } why)
        {
            Finish(StepEnd.Skipped, why);
            return true;
        }

        return step.Kind switch
        {
            PlanStepKind.Start => Started(step),
            PlanStepKind.Verify => Verify(),
            PlanStepKind.Weight => Weighed(step),
            PlanStepKind.Analyze => Analyzed(step),
            PlanStepKind.Pause => Waited(step),
            PlanStepKind.Full => Filled(step),
            _ => Watched(step),
        };
    }

    private bool Started(PlanStep step)
    {
        Ensure(step.Count);
        if (!Healthy(step.Count))
        {
            return Wait($"waits for {Instances(step.Count)} to become healthy ({HealthyNow()} of {step.Count})", StartDeadline());
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
            return Failed($"verification {failed.Name}: {failed.Detail}");
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
            return Wait($"waits for {Instances(step.Count)} to become healthy before it gets {step.Weight} % ({HealthyNow()} of {step.Count})", StartDeadline());
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
            return Wait($"analyzes longer at {_state.Weight} %: {_state.Analysis?.Reason ?? "the judge has not answered"}", deadline);
        }

        if (CountsAreMissing(deadline))
        {
            return Wait($"waits for the routers' last counts at {_state.Weight} %", deadline + Limits.CountsPatience);
        }

        var why = $"inconclusive after {Words.Of(step.Deadline.Value)}: {_state.Analysis?.Reason ?? "the judge has not answered"}";
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
            return Wait($"waits for {Instances(step.Count)} to become healthy before it gets all traffic ({HealthyNow()} of {step.Count})", StartDeadline());
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
            End(back.Towards == RolloutOutcome.Aborted ? RolloutOutcome.Aborted : RolloutOutcome.NeedsAttention, nothing, back.Actor == Fact.Slipway);
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

            End(back.Towards, back.Because, back.Actor == Fact.Slipway);
            return false;
        }

        if (at >= back.Since + Limits.RollbackDeadline)
        {
            End(RolloutOutcome.NeedsAttention, $"{back.Because}; the way back failed too: {(healthy == 0 ? $"no instance of {stable.Spec.Version} is healthy" : _state.Seen.TrafficFailure ?? "the router does not confirm the weights")}", automatic: true);
            return false;
        }

        return Wait(healthy == 0 ? $"waits for an instance of {stable.Spec.Version} to take the traffic back" : $"waits for the router to send everything to {stable.Spec.Version}", back.Since + Limits.RollbackDeadline);
    }

    /// <summary>What makes the new version fail right now, whatever the step; null: nothing.</summary>
    private string? FailureNow()
    {
        if (_state.Analysis is { Verdict: JudgeVerdict.Failed } verdict)
        {
            return verdict.Reason;
        }

        var seen = _state.Seen.Find(New.Id);
        if (seen?.Failure is { } failure && seen.Attempt >= _state.Attempt)
        {
            return $"{failure.Reason} {failure.NextStep}".Trim();
        }

        if (_state.Current is { Kind: PlanStepKind.Start or PlanStepKind.Weight or PlanStepKind.Full } starting && !Healthy(starting.Count) && at >= StartDeadline())
        {
            return $"only {HealthyNow()} of {Instances(starting.Count)} became healthy within {Words.Of(StartTime())}";
        }

        if (_state.Current is { Kind: PlanStepKind.Verify or PlanStepKind.Weight or PlanStepKind.Full } && _state.Weight == _state.Current.Weight && !Shifted() && at >= Began() + Limits.ShiftDeadline + StartTime())
        {
            return $"the router did not confirm the weights within {Words.Of(Limits.ShiftDeadline)}{(_state.Seen.TrafficFailure is { } f ? $": {f}" : "")}";
        }

        return _state is { Weight: > 0, DownSince: { } since } && at >= since + Limits.DownGrace
            ? $"no instance of {New.Version} has been healthy for {Words.Of(at - since)}"
            : null;
    }

    private bool Failed(string why)
    {
        if (Spec.OnFailure == OnFailure.Pause && _state.Kind == PromotionKind.Promotion)
        {
            Pause($"failed: {why}", byStep: false, failed: true);
            return false;
        }

        GoBack(RolloutOutcome.RolledBack, why, Fact.Slipway);
        return true;
    }

    private void GoBack(RolloutOutcome towards, string why, string actor)
    {
        FinishRecord(towards == RolloutOutcome.Aborted ? StepEnd.Stopped : StepEnd.Failed, why);
        _state = _state with { Phase = RolloutPhase.RollingBack, Paused = null, Back = new GoingBack(towards, why, at, actor), Reason = why };
        Record("rollout.rollingBack", actor, new JsonObject { ["why"] = why, ["to"] = _state.Stable?.Spec.Version });
        if (_state.Stable is { } stable)
        {
            _effects.Add(EnsureOf(stable.Spec, stable.Count));
        }
    }

    private void AskTheJudge()
    {
        var judged = _state.Weight is > 0 and < 100 || _state.Phase == RolloutPhase.Watching;
        if (!judged || !IsJudged || _state.Stable is null || _state.TrafficSince is not { } since
            || (_state.JudgeAskedAt is { } asked && at < asked + Limits.JudgeInterval))
        {
            return;
        }

        _state = _state with { JudgeAskedAt = at };
        _effects.Add(AskJudge.About(_state, since));
    }

    /// <summary>Whether there is anything to judge it by: checks, traffic, and a version to compare it with.</summary>
    private bool IsJudged =>
        Spec.Checks.Count > 0 && _state.Stable is not null && !SameAsStable && _state.Inputs.Traffic != TrafficExpectation.None && _state.Kind != PromotionKind.Rollback;

    private void Ensure(int count)
    {
        if (_state.Count == count && _state.EnsuredAttempt == _state.Attempt)
        {
            return;
        }

        _state = _state with { Count = count, EnsuredAttempt = _state.Attempt };
        _effects.Add(EnsureOf(New, count));
    }

    private EnsureVersionSet EnsureOf(VersionSetSpec spec, int count) => new()
    {
        Spec = spec,
        Count = count,
        Attempt = spec.Id == New.Id ? _state.Attempt : 0,
        Token = _state.Token,
        Target = _state.Inputs.Target,
    };

    private void Shift(int weight, bool preview)
    {
        var generation = _state.TrafficGeneration + 1;
        var weights = new List<TrafficWeight>();
        if (_state.Stable is { } stable && !SameAsStable && weight < 100)
        {
            weights.Add(new TrafficWeight(stable.Spec.Id, stable.Spec.Version, Arm.Stable, 100 - weight));
        }

        if (weight > 0 || SameAsStable)
        {
            weights.Add(new TrafficWeight(New.Id, New.Version, weight is 100 || SameAsStable ? Arm.Stable : Arm.Canary, SameAsStable ? 100 : weight));
        }

        if (weight != _state.Weight)
        {
            Record("rollout.weightChanged", Fact.Slipway, new JsonObject { ["from"] = _state.Weight, ["to"] = weight });
        }

        _state = _state with { TrafficGeneration = generation, Weight = weight, TrafficSince = weight > 0 ? _state.TrafficSince ?? at : _state.TrafficSince };
        Route(weights, preview ? [New.Id] : [], generation);
    }

    /// <summary>All traffic to one known-good version, or to none.</summary>
    private void Serve(LaneRevision? stable)
    {
        Record("rollout.weightChanged", Fact.Slipway, new JsonObject { ["from"] = _state.Weight, ["to"] = 0 });
        _state = _state with { TrafficGeneration = _state.TrafficGeneration + 1, Weight = 0 };
        Route(stable is null ? [] : [new TrafficWeight(stable.Spec.Id, stable.Spec.Version, Arm.Stable, 100)], [], _state.TrafficGeneration);
    }

    private void Route(IReadOnlyList<TrafficWeight> weights, IReadOnlyList<string> previews, long generation) => _effects.Add(new ShiftTraffic
    {
        Wanted = new TrafficWanted { Lane = _state.Lane, Generation = generation, Weights = weights, Previews = previews, RequestTimeout = New.Run.RequestTimeout },
        Token = _state.Token,
        Target = _state.Inputs.Target,
    });

    private bool Healthy(int count) => HealthyNow() >= count && (_state.Seen.Find(New.Id)?.Wanted ?? 0) >= count;

    private int HealthyNow() => _state.Seen.Find(New.Id)?.Healthy ?? 0;

    private bool Shifted() => _state.Seen.TrafficGeneration == _state.TrafficGeneration || _state.TrafficGeneration == InitialGeneration();

    /// <summary>No shift was asked for yet: there is nothing to be confirmed.</summary>
    private long InitialGeneration() => _state.Token.Counter * LaneFlow.GenerationsPerOwner;

    private DateTimeOffset Began() => _state.Records[^1].StartedAt;

    private TimeSpan StartTime() => New.Run.Health.Deadline + Limits.StartMargin;

    private DateTimeOffset StartDeadline() => Began() + StartTime();

    private bool Wait(string reason, DateTimeOffset? until)
    {
        _state = _state with { Reason = reason, Until = until };
        return false;
    }

    private bool Finish(StepEnd how = StepEnd.Done, string? note = null)
    {
        FinishRecord(how, note);
        _state = _state with { Step = _state.Step + 1, Until = null };
        if (_state.Current is not null)
        {
            _state = _state with { Records = [.. _state.Records, new StepRecord(at, null, Skipped: false, Failed: false, null)] };
        }

        return true;
    }

    private void FinishRecord(StepEnd how, string? note)
    {
        if (_state.Current is not { } step || _state.Records.Count != _state.Step + 1)
        {
            return;
        }

        _state = _state with { Records = [.. _state.Records.Take(_state.Step), _state.Records[_state.Step] with { EndedAt = at, Skipped = how is StepEnd.Skipped or StepEnd.Stopped, Failed = how == StepEnd.Failed, Note = note }] };
        Record("rollout.stepFinished", Fact.Slipway, new JsonObject
        {
            ["step"] = step.Title,
            ["kind"] = JsonWords.Of(step.Kind),
            ["how"] = JsonWords.Of(how),
            ["note"] = note,
        });
    }

    private void Pause(string why, bool byStep, bool failed)
    {
        if (_state.Paused is null)
        {
            Record("rollout.paused", Fact.Slipway, new JsonObject { ["why"] = why });
        }

        _state = _state with { Paused = new Pausing(why, at, byStep, failed, _state.Phase), Phase = RolloutPhase.Paused, Reason = why, Until = null };
    }

    private void Continue(Pausing paused, bool restartStep)
    {
        _state = _state with { Paused = null, Phase = paused.Resume == RolloutPhase.Paused ? RolloutPhase.Running : paused.Resume };
        Record("rollout.resumed", Fact.Slipway, []);
        if (paused.ByStep)
        {
            Finish(note: "resumed");
        }
        else if (!restartStep && _state.Current?.Kind == PlanStepKind.Analyze && _state.Analysis is { Verdict: JudgeVerdict.Passed } passed)
        {
            // The evidence is of the whole time, the pause included: nothing is gained by gathering it again.
            Finish(note: passed.Reason);
        }
        else
        {
            // Time does not count while it stands still: the step begins anew.
            var began = _state.Records[^1] with { StartedAt = at };
            _state = _state with { Records = [.. _state.Records.Take(_state.Records.Count - 1), began] };
        }

        if (restartStep)
        {
            _state = _state with { Seen = _state.Seen with { VersionSets = [.. _state.Seen.VersionSets.Where(v => v.VersionSet != New.Id)] }, DownSince = null };
        }
    }

    private void End(RolloutOutcome outcome, string reason, bool automatic, bool unwatched = false)
    {
        _state = _state with
        {
            Phase = outcome switch
            {
                RolloutOutcome.Succeeded => RolloutPhase.Succeeded,
                RolloutOutcome.RolledBack => RolloutPhase.RolledBack,
                RolloutOutcome.Aborted => RolloutPhase.Aborted,
                _ => RolloutPhase.NeedsAttention,
            },
            Reason = reason,
            Until = null,
            EndedAt = at,
        };
        Record("rollout.ended", Fact.Slipway, new JsonObject { ["state"] = JsonWords.Of(_state.Phase), ["reason"] = reason });
        var keepWarm = _state.Kind == PromotionKind.Rollback ? TimeSpan.Zero : Spec.KeepWarm;
        TellLane(new LaneRolloutEnded(_state.Id, outcome, reason, automatic && outcome != RolloutOutcome.Aborted, New, _state.TrafficGeneration, keepWarm, _state.FullAt, unwatched));
        _messages.Add(new Message(PromotionFlow.ProcessOf(_state.Id), new PromotionRolloutEnded(outcome, reason)));
    }

    private string Summary() => _state.Inputs.Traffic == TrafficExpectation.None && _state.Kind == PromotionKind.Promotion
        ? $"{New.Version} runs; verified only, since no traffic is expected here"
        : $"{New.Version} has all traffic";

    private DateTimeOffset? NextLook()
    {
        if (_state.HasEnded)
        {
            return null;
        }

        var next = at + Limits.StepRecheck;
        if (_state.JudgeAskedAt is { } asked && (_state.Weight is > 0 and < 100 || _state.Phase == RolloutPhase.Watching))
        {
            next = Earlier(next, asked + Limits.JudgeInterval);
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

    private void TellLane(LaneEvent @event) => _messages.Add(new Message(_state.Lane.Process, @event));

    private void Record(string type, string actor, JsonObject body) => _facts.Add(new Fact(
        type,
        new FactSubject { Service = _state.Lane.Service, Environment = _state.Lane.Environment, Version = New.Version, Promotion = _state.Id },
        actor,
        body));
}
