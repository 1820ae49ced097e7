using System.Text.Json.Nodes;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Core.Promotions;
using Slipway.Core.Targets;

namespace Slipway.Core.Rollouts;

/// <summary>One decision of a rollout in the making: what was heard is noted first, then <see cref="Advance"/> goes as far as what is observed allows.</summary>
internal sealed partial class RolloutTurn(RolloutState state, DateTimeOffset at)
{
    private readonly List<Effect> _effects = [];
    private readonly List<Fact> _facts = [];
    private readonly List<Message> _messages = [];
    private RolloutState _state = state;

    private VersionSetSpec New => _state.Inputs.Revision;

    private RolloutSpec Spec => _state.Inputs.Definition.Rollout.In(_state.Ring);

    /// <summary>Same revision as stable: there is nothing to compare and nothing to take down.</summary>
    private bool SameAsStable => _state.Stable?.Spec.Id == New.Id;

    /// <summary>A rollback to what was well a short while ago: nothing is judged, and nobody asked to look.</summary>
    private bool IsAtOnce => _state.Kind == PromotionKind.Rollback && !_state.Plan.Any(p => p.Kind is PlanStepKind.Weight or PlanStepKind.Batch);

    public void Start(string actor)
    {
        var started = new JsonObject
        {
            ["from"] = _state.Stable?.Spec.Version,
            ["strategy"] = JsonWords.Of(Spec.Strategy),
            ["kind"] = JsonWords.Of(_state.Kind),
            ["steps"] = new JsonArray([.. _state.Plan.Select(p => (JsonNode)p.Title)]),
        };
        if (_state.WhyThisWay is { } way)
        {
            started["way"] = way;
        }

        Record("rollout.started", actor, started);
    }

    public void See(TargetsSeen seen)
    {
        var healthy = seen.Find(New.Id, RingName)?.Healthy ?? 0;
        var stableIsBack = StableIsDown(_state.Seen) && !StableIsDown(seen);
        // What was healthy once and is again is no better than before.
        var isBetter = healthy > _state.MostHealthy;
        _state = _state with
        {
            Lapses = LapsesAfter(seen),
            Seen = seen,
            DownSince = IsUp(seen) ? null : stableIsBack ? at : _state.DownSince ?? at,
            MostHealthy = Math.Max(healthy, _state.MostHealthy),
            ProgressAt = isBetter ? at : _state.ProgressAt,
        };
        _state = _state with { HealthySince = Healthy(_state.Count) ? _state.HealthySince ?? at : null };
        SeeWorkers(seen);
        _state = _state with { WellAgainSince = WellAgainSince() };
    }

    public void Judged(JudgeAnswered e)
    {
        // An answer may come late: what was found in the ring or the try before says nothing of this one.
        if (e.Since is { } since && (_state.Current is not { } step || JudgedSince(step) != since))
        {
            return;
        }

        // A failure stays: evidence that was enough once is not taken back by a later look.
        var answer = e.Answer;
        if (_state.Analysis?.Verdict == JudgeVerdict.Failed)
        {
            return;
        }

        // That nothing is known yet is no news at the beginning.
        if ((_state.Analysis?.Verdict ?? JudgeVerdict.Inconclusive) != answer.Verdict)
        {
            Record("analysis.judged", Fact.Slipway, WithRing(new JsonObject
            {
                ["verdict"] = JsonWords.Of(answer.Verdict),
                ["guaranteed"] = answer.Guaranteed,
                ["reason"] = answer.Reason,
            }));
        }

        _state = _state with { Analysis = answer };
        if (_state.Paused is { ByStep: false, Failed: false } paused && _state.Current?.Kind is PlanStepKind.Analyze or PlanStepKind.Soak)
        {
            // Whoever decides about the pause must not be told the judge's word of then alone; what it says of counts that come no more is no newer.
            var lately = answer.CountedUntil < answer.At - Limits.CountsPatience || answer.CountedUntil is null || paused.Because.Contains(answer.Reason, StringComparison.Ordinal) ? null
                : answer.Verdict == JudgeVerdict.Passed ? $"; judged since then, and passed: {answer.Reason}"
                : RolloutActions.WaitsForVerdict(_state, paused) ? $"; since then: {answer.Reason}{WayPastTheUnknown}" : null;
            _state = _state with { Reason = lately is null ? paused.Because : (paused.Still ?? paused.Because) + lately };
        }
    }

    public void Act(ActionAsked e)
    {
        if ((e.Step is { } meant && meant != _state.Step) || !RolloutActions.PossibleFor(_state).Contains(e.Action) || (e.Action == RolloutAsk.Approve && RolloutActions.WhyNotBy(_state, e.By) is not null))
        {
            return;
        }

        Noted(e);
        switch (e.Action)
        {
            case RolloutAsk.Pause:
                Pause($"paused by {e.By.Identity}{Because(e.Why)}", byStep: false, failed: false, by: e.By.Identity);
                break;
            case RolloutAsk.Resume:
                Continue(_state.Paused!, restartStep: false);
                break;
            case RolloutAsk.Retry:
                var paused = _state.Paused!;
                if (paused.RingIsBack)
                {
                    BeginRingAnew();
                    break;
                }

                _state = _state with { Attempt = _state.Attempt + 1, Analysis = null, TrafficSince = _state.Weight > 0 ? at : null, ProgressAt = null, MostHealthy = 0 };
                Ensure(_state.Count);
                AskForWorkersAgain();
                Continue(paused, restartStep: true);
                break;
            case RolloutAsk.Skip:
                _state = _state with { Paused = null, Phase = RolloutPhase.Running };
                Finish(StepEnd.Skipped, $"skipped by {e.By.Identity}");
                break;
            case RolloutAsk.Approve:
                _state = _state with { Approvals = [.. _state.Approvals.Where(a => a.By.Person != e.By.Person), new StepApproval(e.By, at, e.Why)] };
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
        else if (_state.Back is { RingOnly: true } back)
        {
            // Nobody will decide about the other rings any more: they go back with the one that failed.
            _state = _state with { Back = back with { Towards = RolloutOutcome.Aborted, Because = $"{back.Because}; {why}", RingOnly = false, Failure = back.ForWantOfPlace ? null : back.Because } };
            BringStableBack(ringOnly: false);
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

        if (_state.Paused is { Failed: true } failed)
        {
            if (!failed.RingIsBack)
            {
                // It goes on to serve: whoever decides sees how it does meanwhile.
                AskTheJudge();
            }

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

        if (_state.Current is { } next && next.Ring != _state.Ring)
        {
            Enter(next.Ring);
            return true;
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

        if (step.Kind != PlanStepKind.Start && IsBeforeSwitch && !_state.Preview)
        {
            Shift(_state.Weight, preview: true);
        }

        if (Consent(step) is { } waits)
        {
            return waits;
        }

        return step.Kind switch
        {
            PlanStepKind.Start => Started(step),
            PlanStepKind.Verify => Verify(step),
            PlanStepKind.Weight => Weighed(step),
            PlanStepKind.Analyze => Analyzed(step),
            PlanStepKind.Pause => Waited(step),
            PlanStepKind.Full => Filled(step),
            PlanStepKind.Batch => Exchanged(step),
            PlanStepKind.Instances => Scaled(step),
            PlanStepKind.Route or PlanStepKind.Mirror => Diverted(step),
            PlanStepKind.Approve => Approved(step),
            PlanStepKind.Soak => Soaked(step),
            _ => Watched(step),
        };
    }

    private void TellLane(LaneEvent @event) => _messages.Add(new Message(_state.Lane.Process, @event));

    private void Record(string type, string actor, JsonObject body) => _facts.Add(new Fact(
        type,
        new FactSubject { Service = _state.Lane.Service, Environment = _state.Lane.Environment, Version = New.Version, Promotion = _state.Id },
        actor,
        body));
}
