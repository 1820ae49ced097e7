using Slipway.Core.Kernel;
using Slipway.Core.Targets;

namespace Slipway.Core.Rollouts;

/// <summary>Workers beside the process that serves requests: a version has as large a share of them as of the traffic, so that neither a preview nor a version that is only kept does any work.</summary>
internal sealed partial class RolloutTurn
{
    private IReadOnlyList<VersionSetSpec> NewWorkers => field ??= New.Workers;

    private IReadOnlyList<VersionSetSpec> StableWorkers => field ??= SameAsStable ? [] : _state.Stable?.Spec.Workers ?? [];

    private bool HasWorkers => NewWorkers.Count + StableWorkers.Count > 0;

    /// <summary>The new version's workers come with its weight; once they are healthy, as many of stable's go. True: so it is.</summary>
    private bool WorkersFollow(int weight)
    {
        // A ring's share is none of all targets': they follow once all rings have the version.
        if (!HasWorkers || _state.Ring is not null)
        {
            return true;
        }

        if (_state.Workers?.Weight != weight)
        {
            AskForWorkers(weight);
        }

        var placed = _state.Workers!;
        if (NewWorkers.FirstOrDefault(worker => !AreHealthy(worker, weight)) is { } late)
        {
            var count = NewCount(late, weight);
            return Wait(
                _state.Seen.Find(late.Id)?.NoPlace is { } nowhere ? $"waits for a place for {Instances(count)} of {late.Run.Process}: {nowhere}"
                : $"waits for {Instances(count)} of {late.Run.Process} to become healthy ({_state.Seen.Find(late.Id)?.Healthy ?? 0} of {count})",
                WorkerDeadline(late));
        }

        if (placed.StableWeight != weight)
        {
            _state = _state with { Workers = placed with { StableWeight = weight } };
            _effects.AddRange(StableWorkers.Select(worker => EnsureOfWorker(worker, StableCountOf(worker, weight))));
        }

        return true;
    }

    private void AskForWorkers(int weight)
    {
        _state = _state with { Workers = new WorkersBeside(weight, at, StableWeight: _state.Workers?.StableWeight), ProgressAt = at };
        _effects.AddRange(NewWorkers.Select(worker => EnsureOfWorker(worker, NewCount(worker, weight))));
    }

    /// <summary>A person's retry: instances that had given up start afresh.</summary>
    private void AskForWorkersAgain()
    {
        if (_state.Workers is { Weight: > 0 and var weight })
        {
            AskForWorkers(weight);
        }
    }

    /// <summary>The new version's workers end with its traffic.</summary>
    private void SendWorkersAway()
    {
        if (!SameAsStable && _state.Workers is { Weight: > 0 } placed)
        {
            _state = _state with { Workers = placed with { Weight = 0 } };
            _effects.AddRange(NewWorkers.Select(worker => EnsureOfWorker(worker, 0)));
        }
    }

    private void CallStableWorkersBack()
    {
        if (_state.Workers?.StableWeight is not null)
        {
            _effects.AddRange(StableWorkers.Select(worker => EnsureOfWorker(worker, worker.Run.Instances)));
        }
    }

    /// <summary>A process of stable whose workers had gone and of which none is back; null: none.</summary>
    private VersionSetSpec? StableWorkerMissing() =>
        _state.Workers?.StableWeight is null ? null : StableWorkers.FirstOrDefault(worker => (_state.Seen.Find(worker.Id)?.Healthy ?? 0) == 0);

    /// <summary>What is seen of the new version's workers.</summary>
    private void SeeWorkers(TargetsSeen seen)
    {
        if (_state.Workers is not { Weight: > 0 and var weight } placed)
        {
            return;
        }

        // Where its requests are not served either, it is the version or the machine that is down, and not a process.
        var isDown = IsUp(seen) && NewWorkers.Any(worker => (seen.Find(worker.Id)?.Healthy ?? 0) == 0);
        _state = _state with
        {
            Workers = placed with { AreUp = placed.AreUp || NewWorkers.All(worker => AreHealthy(worker, weight)), DownSince = isDown ? placed.DownSince ?? at : null },
        };
    }

    /// <summary>What makes the rollout fail by its workers; null: nothing.</summary>
    private Failure? WorkerFailure()
    {
        if (_state.Workers is not { Weight: > 0 and var weight } placed)
        {
            return null;
        }

        foreach (var worker in NewWorkers)
        {
            var (seen, name) = (_state.Seen.Find(worker.Id), worker.Run.Process);
            if (seen?.Failure is { } failure && seen.Attempt >= _state.Attempt)
            {
                return new Failure($"{name}: {failure.Reason} {failure.NextStep}".Trim());
            }

            if (!placed.AreUp && !AreHealthy(worker, weight) && at >= WorkerDeadline(worker))
            {
                var count = NewCount(worker, weight);
                return seen?.NoPlace is { } nowhere
                    ? new Failure($"there was no place for {Instances(count)} of {name} within {Words.Of(StartTimeOf(worker))}: {nowhere}", ForWantOfPlace: true)
                    : new Failure($"only {seen?.Healthy ?? 0} of {Instances(count)} of {name} became healthy within {Words.Of(StartTimeOf(worker))}");
            }

            if (placed is { AreUp: true, DownSince: { } since } && (seen?.Healthy ?? 0) == 0 && at >= since + Limits.DownGrace)
            {
                return new Failure($"no instance of {name} of {New.Version} has been healthy for {Words.Of(at - since)}{(seen?.NoPlace is { } gone ? $": {gone}" : "")}", ForWantOfPlace: seen?.NoPlace is not null);
            }
        }

        return null;
    }

    private bool AreHealthy(VersionSetSpec worker, int weight)
    {
        var (seen, count) = (_state.Seen.Find(worker.Id), NewCount(worker, weight));
        return (seen?.Healthy ?? 0) >= count && (seen?.Wanted ?? 0) >= count;
    }

    /// <summary>The weight's share, at least one; one of the old stays until the end.</summary>
    private int NewCount(VersionSetSpec worker, int weight)
    {
        var all = worker.Run.Instances;
        return weight >= 100 || SameAsStable ? all : Math.Min(RolloutPlan.CanaryCount(weight, all), Math.Max(1, all - 1));
    }

    /// <summary>What is left of a worker of stable; of one that the new version does not have, all until the end.</summary>
    private int StableCountOf(VersionSetSpec worker, int weight) =>
        weight >= 100 ? 0
        : NewWorkers.FirstOrDefault(other => other.Run.Process == worker.Run.Process) is not { } other ? worker.Run.Instances
        : Math.Max(1, RolloutPlan.LeftOf(worker.Run.Instances, NewCount(other, weight), other.Run.Instances));

    private DateTimeOffset WorkerDeadline(VersionSetSpec worker) => _state.Workers!.Since + StartTimeOf(worker);

    private static TimeSpan StartTimeOf(VersionSetSpec worker) => worker.Run.Health.Deadline + Limits.StartMargin;

    /// <summary>Workers are placed on all targets together.</summary>
    private EnsureVersionSet EnsureOfWorker(VersionSetSpec worker, int count)
    {
        var isNew = NewWorkers.Any(own => own.Id == worker.Id);
        return new() { Spec = worker, Count = count, Attempt = isNew ? _state.Attempt : 0, Token = _state.Token, Target = isNew ? _state.Inputs.Target : StableTarget };
    }
}
