using Slipway.Core.Targets;
using Slipway.Core.Traffic;

namespace Slipway.Core.Lanes;

/// <summary>What the lane itself wants of its targets while no rollout owns that.</summary>
internal sealed partial class LaneTurn
{
    /// <summary>Agents came or went: while no rollout owns the intent, what is wanted is placed again.</summary>
    public void SayAgain()
    {
        if (_state.Active is null)
        {
            Assert();
        }
    }

    /// <summary>What is kept without traffic is let go when its time is over; a rollout that owns the intent comes first.</summary>
    public void CoolDown()
    {
        if (_state.Active is not null)
        {
            return;
        }

        if (_state.Warm is { } warm && (warm.WarmUntil is null || warm.WarmUntil <= at))
        {
            _state = _state with { Warm = null };
            LetGo(warm.Spec);
        }

        foreach (var over in _state.Left.Where(l => l.WarmUntil is null || l.WarmUntil <= at).ToList())
        {
            _state = _state with { Left = [.. _state.Left.Where(l => l != over)] };
            LetGo(over.Spec);
        }
    }

    /// <summary>Takes the intent under a fresh token and says what is wanted.</summary>
    private void Own()
    {
        _state = _state with { Counter = _state.Counter + 1 };
        CoolDown();
        Assert();
    }

    private void Assert()
    {
        if (_state.Stable is not { } stable)
        {
            return;
        }

        Ensure(stable, stable.Count);
        EnsureWorkers(stable.Spec, stable.Inputs.Target, isStable: true);
        if (_state.Warm is { } warm)
        {
            // Its workers would go on working.
            Ensure(warm, warm.Count);
            EnsureWorkers(warm.Spec, warm.Inputs.Target, isStable: false);
        }

        var isWorker = stable.Spec.Run.IsWorker;
        if (isWorker && _state.History.All(h => h.Spec.Run.IsWorker))
        {
            return;
        }

        // Where a version before it served requests, it must be said that none does now.
        Shift(isWorker ? [] : [new TrafficWeight(stable.Spec.Id, stable.Spec.Version, Arm.Stable, 100)], stable.Spec, stable.Inputs.Target, stable.Inputs.Definition.Rollout.Sticky);
    }

    /// <summary>Before the only version that there was goes.</summary>
    private void ShiftToNothing(VersionSetSpec last)
    {
        if (!last.Run.IsWorker)
        {
            Shift([], last, new Dictionary<string, string>(), sticky: null);
        }
    }

    private void Shift(IReadOnlyList<TrafficWeight> weights, VersionSetSpec of, IReadOnlyDictionary<string, string> target, TrafficStickiness? sticky) => _effects.Add(new ShiftTraffic
    {
        Wanted = new TrafficWanted { Lane = _state.Lane, Generation = _state.TrafficGeneration, Weights = weights, RequestTimeout = of.Run.RequestTimeout, Sticky = sticky },
        Token = Token,
        Target = target,
    });

    private void Ensure(LaneRevision revision, int count) => _effects.Add(new EnsureVersionSet
    {
        Spec = revision.Spec,
        Count = count,
        Token = Token,
        Target = revision.Inputs.Target,
        Rings = count == 0 ? [] : revision.Inputs.Rings,
    });

    private void LetGo(VersionSetSpec spec)
    {
        if (spec.Id != _state.Stable?.Spec.Id && spec.Id != _state.Warm?.Spec.Id && _state.Left.All(l => l.Spec.Id != spec.Id))
        {
            var target = _state.Stable?.Inputs.Target ?? new Dictionary<string, string>();
            _effects.Add(new EnsureVersionSet { Spec = spec, Count = 0, Token = Token, Target = target });
            EnsureWorkers(spec, target, isStable: false);
        }
    }

    private void EnsureWorkers(VersionSetSpec spec, IReadOnlyDictionary<string, string> target, bool isStable) => _effects.AddRange(
        spec.Workers.Select(worker => new EnsureVersionSet { Spec = worker, Count = isStable ? worker.Run.Instances : 0, Token = Token, Target = target }));

    private void Release()
    {
        _state = _state with { Active = null };
        Own();
    }
}
