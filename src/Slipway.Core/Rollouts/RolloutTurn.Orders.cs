using Slipway.Core.Environments;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Core.Targets;
using Slipway.Core.Traffic;

namespace Slipway.Core.Rollouts;

/// <summary>What is asked of the world, and what is seen of it.</summary>
internal sealed partial class RolloutTurn
{
    private void AskTheJudge()
    {
        if (_state.Current is not { } step || !IsJudged || (JudgedSince(step) ?? JustSwitched) is not { } since || (_state.JudgeAskedAt is { } asked && at < asked + Limits.JudgeInterval))
        {
            return;
        }

        _state = _state with { JudgeAskedAt = at };
        _effects.Add(AskJudge.About(_state, since));
    }

    /// <summary>Whether there is anything to judge it by: checks, numbers of them, and a version to compare it with.</summary>
    private bool IsJudged =>
        Spec.Checks.Count > 0 && _state.Stable is not null && !SameAsStable && !IsAtOnce && (_state.Inputs.Traffic != TrafficExpectation.None || Spec.IsMeasured);

    /// <summary>Where its judgement begins: with its first user traffic; where it has none, an analysis of what sources measure begins with its step. Null: nothing is judged now.</summary>
    private DateTimeOffset? JudgedSince(PlanStep step) =>
        _state.Weight is > 0 and < 100 || _state.FullAt is not null ? _state.TrafficSince
        : step.Kind == PlanStepKind.Analyze && Spec.IsMeasured ? Began()
        : null;

    /// <summary>
    /// At a switch of all traffic at once nothing is judged before the routers have confirmed it. The judge is asked once all the same: it keeps what it has before it, and what stable was like until
    /// now nobody may know any more after a restart. Its answer is passed over, as <see cref="JudgedSince"/> says.
    /// </summary>
    private DateTimeOffset? JustSwitched =>
        _state is { Weight: 100, FullAt: null, TrafficSince: { } since } && !New.Run.IsWorker && !(_state.JudgeAskedAt >= since) ? since : null;

    /// <summary>The instances that a step needs; true once they are healthy.</summary>
    private bool Ready(PlanStep step, string before)
    {
        Ensure(step.Count);
        var baseline = BaselineFor(step);
        EnsureBaseline(Math.Max(baseline, step.Kind == PlanStepKind.Full ? _state.BaselineCount : 0));
        if (!Healthy(step.Count))
        {
            return WaitForHealth(step, before);
        }

        return BaselineHealthy(baseline) || Wait($"waits for {Instances(baseline)} of {_state.Stable!.Spec.Version} to compare it with", StartDeadline());
    }

    /// <summary>The weight, asked for and confirmed.</summary>
    private bool Given(int weight)
    {
        if (_state.Weight != weight || (weight == 100 && (_state.Route.Count > 0 || _state.Mirror > 0)))
        {
            if (weight == 100)
            {
                _state = _state with { Route = [], Mirror = 0 };
            }

            Shift(weight, preview: false);
        }

        if (!Shifted())
        {
            return Wait(weight == 100 ? $"waits for the router to send everything{Here} to {New.Version}" : $"waits for the router to send {weight} %{Here} to {New.Version}", Began() + Limits.ShiftDeadline + StartTime());
        }

        if (weight == 100)
        {
            _state = _state with { FullAt = _state.FullAt ?? at };
        }

        return WorkersFollow(weight);
    }

    private void Ensure(int count)
    {
        if (_state.Count == count && _state.EnsuredAttempt == _state.Attempt)
        {
            return;
        }

        _state = _state with { Count = count, EnsuredAttempt = _state.Attempt, HealthySince = null, ProgressAt = at };
        _effects.Add(EnsureOf(New, count));
        if (_state is { BaselineCount: > 0, Stable: { } stable })
        {
            // Where the new instances are placed is where it must be.
            PlaceBaseline(stable.Spec);
        }
    }

    private void EnsureStable(int count)
    {
        if (_state.Stable is { } stable && !SameAsStable && IsPlacedAlike && count != (_state.StableCount ?? StableHere))
        {
            _state = _state with { StableCount = count, ProgressAt = at };
            _effects.Add(EnsureOf(stable.Spec, count));
        }
    }

    private void EnsureBaseline(int count)
    {
        if (_state.Stable is { } stable && count != _state.BaselineCount)
        {
            _state = _state with { BaselineCount = count, HadBaseline = true };
            PlaceBaseline(stable.Spec);
        }
    }

    private void PlaceBaseline(VersionSetSpec stable) => _effects.Add(EnsureOf(stable.AsBaseline, _state.BaselineCount) with { Beside = New.Id });

    /// <summary>As many fresh instances of stable as the canary's share has, for the same share of the traffic.</summary>
    private int BaselineFor(PlanStep step) =>
        Spec.Baseline && _state.Stable is not null && !SameAsStable && step.Kind is not (PlanStepKind.Full or PlanStepKind.Watch) && Spec.Strategy == RolloutStrategy.Canary && !IsAtOnce
            ? Math.Max(_state.BaselineCount, step.Count)
            : 0;

    private bool BaselineHealthy(int count) => count == 0 || (_state.Seen.Find(_state.Stable!.Spec.AsBaseline.Id, RingName) is { } seen && seen.Healthy >= count && seen.Wanted >= count);

    /// <summary>Whether the routers have a part in it: not between workers, whose share is one of the instances.</summary>
    private bool IsRouted => !New.Run.IsWorker || _state.Stable is { Spec.Run.IsWorker: false };

    private void Shift(int weight, bool preview)
    {
        if (weight != _state.Weight)
        {
            Record("rollout.weightChanged", Fact.Slipway, WeightChange(weight));
        }

        _state = _state with { TrafficGeneration = _state.TrafficGeneration + 1, Weight = weight, Preview = preview, TrafficSince = weight > 0 ? _state.TrafficSince ?? at : _state.TrafficSince };
        if (JustSwitched is not null)
        {
            AskTheJudge();
        }

        Route();
    }

    /// <summary>A whole new set waits beside the old one for the switch: whoever decides about that can look at it until then.</summary>
    private bool IsBeforeSwitch =>
        Spec.Strategy == RolloutStrategy.BlueGreen && !New.Run.IsWorker && _state.Weight == 0 && _state.Plan.Skip(_state.Step).Any(p => p.Kind == PlanStepKind.Weight && p.Ring == _state.Ring);

    /// <summary>How the traffic is divided where the turn is.</summary>
    private List<TrafficWeight> Weights()
    {
        var (weight, weights) = (_state.Weight, new List<TrafficWeight>());
        if (_state.Stable is { } stable && !SameAsStable && weight < 100)
        {
            var baseline = RolloutPlan.BaselineWeight(weight, _state.BaselineCount);
            if (weight + baseline < 100)
            {
                weights.Add(new TrafficWeight(stable.Spec.Id, stable.Spec.Version, Arm.Stable, 100 - weight - baseline));
            }

            if (baseline > 0)
            {
                weights.Add(new TrafficWeight(stable.Spec.AsBaseline.Id, stable.Spec.Version, Arm.Baseline, baseline));
            }
        }

        if (weight > 0 || SameAsStable)
        {
            // In a ring it is still on trial with all of the traffic.
            weights.Add(new TrafficWeight(New.Id, New.Version, (weight is 100 && _state.Ring is null) || SameAsStable ? Arm.Stable : Arm.Canary, SameAsStable ? 100 : weight));
        }

        return weights;
    }

    private void Route()
    {
        if (!IsRouted)
        {
            return;
        }

        var here = Wanted(Weights()) with
        {
            Previews = _state.Preview ? [New.Id] : [],
            Routes = [.. _state.Route.Select(mark => new TrafficRoute(New.Id, New.Version, mark))],
            Mirror = _state.Mirror > 0 ? new TrafficMirror(New.Id, New.Version, _state.Mirror) : null,
        };
        _effects.Add(new ShiftTraffic
        {
            // Where no ring is, stable serves until the new version has been through all of them.
            Wanted = _state.Ring is null ? here : Wanted(All(_state.Stable?.Spec)),
            Rings = RingTraffic(here),
            Token = _state.Token,
            Target = _state.Inputs.Target,
        });
    }

    private bool IsOfWorker(string versionSet) => versionSet == New.Id ? New.Run.IsWorker : _state.Stable is { Spec.Run.IsWorker: true };

    private TrafficWanted Wanted(IReadOnlyList<TrafficWeight> weights) => new()
    {
        Lane = _state.Lane,
        Generation = _state.TrafficGeneration,

        // The other side of a change from or to a worker has none: its instances are at no address.
        Weights = [.. weights.Where(w => !IsOfWorker(w.VersionSet))],
        RequestTimeout = New.Run.RequestTimeout,
        Sticky = Spec.Sticky,
    };

    private static TrafficWeight[] All(VersionSetSpec? spec) => spec is null ? [] : [new TrafficWeight(spec.Id, spec.Version, Arm.Stable, 100)];

    private bool Healthy(int count) => NewPlaces(count).All(place => _state.Seen.Find(New.Id, place.Ring) is var seen && (seen?.Healthy ?? 0) >= place.Count && (seen?.Wanted ?? 0) >= place.Count);

    /// <summary>All new instances have been healthy for so long.</summary>
    private bool Lasts(TimeSpan time) => _state.HealthySince is { } since && at >= since + time;

    /// <summary>Why no agent takes the new version's instances; null: some does.</summary>
    private string? NoPlace => _state.Seen.Find(New.Id, RingName)?.NoPlace;

    private bool WaitForHealth(PlanStep step, string before) => Wait(
        NoPlace is { } nowhere
            ? $"waits for a place for {Instances(step.Count)}: {nowhere}"
            : $"waits for {Instances(step.Count)} to become healthy{before} ({HealthyNow()} of {step.Count})",
        StartDeadline());

    private int HealthyNow() => _state.Seen.Find(New.Id, RingName)?.Healthy ?? 0;

    /// <summary>Stable should run and does not: what is down is the machine or the platform, until the start time is over.</summary>
    private bool StableIsDown(TargetsSeen seen) => !SameAsStable && _state is { Stable: { } stable, StableCount: not 0 } && (StableIn(seen, _state.Ring) is { } known ? known is { Wanted: > 0, Healthy: 0 } : _state.Weight < 100);

    private bool Shifted() => !IsRouted || _state.Seen.TrafficGeneration == _state.TrafficGeneration || _state.TrafficGeneration == InitialGeneration();

    /// <summary>No shift was asked for yet: there is nothing to be confirmed.</summary>
    private long InitialGeneration() => _state.FirstGeneration ?? _state.Token.Counter * GenerationsPerOwnerBefore;

    /// <summary>What <see cref="LaneFlow.GenerationsPerOwner"/> was when states did not say with which one they began.</summary>
    private const long GenerationsPerOwnerBefore = 1000;

    private DateTimeOffset Began() => _state.Records[^1].StartedAt;

    private TimeSpan StartTime() => New.Run.Health.Deadline + Limits.StartMargin;

    /// <summary>Of a batch, from the last that became better.</summary>
    private DateTimeOffset StartDeadline() => _state.Current?.Kind != PlanStepKind.Batch ? Began() + StartTime()
        : (_state.ProgressAt is { } progress && progress > Began() ? progress : Began()) + Patience();

    /// <summary>How long a batch may go on without becoming better.</summary>
    private TimeSpan Patience() => Spec.Rolling.ProgressDeadline ?? StartTime() + Spec.Rolling.MinHealthyTime;
}
