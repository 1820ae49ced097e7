using System.Text.Json.Nodes;
using Slipway.Core.Analysis;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;

namespace Slipway.Core.Rollouts;

/// <summary>What each kind of step does, and what it waits for. True: go on with the next; false: wait.</summary>
internal sealed partial class RolloutTurn
{
    private bool Started(PlanStep step)
    {
        if (step.StableCount is { } room)
        {
            EnsureStable(room);
        }

        return Ready(step, "") && Finish();
    }

    private bool Weighed(PlanStep step)
    {
        if (!Ready(step, $" before it gets {step.Weight} %") || !Given(step.Weight))
        {
            return false;
        }

        if (step.StableCount is { } stable)
        {
            EnsureStable(stable);
        }

        return Finish();
    }

    /// <summary>Batch after batch: new instances come as far as there is room, old ones go as far as may be missing, until there are as many of both as the step has it.</summary>
    private bool Exchanged(PlanStep step)
    {
        var (wanted, before) = (InstancesHere, StableHere);
        var (batch, surge, unavailable) = Spec.Rolling.For(wanted);
        for (; ; )
        {
            // An old one goes for each new one that has its share, and as many more as may be missing.
            var old = Math.Max(step.StableCount!.Value, Math.Min(_state.StableCount ?? before, wanted - unavailable - _state.Serving));
            if (old == 0 && _state.Serving > 0 && !Given(100))
            {
                // The last old one has its share until the new ones have it all.
                return false;
            }

            EnsureStable(old);
            Ensure(Math.Max(_state.Count, Math.Min(Math.Min(step.Count, _state.Serving + batch), wanted + surge - old)));
            if (_state.Serving == step.Count)
            {
                return Finish();
            }

            if (_state.Count == _state.Serving)
            {
                return Wait($"waits for room for more instances of {New.Version}", StartDeadline());
            }

            if (!Healthy(_state.Count))
            {
                return WaitForHealth(step, "");
            }

            if (!Lasts(Spec.Rolling.MinHealthyTime))
            {
                return Wait($"{Instances(_state.Count)} of {New.Version} must stay healthy for {Words.Of(Spec.Rolling.MinHealthyTime)}", _state.HealthySince + Spec.Rolling.MinHealthyTime);
            }

            if (!Given(Math.Max(_state.Weight, ShareOf(step))))
            {
                return false;
            }

            _state = _state with { Serving = _state.Count, ProgressAt = at };
        }
    }

    /// <summary>Percent that the new instances have of a batch's work once those that are there now have taken it over.</summary>
    private int ShareOf(PlanStep step) => Math.Min(step.Weight, _state.Count * 100 / InstancesHere);

    private bool Scaled(PlanStep step) => Ready(step, "") && Finish();

    private bool Diverted(PlanStep step)
    {
        if (!Ready(step, " before any request is sent to it"))
        {
            return false;
        }

        var (route, mirror) = (step.Route ?? _state.Route, step.Mirror ?? _state.Mirror);
        if (!route.SequenceEqual(_state.Route) || mirror != _state.Mirror)
        {
            _state = _state with { Route = route, Mirror = mirror };
            Record("rollout.trafficMarked", Fact.Slipway, new JsonObject
            {
                ["route"] = new JsonArray([.. route.Select(mark => (JsonNode)RolloutPlan.TitleOf(mark))]),
                ["mirror"] = mirror,
                ["kind"] = mirror > 0 ? "copies" : route.Count > 0 ? "marks" : "none",
            });
            Shift(_state.Weight, preview: _state.Preview && IsBeforeSwitch);
        }

        return Shifted() ? Finish() : Wait($"waits for the router: {step.Title}", Began() + Limits.ShiftDeadline + StartTime());
    }

    private bool Approved(PlanStep step)
    {
        if (_state.Approvals.Count >= step.Approvals)
        {
            var by = string.Join(", ", _state.Approvals.Select(a => a.By.Identity + (a.Why is null ? "" : $" ({a.Why})")));
            _state = _state with { Paused = null, Phase = RolloutPhase.Running, Approvals = [] };
            return Finish(note: $"approved by {by}");
        }

        var missing = step.Approvals - _state.Approvals.Count;
        var others = _state.ExcludedPersons.Count > 0 ? $" by somebody other than {string.Join(" and ", _state.ExcludedPersons)}" : "";
        var because = $"waits at {_state.Weight} %{Here} for {(missing == 1 ? "an approval" : $"{missing} approvals")}{others}";

        if (_state.Paused is null)
        {
            Pause(because, byStep: true, failed: false);
        }
        else
        {
            _state = _state with { Reason = because, Paused = _state.Paused with { Because = because } };
        }

        return false;
    }

    private bool Analyzed(PlanStep step)
    {
        var end = EndOf(step);
        if (at < end)
        {
            return Wait($"analyzes at {_state.Weight} %{Here}{(_state.Analysis is { } now ? $": {now.Reason}" : "")}{UntilCalm(step)}", end);
        }

        return Decided(step);
    }

    /// <summary>An analysis or a soak is over: goes on with a pass alone, waits for one up to the deadline, and then does what was asked for where nothing was found.</summary>
    private bool Decided(PlanStep step)
    {
        var verdict = _state.Analysis is { } answer && answer.At >= Began() + step.Duration!.Value ? answer : null;
        if (verdict?.Verdict == JudgeVerdict.Passed && IsCounted(verdict, step))
        {
            return Finish(note: verdict.Reason);
        }

        var time = _state.Records[^1].Resumed + step.Deadline!.Value;
        var deadline = Began() + time;
        if (at < deadline)
        {
            return verdict?.Verdict == JudgeVerdict.Passed
                ? Wait($"waits for the routers' counts up to the end of the step at {_state.Weight} %{Here}: {Judgement}", deadline)
                : Wait($"analyzes longer at {_state.Weight} %{Here}: {Judgement}{WayPastTheUnknown}", deadline);
        }

        if (CountsAreMissing(deadline))
        {
            return Wait($"waits for the routers' last counts at {_state.Weight} %{Here}", deadline + Limits.CountsPatience);
        }

        // What went well until the routers fell silent is not known to have gone on so.
        var silence = verdict?.Verdict == JudgeVerdict.Passed ? $"the routers have told nothing{(verdict.CountedUntil is { } since ? $" of the last {Words.Of(at - since)}" : "")}; before that " : "";
        var where = RingName is { } ring ? $" in the ring {ring}" : "";
        var still = $"inconclusive{where} after {Words.Of(time - _state.Records[^1].Waited)}";
        var why = $"{still}: {silence}{Judgement}{WayToTraffic}";
        switch (Spec.OnInconclusive)
        {
            case OnInconclusive.Proceed:
                return Finish(note: why);
            case OnInconclusive.Rollback:
                GoBack(RolloutOutcome.RolledBack, why, Fact.Slipway);
                return true;
            default:
                Pause(why + WayPastTheUnknown, byStep: false, failed: false, still: still);
                return false;
        }
    }

    /// <summary>The judge has had what the routers counted up to the end of the step.</summary>
    private bool IsCounted(JudgeAnswer answer, PlanStep step) => answer.CountedUntil >= Began() + step.Duration;

    private string Judgement => _state.Analysis?.Reason ?? "nothing has been judged yet";

    /// <summary>After a switch the version before gets nothing more: a latency of it that is not known by then never will be.</summary>
    private string WayPastTheUnknown => _state is { FullAt: not null, Stable: { } stable, Analysis.Checks: { } checks } && checks.Any(IsOfUnknownLatency)
        ? $". How long {stable.Spec.Version} took is not known, and never will be: it gets no more traffic{Here}. To go on without that: slipway rollout skip {_state.Id}; to go back: slipway rollout abort {_state.Id}; in the next release, checks: [errors] leaves it out"
        : "";

    private bool IsOfUnknownLatency(CheckAnswer check) =>
        check is { Verdict: JudgeVerdict.Inconclusive, DryRun: false, ThresholdMillis: null } && check.Name.StartsWith("latency ", StringComparison.Ordinal) && !Spec.Checks.Any(own => own.IsMeasured && own.Title == check.Name);

    /// <summary>Where nothing reached the canary, prolonging the analysis is no help: it is said what is.</summary>
    private string WayToTraffic => IsRouted && _state.Analysis?.Reason is { } reason && Judge.SaysNoTraffic(reason)
        ? $". There was no traffic: slipway load {_state.Lane.Service} --env {_state.Lane.Environment} --rps 20 --for 3m makes some"
        : "";

    private bool Waited(PlanStep step)
    {
        if (step.Duration is not null && at >= EndOf(step))
        {
            _state = _state with { Paused = null, Phase = RolloutPhase.Running };
            return Finish(note: WhyLonger(step));
        }

        if (_state.Paused is null)
        {
            var because = step.Duration is { } d ? $"pauses for {Words.Of(d)} at {_state.Weight} %{Here}" : $"waits at {_state.Weight} %{Here} until somebody resumes it";
            Pause(because, byStep: true, failed: false);
        }

        return step.Duration is null ? Wait(_state.Paused!.Because, until: null) : Wait(_state.Paused!.Because + UntilCalm(step), EndOf(step));
    }

    private bool Filled(PlanStep step)
    {
        if (!Ready(step, IsRouted ? " before it gets all traffic" : "") || !Given(100))
        {
            return false;
        }

        EnsureBaseline(0);
        if (_state.Stable is { Spec.Run.IsWorker: true })
        {
            // Kept beside the new ones it would go on working.
            EnsureStable(0);
        }

        TellLane(new RolloutReachedFull(_state.Id, new LaneRevision { Spec = New, Inputs = _state.Inputs, Count = step.Count, Since = at }, _state.TrafficGeneration));
        return Finish();
    }

    /// <summary>The new version has all of a ring's traffic: that must go well for a while, and be known to, before the next ring's turn.</summary>
    private bool Soaked(PlanStep step)
    {
        var end = EndOf(step);
        if (at < end)
        {
            return Wait($"{New.Version} has all traffic{Here} and soaks{(_state.Analysis is { } now && now.At > Began() ? $": {now.Reason}" : "")}{UntilCalm(step)}", end);
        }

        return IsJudged ? Decided(step) : Finish(note: WhyLonger(step));
    }

    private bool Watched(PlanStep step)
    {
        _state = _state with { Phase = RolloutPhase.Watching };
        var end = EndOf(step);
        if (at < end)
        {
            return Wait($"{HasAll} and is watched{UntilCalm(step)}", end);
        }

        return IsJudged && CountsAreMissing(end) ? Wait($"{HasAll}; waits for the routers' last counts", end + Limits.CountsPatience) : Finish(note: WhyLonger(step));
    }

    /// <summary>What was counted up to then may still come, and the judge has not seen it.</summary>
    private bool CountsAreMissing(DateTimeOffset until) =>
        at < until + Limits.CountsPatience && (_state.Analysis?.CountedUntil is not { } counted || counted < until);
}
