using System.Collections.Concurrent;
using Slipway.Core.Targets;
using Slipway.Core.Traffic;

namespace Slipway.Engine.Targets;

/// <summary>What one agent said last.</summary>
public sealed record AgentObservation(string Agent, DateTimeOffset LastSeen, IReadOnlyList<VersionSetObserved> VersionSets, IReadOnlyList<TrafficObserved> Routes);

/// <summary>The latest report of each agent: its whole observed state, which replaces the one before. Thread-safe.</summary>
public sealed class TargetObservations(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, AgentObservation> latest = new(StringComparer.Ordinal);

    public IReadOnlyCollection<AgentObservation> All => [.. latest.Values];

    public AgentObservation? Find(string agent) => latest.GetValueOrDefault(agent);

    public Task ReportAsync(string agent, IReadOnlyList<VersionSetObserved> versionSets, IReadOnlyList<TrafficObserved> routes, CancellationToken cancel)
    {
        latest[agent] = new AgentObservation(agent, time.GetUtcNow(), versionSets, routes);
        return Task.CompletedTask;
    }
}
