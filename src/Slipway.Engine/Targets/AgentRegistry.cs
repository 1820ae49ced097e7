using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Slipway.Engine.Targets;

/// <summary>An agent as this server knows it.</summary>
public sealed record AgentPresence
{
    public required string Name { get; init; }
    public required bool Connected { get; init; }
    public required DateTimeOffset LastSeenAt { get; init; }
    public required IReadOnlyDictionary<string, string> Labels { get; init; }
    public required string Program { get; init; }
    public required int ProtocolVersion { get; init; }
    public int? RouterPort { get; init; }
    public long? DiskFreeBytes { get; init; }
}

/// <summary>Which agents are there, with what labels, and which of them take nothing new. Thread-safe; what it gives out are snapshots.</summary>
public sealed class AgentRegistry
{
    private readonly ConcurrentDictionary<string, AgentPresence> agents = new(StringComparer.Ordinal);
    private ImmutableHashSet<string> draining = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Raised after an agent came, went, or began or ceased to drain; handlers must be quick and not throw.</summary>
    public event Action? Changed;

    public IReadOnlyList<AgentPresence> All => [.. agents.Values.OrderBy(a => a.Name, StringComparer.Ordinal)];

    public AgentPresence? Find(string name) => agents.GetValueOrDefault(name);

    public bool IsDraining(string name) => Volatile.Read(ref draining).Contains(name);

    /// <summary>Connected, not draining, and with every one of the labels.</summary>
    public IReadOnlyList<AgentPresence> Eligible(IReadOnlyDictionary<string, string> labels) =>
        [.. All.Where(a => a.Connected && !IsDraining(a.Name) && labels.All(l => a.Labels.TryGetValue(l.Key, out var value) && value == l.Value))];

    public void Put(AgentPresence agent)
    {
        var before = agents.GetValueOrDefault(agent.Name);
        agents[agent.Name] = agent;
        if (before is null || before.Connected != agent.Connected || !ReferenceEquals(before.Labels, agent.Labels))
        {
            Changed?.Invoke();
        }
    }

    public void Remove(string name)
    {
        if (agents.TryRemove(name, out _))
        {
            Changed?.Invoke();
        }
    }

    public void SetDraining(string name, bool value)
    {
        if (value ? ImmutableInterlocked.Update(ref draining, s => s.Add(name)) : ImmutableInterlocked.Update(ref draining, s => s.Remove(name)))
        {
            Changed?.Invoke();
        }
    }
}
