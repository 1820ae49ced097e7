using System.Text.Json.Nodes;
using Slipway.Core.Kernel;
using Slipway.Core.Targets;

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
            if (_state.IsExposed || _state.Preview)
            {
                Return(_state.IsExposed ? [_state.Ring] : []);
            }

            SendWorkersAway();
            _effects.Add(EnsureOf(New, 0));
            var nothing = $"{back.Because}; there is no version before it: the lane serves nothing";
            End(back.Towards == RolloutOutcome.Aborted ? RolloutOutcome.Aborted : RolloutOutcome.NeedsAttention, nothing, Blames(back));
            return false;
        }

        // One ring does not wait for another.
        List<int?> ready = [.. Exposed(here: back.RingOnly).Where(ring => StableHealthyIn(ring) >= EnoughOf(ring, back))];
        if (ready.Count > 0)
        {
            Return(ready);
        }

        List<int?> left = [.. Exposed(here: back.RingOnly)];
        // Where instances of stable were taken down on the way, some must be back before it can be said to serve again.
        if (left.Count == 0 && Shifted() && Reduced(back).All(ring => StableHealthyIn(ring) > 0) && StableWorkerMissing() is null)
        {
            if (back.RingOnly)
            {
                HoldRing(back);
                return false;
            }

            EnsureBaseline(0);
            if (!SameAsStable && AbortScaleDownDelay == TimeSpan.Zero)
            {
                _effects.Add(Without(New));
            }

            End(back.Towards, back.Because, Blames(back));
            return false;
        }

        var waited = left.Count > 0 ? left[0] : _state.Ring;
        var healthy = left.Concat(Reduced(back)).Append(_state.Ring).Min(StableHealthyIn);
        var missing = healthy > 0 && left.Count == 0 && Shifted() ? StableWorkerMissing()?.Run.Process : null;
        if (at >= back.Since + Limits.RollbackDeadline)
        {
            End(RolloutOutcome.NeedsAttention, $"{back.Because}; the way back failed too: {(healthy == 0 ? $"no instance of {stable.Spec.Version} is healthy{InRing(waited)}" : missing is not null ? $"no instance of {missing} of {stable.Spec.Version} is healthy" : _state.Seen.TrafficFailure ?? "the router does not confirm the weights")}", automatic: true);
            return false;
        }

        return Wait(
            healthy == 0 ? $"waits for an instance of {stable.Spec.Version} to take the {Work} back{InRing(waited)}"
            : left.Count > 0 ? $"waits for {Instances(StableCountIn(waited))} of {stable.Spec.Version} to take the {Work} back{InRing(waited)} ({StableHealthyIn(waited)} of {StableCountIn(waited)})"
            : missing is not null ? $"waits for an instance of {missing} of {stable.Spec.Version}"
            : $"waits for the router to send everything to {stable.Spec.Version}", back.Since + Limits.RollbackDeadline);
    }

    /// <summary>Where the new version has traffic.</summary>
    /// <param name="here">Look only where the turn is.</param>
    private IEnumerable<int?> Exposed(bool here = false)
    {
        if (_state.IsExposedHere)
        {
            yield return _state.Ring;
        }

        for (var ring = 0; ring < Behind.Count && !here; ring++)
        {
            if (!Behind[ring].Returned)
            {
                yield return ring;
            }
        }
    }

    /// <summary>Where instances of stable had been taken down.</summary>
    private IEnumerable<int?> Reduced(GoingBack back) =>
        Enumerable.Range(0, back.RingOnly ? 0 : Behind.Count).Where(ring => Behind[ring].StableCount is not null).Cast<int?>().Concat(_state.StableCount is null ? [] : [_state.Ring]);

    private int StableHealthyIn(int? ring) => StableIn(_state.Seen, ring)?.Healthy ?? 0;

    private int StableCountIn(int? ring) => ring is { } index && IsPlacedAlike ? StablePlaces[index].Count : _state.Stable!.Count;

    /// <summary>All traffic of these rings to the version before, or to none.</summary>
    private void Return(IReadOnlyList<int?> rings)
    {
        Returned(rings);
        _state = _state with { TrafficGeneration = _state.TrafficGeneration + 1, Preview = false };
        if (New.Run.IsWorker)
        {
            // What runs works: it loses its share by its end, and not by a router's word.
            _effects.Add(EnsureOf(New, 0));
        }

        SendWorkersAway();
        Route();
    }

    private void Returned(IReadOnlyList<int?> rings)
    {
        foreach (var ring in rings.OfType<int>().Where(ring => ring != _state.Ring))
        {
            Record("rollout.weightChanged", Fact.Slipway, new JsonObject { ["from"] = 100, ["to"] = 0, ["ring"] = NameOf(ring) });
            _state = _state with { RingsDone = [.. _state.RingsDone.Select((done, index) => index == ring ? done with { Returned = true } : done)] };
        }

        if (rings.Contains(_state.Ring))
        {
            Record("rollout.weightChanged", Fact.Slipway, WeightChange(0));
            _state = _state with { Weight = 0, Route = [], Mirror = 0 };
        }
    }

    private EnsureVersionSet Without(VersionSetSpec spec) => EnsureOf(spec, 0) with { Count = 0, Rings = [] };

    /// <summary>The ring that failed is stable's again; those before it keep the new version until somebody decides.</summary>
    private void HoldRing(GoingBack back)
    {
        EnsureBaseline(0);
        Ensure(0);
        _state = _state with { Back = null, Phase = RolloutPhase.Running };
        if (_state.Preview)
        {
            Shift(_state.Weight, preview: false);
        }

        var others = Behind.Count == 0 ? "" : $"; {string.Join(" and ", Behind.Select((_, ring) => NameOf(ring)))} on {New.Version}";
        Pause($"failed in {RingName} (back on {_state.Stable!.Spec.Version}{others}): {back.Because}", byStep: false, failed: true);
        _state = _state with { Paused = _state.Paused! with { RingIsBack = true, Failure = back.ForWantOfPlace ? null : back.Because } };
    }

    private string InRing(int? ring) => NameOf(ring) is { } name ? $" in {name}" : "";

    /// <summary>
    /// How many of stable's instances must be there to take the traffic back. One is enough to be rid of a version that was found to be bad or does not answer; one that serves well has it
    /// for a moment longer, until stable is whole again. A worker that was found to be bad need not be waited with: what it would take waits for the others.
    /// </summary>
    private int EnoughOf(int? ring, GoingBack back) =>
        _state.Analysis?.Verdict == JudgeVerdict.Failed && New.Run.IsWorker ? 0
        : _state.Analysis?.Verdict == JudgeVerdict.Failed || (_state.Seen.Find(New.Id, NameOf(ring))?.Healthy ?? 0) == 0 || at >= back.Since + Limits.CapacityPatience ? 1
        : StableCountIn(ring);

    private string Work => New.Run.IsWorker ? "work" : "traffic";

    /// <summary>The lane lets go of it later; only of what there is a version to go back to.</summary>
    private TimeSpan AbortScaleDownDelay => _state.Stable is null || SameAsStable ? TimeSpan.Zero : Spec.AbortScaleDownDelay;

    /// <summary>Whether the way back was decided by what the version did: neither by a person nor because nobody would run it.</summary>
    private static bool Blames(GoingBack back) => back.Actor == Fact.Slipway && !back.ForWantOfPlace;

    /// <summary>What makes the rollout fail right now, whatever the step; null: nothing.</summary>
    private Failure? FailureNow()
    {
        if (_state.Analysis is { Verdict: JudgeVerdict.Failed } verdict)
        {
            return new Failure(verdict.Reason + Meanwhile);
        }

        var seen = _state.Seen.Find(New.Id, RingName);
        if (seen?.Failure is { } failure && seen.Attempt >= _state.Attempt)
        {
            return new Failure($"{failure.Reason} {failure.NextStep}".Trim());
        }

        if (WorkerFailure() is { } ofWorkers)
        {
            return ofWorkers;
        }

        if (LapseFailure() is { } ofLapses)
        {
            return ofLapses;
        }

        // A step that waits for hooks has not begun: its time does not run.
        var current = _state.AtHook ? null : _state.Current;
        if (current is { Kind: PlanStepKind.Start or PlanStepKind.Weight or PlanStepKind.Full or PlanStepKind.Batch or PlanStepKind.Instances or PlanStepKind.Route or PlanStepKind.Mirror } starting
            && (starting.Kind == PlanStepKind.Batch ? IsStuck(starting) : !Healthy(starting.Count)) && at >= StartDeadline())
        {
            return NoPlace is { } nowhere
                ? new Failure($"there was no place for {Instances(starting.Count)} of {New.Version} within {Words.Of(StartTime())}: {nowhere}", ForWantOfPlace: true)
                : new Failure(TooFew(starting));
        }

        if (BaselineFor(_state.Current ?? _state.Plan[^1]) is > 0 and var compared && !BaselineHealthy(compared) && at >= StartDeadline() && current is { Kind: PlanStepKind.Start or PlanStepKind.Weight or PlanStepKind.Instances })
        {
            return new Failure($"{Instances(compared)} of {_state.Stable!.Spec.Version} to compare it with did not become healthy within {Words.Of(StartTime())}", ForWantOfPlace: true);
        }

        if (current is { Kind: PlanStepKind.Verify or PlanStepKind.Weight or PlanStepKind.Full } && _state.Weight == current.Weight && !Shifted() && at >= Began() + Limits.ShiftDeadline + StartTime())
        {
            return new Failure($"the router did not confirm the weights within {Words.Of(Limits.ShiftDeadline)}{(_state.Seen.TrafficFailure is { } f ? $": {f}" : "")}");
        }

        var together = StableIsDown(_state.Seen);
        return _state is { IsExposed: true, DownSince: { } since } && at >= since + (together ? StartTime() : Limits.DownGrace)
            ? new Failure(
                $"no instance of {New.Version}{(together ? $", nor any of {_state.Stable?.Spec.Version}," : "")} has been healthy for {Words.Of(at - since)}{(NoPlace is { } gone ? $": {gone}" : "")}",
                ForWantOfPlace: together || NoPlace is not null)
            : null;
    }

    /// <summary>Nothing can be done for the batch now: its instances are not healthy for long enough, or the router has not confirmed their share.</summary>
    private bool IsStuck(PlanStep step) =>
        _state.Serving < step.Count && !(Healthy(_state.Count) && Lasts(Spec.Rolling.MinHealthyTime) && (_state.Weight < ShareOf(step) || Shifted()));

    private string TooFew(PlanStep step) =>
        step.Kind != PlanStepKind.Batch ? $"only {HealthyNow()} of {Instances(step.Count)} became healthy within {Words.Of(StartTime())}"
        : Healthy(_state.Count) && Lasts(Spec.Rolling.MinHealthyTime) ? $"the router did not confirm the weights within {Words.Of(Patience())}{Because(_state.Seen.TrafficFailure)}"
        : Healthy(_state.Count) ? $"{Instances(_state.Count)} did not stay healthy for {Words.Of(Spec.Rolling.MinHealthyTime)}"
        : $"only {HealthyNow()} of {Instances(_state.Count)} became healthy: nothing became better for {Words.Of(Patience())}";

    private bool Failed(Failure failure)
    {
        var why = failure.Why;
        if (Spec.OnFailure == OnFailure.Pause && !IsAtOnce)
        {
            Pause($"failed{InRing(_state.Ring)}: {why}", byStep: false, failed: true);
            _state = _state with { Paused = _state.Paused! with { Failure = failure.ForWantOfPlace ? null : why } };
            return false;
        }

        GoBack(RolloutOutcome.RolledBack, why, Fact.Slipway, failure.ForWantOfPlace, ringOnly: Spec.OnFailure == OnFailure.Hold && _state.Ring is not null, failure.ByHook);
        return true;
    }

    private void GoBack(RolloutOutcome towards, string why, string actor, bool forWantOfPlace = false, bool ringOnly = false, bool byHook = false)
    {
        var found = towards == RolloutOutcome.Aborted ? _state.Paused?.Failure ?? (_state.Analysis is { Verdict: JudgeVerdict.Failed } verdict ? verdict.Reason : null) : null;
        FinishRecord(towards == RolloutOutcome.Aborted ? StepEnd.Stopped : StepEnd.Failed, why);
        StopVerifying(why);
        StopAsking(why);
        _state = _state with { Phase = RolloutPhase.RollingBack, Paused = null, Back = new GoingBack(towards, why, at, actor, forWantOfPlace, ringOnly, found, byHook), Reason = why };
        var back = new JsonObject { ["why"] = why, ["to"] = _state.Stable?.Spec.Version };
        Record("rollout.rollingBack", actor, OfWork(ringOnly ? WithRing(back) : back));
        BringStableBack(ringOnly);
    }

    /// <summary>As many instances of stable as there were before the rollout.</summary>
    private void BringStableBack(bool ringOnly)
    {
        if (_state.Stable is not { } stable)
        {
            return;
        }

        _state = _state with
        {
            StableCount = _state.StableCount is null ? null : StableHere,
            RingsDone = ringOnly ? _state.RingsDone : [.. _state.RingsDone.Select((done, ring) => done.StableCount is null ? done : done with { StableCount = StableCountIn(ring) })],
        };
        _effects.Add(EnsureOf(stable.Spec, StableHere));
        CallStableWorkersBack();
    }

    /// <param name="ByHook">Somebody who was asked did not say go: nothing was found against the version.</param>
    private sealed record Failure(string Why, bool ForWantOfPlace = false, bool ByHook = false);
}
