using Slipway.Core.Kernel;
using Slipway.Core.Traffic;

namespace Slipway.Engine.Traffic;

/// <summary>
/// Keeps what the routers counted in the last minutes, by lane, so that a judgement can begin with the seconds before it. Routers report cumulative numbers per second;
/// a later report of a second replaces the earlier one. Thread-safe.
/// </summary>
public sealed class TrafficIntake(TimeProvider? time = null)
{
    /// <summary>Seconds kept: what a router keeps, and a margin.</summary>
    private const int KeptSeconds = 180;
    private readonly Dictionary<LaneId, Dictionary<TrafficSource, SortedDictionary<long, TrafficSecond>>> lanes = [];
    private readonly TimeProvider time = time ?? TimeProvider.System;

    /// <summary>By agent: up to when its router has counted, by the router's clock, and when that was told, by this one's.</summary>
    private readonly Dictionary<string, (DateTimeOffset Until, long ToldAt)> countedUntil = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    /// <param name="at">When the router was read, by its clock: what it counted before is in this report or in an earlier one. Null: the rest of the reading is still to come.</param>
    public Task ReportAsync(string agent, IReadOnlyList<TrafficReading> readings, DateTimeOffset? at, CancellationToken cancel)
    {
        lock (gate)
        {
            if (at is { } complete)
            {
                countedUntil[agent] = (complete, time.GetTimestamp());
            }
            foreach (var reading in readings)
            {
                if (!lanes.TryGetValue(reading.Lane, out var sources))
                {
                    lanes[reading.Lane] = sources = [];
                }

                var source = new TrafficSource(agent, reading.Incarnation, reading.Generation, reading.VersionSet, reading.Arm, reading.Weight, reading.Unit);
                if (!sources.TryGetValue(source, out var seconds))
                {
                    sources[source] = seconds = [];
                }

                foreach (var second in reading.Seconds)
                {
                    seconds[second.Second] = second;
                }
            }

            Forget(readings);
        }

        return Task.CompletedTask;
    }

    /// <summary>What is kept of a lane from a second on: per source, its seconds in order; of what has no requests yet, none.</summary>
    public IReadOnlyList<(TrafficSource Source, IReadOnlyList<TrafficSecond> Seconds)> Since(LaneId lane, long second)
    {
        lock (gate)
        {
            return lanes.TryGetValue(lane, out var sources)
                ? [.. sources.Select(s => (s.Key, (IReadOnlyList<TrafficSecond>)[.. s.Value.Values.Where(x => x.Second >= second)]))]
                : [];
        }
    }

    /// <summary>Up to when all routers that had requests of a lane (if none had: any router) have told what they counted; null: none has told anything.</summary>
    /// <param name="isOf">Only routers of these agents are meant; null: all.</param>
    public DateTimeOffset? CountedUntil(LaneId lane, Func<string, bool>? isOf = null)
    {
        lock (gate)
        {
            return Until(HavingRequestsOf(lane, isOf));
        }
    }

    /// <summary>As <see cref="CountedUntil"/>, but routers that have told nothing for <see cref="Limits.RouterPatience"/> are not waited for.</summary>
    public DateTimeOffset? CountedUntilByThoseThatTell(LaneId lane, Func<string, bool>? isOf = null)
    {
        lock (gate)
        {
            return Until([.. HavingRequestsOf(lane, isOf).Where(agent => !countedUntil.TryGetValue(agent, out var told) || time.GetElapsedTime(told.ToldAt) < Limits.RouterPatience)]);
        }
    }

    private DateTimeOffset? Until(HashSet<string> agents) => agents.Count > 0 && agents.IsSubsetOf(countedUntil.Keys) ? agents.Min(agent => countedUntil[agent].Until) : null;

    private HashSet<string> HavingRequestsOf(LaneId lane, Func<string, bool>? isOf)
    {
        var having = lanes.GetValueOrDefault(lane)?.Where(kept => kept.Value.Count > 0).Select(kept => kept.Key.Agent).Where(agent => isOf?.Invoke(agent) != false).ToHashSet() ?? [];
        return having.Count > 0 ? having : [.. countedUntil.Keys.Where(agent => isOf?.Invoke(agent) != false)];
    }

    private void Forget(IReadOnlyList<TrafficReading> readings)
    {
        foreach (var lane in readings.Select(r => r.Lane).Distinct())
        {
            var sources = lanes[lane];
            var newest = sources.Values.Where(s => s.Count > 0).Select(s => s.Keys.Last()).DefaultIfEmpty(0).Max();
            var generation = sources.Keys.Max(source => source.Generation);
            foreach (var (source, seconds) in sources)
            {
                while (seconds.Count > 0 && seconds.Keys.First() < newest - KeptSeconds)
                {
                    seconds.Remove(seconds.Keys.First());
                }

                // What a router serves now has been told, and is not told again when its first request comes.
                if (seconds.Count == 0 && source.Generation < generation)
                {
                    sources.Remove(source);
                }
            }
        }
    }
}

/// <summary>One version set in one weights generation, as one start of one router counted it.</summary>
public sealed record TrafficSource(string Agent, string Incarnation, long Generation, string VersionSet, Arm Arm, int Weight, TrafficUnit Unit = TrafficUnit.Request);
