using System.Collections.Concurrent;
using System.Security.Cryptography;
using Slipway.Core.Kernel;
using Slipway.Core.Rollouts;
using Slipway.Core.Targets;
using Slipway.Core.Traffic;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Targets;

/// <summary>What one agent said last.</summary>
public sealed record AgentObservation(string Agent, DateTimeOffset LastSeen, IReadOnlyList<VersionSetObserved> VersionSets, IReadOnlyList<TrafficObserved> Routes)
{
    private readonly ILookup<string, VersionSetObserved> setsByLane = VersionSets.ToLookup(set => set.VersionSet[..Math.Max(0, set.VersionSet.LastIndexOf('/'))], StringComparer.Ordinal);
    private readonly ILookup<LaneId, TrafficObserved> routesByLane = Routes.ToLookup(route => route.Lane);

    public IEnumerable<VersionSetObserved> VersionSetsOf(LaneId lane) => setsByLane[lane.ToString()];

    public IEnumerable<TrafficObserved> RoutesOf(LaneId lane) => routesByLane[lane];
}

/// <summary>The latest report of each agent: its whole observed state, which replaces the one before. What changed for a lane goes to the rollout that owns its intent. Thread-safe.</summary>
public sealed class TargetObservations(IStore store, TimeProvider time)
{
    private readonly Lock writing = new();
    private AgentObservation[] latest = [];
    private readonly ConcurrentDictionary<(LaneId Lane, ProcessId Owner), string> told = new();
    private readonly ConcurrentDictionary<(LaneId Lane, string VersionSet), string> nowhere = new();
    private readonly RolloutFlow rollouts = new();
    private readonly string incarnation = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
    private long number;

    /// <summary>By the names of the agents.</summary>
    public IReadOnlyList<AgentObservation> All => Volatile.Read(ref latest);

    public AgentObservation? Find(string agent) => All.FirstOrDefault(report => report.Agent == agent);

    public IEnumerable<TrafficObserved> RoutesOf(LaneId lane) => All.SelectMany(report => report.RoutesOf(lane));

    public async Task ReportAsync(string agent, IReadOnlyList<VersionSetObserved> versionSets, IReadOnlyList<TrafficObserved> routes, CancellationToken cancel)
    {
        var report = new AgentObservation(agent, time.GetUtcNow(), versionSets, routes);
        lock (writing)
        {
            Volatile.Write(ref latest, [.. latest.Where(r => r.Agent != agent).Append(report).OrderBy(r => r.Agent, StringComparer.Ordinal)]);
        }

        await TellOwnersAsync(agent, cancel);
    }

    private async Task TellOwnersAsync(string agent, CancellationToken cancel)
    {
        var owners = (await store.ReadWantedAsync(agent, cancel))
            .Where(row => row.Owner.Kind == RolloutFlow.ProcessKind)
            .Select(row => (Lane: LaneOf(row.Resource), row.Owner))
            .Distinct();
        foreach (var (lane, owner) in owners)
        {
            await TellAsync(lane, owner, cancel);
        }
    }

    /// <summary>A removed agent's last word counts no more; whoever waits for it hears that.</summary>
    public async Task ForgetAsync(string agent, CancellationToken cancel)
    {
        lock (writing)
        {
            Volatile.Write(ref latest, [.. latest.Where(r => r.Agent != agent)]);
        }

        await TellOwnersAsync(agent, cancel);
    }

    /// <summary>Notes whether some agent takes a version set's instances.</summary>
    /// <param name="why">Why none does; null: some does.</param>
    public void NotePlace(LaneId lane, string versionSet, string? why)
    {
        if (why is null)
        {
            nowhere.TryRemove((lane, versionSet), out _);
        }
        else
        {
            nowhere[(lane, versionSet)] = why;
        }
    }

    /// <summary>What is observed of a lane now, over all its agents.</summary>
    public TargetsSeen Seen(LaneId lane)
    {
        var routes = RoutesOf(lane).ToList();
        var generations = routes.Select(r => r.Generation).Distinct().ToList();
        return new TargetsSeen
        {
            VersionSets = [.. VersionSetsOf(lane)],
            TrafficGeneration = generations is [{ } one] ? one : null,
            TrafficFailure = routes.Select(r => r.Failure).FirstOrDefault(f => f is not null),
        };
    }

    /// <summary>The lane of a wanted row's resource.</summary>
    public static LaneId LaneOf(string resource)
    {
        var parts = resource.Split('/');
        return new LaneId(parts[1], parts[2]);
    }

    private IEnumerable<VersionSetSeen> VersionSetsOf(LaneId lane)
    {
        var seen = All.SelectMany(report => report.VersionSetsOf(lane)).GroupBy(v => v.VersionSet).Select(SumOf).ToDictionary(v => v.VersionSet, StringComparer.Ordinal);
        foreach (var ((_, versionSet), why) in nowhere.Where(n => n.Key.Lane == lane))
        {
            seen[versionSet] = (seen.GetValueOrDefault(versionSet) ?? new VersionSetSeen(versionSet, 0, 0, 0, null)) with { NoPlace = why };
        }

        return seen.Values.OrderBy(v => v.VersionSet, StringComparer.Ordinal);
    }

    /// <summary>Tells a rollout what is observed of its lane, unless that is what it was told last.</summary>
    public async Task TellAsync(LaneId lane, ProcessId owner, CancellationToken cancel)
    {
        var @event = rollouts.WriteEvent(new TargetsObserved(Seen(lane)));
        if (told.GetValueOrDefault((lane, owner)) == @event)
        {
            return;
        }

        await store.AppendAsync(new Append { Events = [new NewMessage(owner, $"seen:{incarnation}:{Interlocked.Increment(ref number)}", @event)] }, cancel);
        foreach (var old in told.Keys.Where(k => k.Lane == lane && k.Owner != owner))
        {
            told.TryRemove(old, out _);
        }

        told[(lane, owner)] = @event;
    }

    private static VersionSetSeen SumOf(IGrouping<string, VersionSetObserved> sets)
    {
        var instances = sets.SelectMany(s => s.Instances).ToList();
        return new VersionSetSeen(
            sets.Key,
            sets.Sum(s => s.Wanted),
            instances.Count(i => i.Condition == InstanceCondition.Healthy),
            instances.Count,
            sets.Select(s => s.Failure).FirstOrDefault(f => f is not null) ?? instances.Where(i => i.Condition == InstanceCondition.Failed).Select(i => i.Failure).FirstOrDefault(f => f is not null),
            sets.Max(s => s.Attempt));
    }
}
