using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
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
    private readonly ConcurrentDictionary<(LaneId Lane, string VersionSet, string Ring), string> nowhere = new();
    private readonly RolloutFlow rollouts = new();
    private readonly string incarnation = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
    private long number;

    /// <summary>By the names of the agents.</summary>
    public IReadOnlyList<AgentObservation> All => Volatile.Read(ref latest);

    public AgentObservation? Find(string agent) => All.FirstOrDefault(report => report.Agent == agent);

    public IEnumerable<TrafficObserved> RoutesOf(LaneId lane) => All.SelectMany(report => report.RoutesOf(lane));

    public async Task ReportAsync(string agent, IReadOnlyList<VersionSetObserved> versionSets, IReadOnlyList<TrafficObserved> routes, CancellationToken cancel)
    {
        var rows = await store.ReadWantedAsync(agent, cancel);
        var rings = RingsOf(rows);
        var report = new AgentObservation(agent, time.GetUtcNow(), rings.Count == 0 ? versionSets : [.. versionSets.Select(set => set with { Ring = rings.GetValueOrDefault(set.VersionSet) })], routes);
        lock (writing)
        {
            Volatile.Write(ref latest, [.. latest.Where(r => r.Agent != agent).Append(report).OrderBy(r => r.Agent, StringComparer.Ordinal)]);
        }

        await TellOwnersAsync(rows, cancel);
    }

    /// <summary>An agent knows nothing of groups: which one it is in is written beside what is wanted of it.</summary>
    private static Dictionary<string, string> RingsOf(IReadOnlyList<WantedRow> rows) => rows
        .Where(row => row.Body?.Contains("\"ring\":", StringComparison.Ordinal) == true && row.Resource.StartsWith(VersionSetWanted.ResourceOf(""), StringComparison.Ordinal))
        .Select(row => JsonSerializer.Deserialize(row.Body!, TargetsJson.Default.VersionSetWanted)!)
        .Where(wanted => wanted.Ring is not null)
        .ToDictionary(wanted => wanted.Spec.Id, wanted => wanted.Ring!);

    private async Task TellOwnersAsync(IReadOnlyList<WantedRow> rows, CancellationToken cancel)
    {
        var owners = rows
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

        await TellOwnersAsync(await store.ReadWantedAsync(agent, cancel), cancel);
    }

    /// <summary>Notes whether some agent takes a version set's instances.</summary>
    /// <param name="ring">Of a group of targets; null: there are none.</param>
    /// <param name="why">Why none does; null: some does.</param>
    public void NotePlace(LaneId lane, string versionSet, string? ring, string? why)
    {
        if (why is null)
        {
            nowhere.TryRemove((lane, versionSet, ring ?? ""), out _);
        }
        else
        {
            nowhere[(lane, versionSet, ring ?? "")] = why;
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
        var seen = All.SelectMany(report => report.VersionSetsOf(lane)).GroupBy(v => (v.VersionSet, Ring: v.Ring ?? "")).ToDictionary(g => g.Key, SumOf);
        foreach (var ((_, versionSet, ring), why) in nowhere.Where(n => n.Key.Lane == lane))
        {
            seen[(versionSet, ring)] = (seen.GetValueOrDefault((versionSet, ring)) ?? new VersionSetSeen(versionSet, 0, 0, 0, null, Ring: ring.Length == 0 ? null : ring)) with { NoPlace = why };
        }

        return seen.OrderBy(s => s.Key.VersionSet, StringComparer.Ordinal).ThenBy(s => s.Key.Ring, StringComparer.Ordinal).Select(s => s.Value);
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

    private static VersionSetSeen SumOf(IGrouping<(string VersionSet, string Ring), VersionSetObserved> sets)
    {
        var instances = sets.SelectMany(s => s.Instances).ToList();
        var restless = instances.MaxBy(i => i.Lapses);
        return new VersionSetSeen(
            sets.Key.VersionSet,
            sets.Sum(s => s.Wanted),
            instances.Count(i => i.Condition == InstanceCondition.Healthy),
            instances.Count,
            sets.Select(s => s.Failure).FirstOrDefault(f => f is not null) ?? instances.Where(i => i.Condition == InstanceCondition.Failed).Select(i => i.Failure).FirstOrDefault(f => f is not null),
            sets.Max(s => s.Attempt),
            Ring: sets.Key.Ring.Length == 0 ? null : sets.Key.Ring)
        {
            Lapses = restless is { Lapses: > 0 } ? new InstanceLapses(restless.Lapses, restless.Failure) : null,
        };
    }
}
