using System.Text.Json.Nodes;
using Slipway.Core.Environments;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Core.Promotions;
using Slipway.Core.Targets;
using Slipway.Core.Traffic;

namespace Slipway.Core.Rollouts;

/// <summary>What is asked of the world, and what is seen of it.</summary>
internal sealed partial class RolloutTurn
{
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

    /// <summary>Why no agent takes the new version's instances; null: some does.</summary>
    private string? NoPlace => _state.Seen.Find(New.Id)?.NoPlace;

    private bool WaitForHealth(PlanStep step, string before) => Wait(
        NoPlace is { } nowhere
            ? $"waits for a place for {Instances(step.Count)}: {nowhere}"
            : $"waits for {Instances(step.Count)} to become healthy{before} ({HealthyNow()} of {step.Count})",
        StartDeadline());

    private int HealthyNow() => _state.Seen.Find(New.Id)?.Healthy ?? 0;

    /// <summary>Stable should run and does not: what is down is the machine or the platform, until the start time is over.</summary>
    private bool StableIsDown(TargetsSeen seen) => !SameAsStable && _state.Stable is { } stable && (seen.Find(stable.Spec.Id) is { } known ? known is { Wanted: > 0, Healthy: 0 } : _state.Weight < 100);

    private bool Shifted() => _state.Seen.TrafficGeneration == _state.TrafficGeneration || _state.TrafficGeneration == InitialGeneration();

    /// <summary>No shift was asked for yet: there is nothing to be confirmed.</summary>
    private long InitialGeneration() => _state.Token.Counter * LaneFlow.GenerationsPerOwner;

    private DateTimeOffset Began() => _state.Records[^1].StartedAt;

    private TimeSpan StartTime() => New.Run.Health.Deadline + Limits.StartMargin;

    private DateTimeOffset StartDeadline() => Began() + StartTime();
}
