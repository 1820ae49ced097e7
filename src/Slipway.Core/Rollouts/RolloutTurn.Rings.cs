using System.Text.Json.Nodes;
using Slipway.Core.Kernel;
using Slipway.Core.Targets;

namespace Slipway.Core.Rollouts;

/// <summary>Groups of targets: which has its turn, and what is wanted of the others meanwhile. Without rings there is one group, of all targets, that has no name.</summary>
internal sealed partial class RolloutTurn
{
    private IReadOnlyList<RingPlace> Places => field ??= _state.Inputs.Rings;

    private IReadOnlyList<RingPlace> StablePlaces => field ??= _state.Stable?.Inputs.Rings ?? [];

    /// <summary>Stable is divided among the same groups: only then can instances be exchanged one for another. Else all of stable's stay until the new version is everywhere.</summary>
    private bool IsPlacedAlike => _state.Stable?.IsPlacedAs(_state.Inputs) == true;

    private string? RingName => NameOf(_state.Ring);

    /// <summary>The rings that have the new version while another's turn is.</summary>
    private IReadOnlyList<RingDone> Behind => _state.Ring is null ? [] : _state.RingsDone;

    /// <summary>Of the new version, where the turn is, once it has all of it.</summary>
    private int InstancesHere => _state.Ring is { } ring ? Places[ring].Count : _state.Inputs.Instances;

    /// <summary>Of the new version, wanted now.</summary>
    private int CountInAll => _state.Count + Behind.Select((_, ring) => Places[ring].Count).Sum();

    /// <summary>Of stable, where the turn is, before the rollout.</summary>
    private int StableHere => _state.Ring is { } ring && IsPlacedAlike ? StablePlaces[ring].Count : _state.Stable?.Count ?? 0;

    private string? NameOf(int? ring) => ring is { } index ? Places[index].Name : null;

    /// <summary>Of a sentence about the traffic: which one.</summary>
    private string Here => RingName is { } ring ? $" of {ring}" : "";

    /// <summary>How the new version's instances are divided when so many are wanted where the turn is.</summary>
    private IReadOnlyList<(string? Ring, int Count)> NewPlaces(int count) =>
        _state.Ring is not null || Places.Count == 0 || count == 0 ? [(RingName, count)] : [.. Places.Select(place => ((string?)place.Name, place.Count))];

    private VersionSetSeen? StableIn(TargetsSeen seen, int? ring) => seen.Find(_state.Stable!.Spec.Id, IsPlacedAlike ? NameOf(ring) : null);

    /// <summary>The new version has a healthy instance wherever it has traffic, and where its turn is.</summary>
    private bool IsUp(TargetsSeen seen)
    {
        bool UpIn(string? ring) => seen.Find(New.Id, ring) is { Healthy: > 0 };
        return ((Behind.Count > 0 && !_state.IsExposedHere) || NewPlaces(InstancesHere).All(place => UpIn(place.Ring)))
            && Behind.Select((done, ring) => done.Returned || UpIn(NameOf(ring))).All(up => up);
    }

    /// <summary>The turn goes on to the next ring, or from the last one to all targets together.</summary>
    private void Enter(int? next)
    {
        EnsureBaseline(0);
        if (_state.Ring is not null)
        {
            _state = _state with { RingsDone = [.. _state.RingsDone, new RingDone(_state.StableCount, Returned: false, _state.TrafficSince, _state.FullAt, _state.Analysis)] };
        }

        if (next is not null)
        {
            BeginRing(next);
            return;
        }

        // What comes next is about all targets: the watch, above all, begins with all of the traffic.
        var stable = _state.RingsDone.All(ring => ring.StableCount is null) ? (int?)null : _state.RingsDone.Select((done, ring) => done.StableCount ?? StablePlaces[ring].Count).Sum();
        _state = _state with { Ring = null, StableCount = stable, Count = _state.Inputs.Instances, TrafficSince = null, FullAt = null, HealthySince = null, MostHealthy = 0 };
        _effects.Add(EnsureOf(New, _state.Count));
        Shift(100, preview: false);
    }

    private void BeginRing(int? ring) => _state = _state with
    {
        Ring = ring,
        Count = 0,
        EnsuredAttempt = -1,
        Weight = 0,
        Serving = 0,
        StableCount = null,
        Route = [],
        Mirror = 0,
        Preview = false,
        HealthySince = null,
        MostHealthy = 0,
        ProgressAt = null,
        TrafficSince = null,
        FullAt = null,
        DownSince = null,
        Lapses = null,
        WellAgainSince = null,
        Analysis = null,
        JudgeAskedAt = null,
        Records = [.. _state.Records.Take(_state.Step), StepRecord.Begun(at)],
    };

    /// <summary>A person's retry of a ring that was given back: from its first step.</summary>
    private void BeginRingAnew()
    {
        Record("rollout.resumed", Fact.Slipway, []);
        _state = _state with { Paused = null, Phase = RolloutPhase.Running, Back = null, Attempt = _state.Attempt + 1, Step = _state.Plan.TakeWhile(step => step.Ring != _state.Ring).Count() };
        BeginRing(_state.Ring);
    }

    private EnsureVersionSet EnsureOf(VersionSetSpec spec, int count) => new()
    {
        Spec = spec,
        Count = count,
        Attempt = spec.Id == New.Id ? _state.Attempt : 0,
        Token = _state.Token,
        Target = spec.Id == _state.Stable?.Spec.Id ? StableTarget : _state.Inputs.Target,
        Rings = RingsOf(spec, count),
    };

    /// <summary>Stable stays where it was promoted to, whatever the environment's target has become since.</summary>
    private IReadOnlyDictionary<string, string> StableTarget => (SameAsStable ? _state.Inputs : _state.Stable!.Inputs).Target;

    /// <summary>All that is wanted of a version set, when so many are wanted of it where the turn is.</summary>
    private IReadOnlyList<RingPlace> RingsOf(VersionSetSpec spec, int count)
    {
        if (spec.Id == _state.Stable?.Spec.Id && !SameAsStable)
        {
            return count == 0 && _state.Ring is null ? []
                : !IsPlacedAlike || _state.Ring is null ? StablePlaces
                : [.. StablePlaces.Select((place, ring) => ring == _state.Ring ? place with { Count = count } : ring < _state.Ring ? place with { Count = _state.RingsDone[ring].StableCount ?? place.Count } : place)];
        }

        return Places.Count == 0 || (count == 0 && _state.Ring is null) ? []
            : _state.Ring is null ? Places
            : [.. Places.Select((place, ring) => ring == _state.Ring ? place with { Count = count } : ring < _state.Ring && spec.Id == New.Id ? place : place with { Count = 0 })];
    }

    /// <summary>How the traffic is divided in each ring; none where that is the same everywhere.</summary>
    /// <param name="here">Where the turn is.</param>
    private IReadOnlyList<RingTraffic> RingTraffic(Traffic.TrafficWanted here) => _state.Ring is null ? [] :
        [.. Places.Select((place, ring) => new RingTraffic(place.Name, place.Labels, ring == _state.Ring ? here : Wanted(All(ring < _state.Ring && !_state.RingsDone[ring].Returned ? New : _state.Stable?.Spec))))];

    private JsonObject WeightChange(int weight) => OfWork(WithRing(new JsonObject { ["from"] = _state.Weight, ["to"] = weight }));

    /// <summary>A worker has a share of the instances, and no traffic: its facts say so.</summary>
    private JsonObject OfWork(JsonObject fact)
    {
        if (New.Run.IsWorker)
        {
            fact["kind"] = "worker";
        }

        return fact;
    }

    private JsonObject WithRing(JsonObject fact)
    {
        if (RingName is { } ring)
        {
            fact["ring"] = ring;
        }

        return fact;
    }
}
