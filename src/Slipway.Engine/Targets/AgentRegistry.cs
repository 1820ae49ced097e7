using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Slipway.Engine.Targets;

/// <summary>An agent as this server knows it.</summary>
public sealed record AgentPresence
{
    public required string Name { get; init; }
    public required bool Connected { get; init; }
    public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>Likewise, as <see cref="TimeProvider.GetTimestamp"/> has it: by this one goes who measures how long ago that is.</summary>
    public required long SeenStamp { get; init; }
    public required IReadOnlyDictionary<string, string> Labels { get; init; }
    public required string Program { get; init; }
    public required int ProtocolVersion { get; init; }
    public int? RouterPort { get; init; }
    public long? DiskFreeBytes { get; init; }

    /// <summary>How many jobs it runs at a time.</summary>
    public int JobCapacity { get; init; }

    /// <summary>Why it runs none; null: it does.</summary>
    public string? NoJobsBecause { get; init; }

    /// <summary>What a job on it has at most of its machine, and what is not limited and why; null: nothing.</summary>
    public string? JobLimits { get; init; }
    public string? JobLimitsMissing { get; init; }
}

/// <summary>Which agents are there, with what labels, and which of them take nothing new. Thread-safe; what it gives out are snapshots.</summary>
public sealed class AgentRegistry
{
    private readonly ConcurrentDictionary<string, AgentPresence> agents = new(StringComparer.Ordinal);
    private ImmutableHashSet<string> draining = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Raised after an agent came, went, or began or ceased to drain; handlers must be quick and not throw.</summary>
    public event Action? Changed;

    public IReadOnlyList<AgentPresence> All => [.. agents.Values.OrderBy(a => a.Name, StringComparer.Ordinal)];

    public bool AnyConnected => agents.Values.Any(a => a.Connected);

    public AgentPresence? Find(string name) => agents.GetValueOrDefault(name);

    public bool IsDraining(string name) => Volatile.Read(ref draining).Contains(name);

    /// <summary>Connected, not draining, and with every one of the labels.</summary>
    public IReadOnlyList<AgentPresence> Eligible(IReadOnlyDictionary<string, string> labels) =>
        [.. All.Where(a => a.Connected && !IsDraining(a.Name) && HasLabels(a, labels))];

    /// <summary>The first group whose labels an agent has; null: none, or it is not known.</summary>
    public string? RingOf(string agent, IEnumerable<(string Name, IReadOnlyDictionary<string, string> Labels)> rings) =>
        Find(agent) is { } known ? rings.FirstOrDefault(ring => HasLabels(known, ring.Labels)).Name : null;

    public static bool HasLabels(AgentPresence agent, IReadOnlyDictionary<string, string> labels) => labels.All(l => HasLabel(agent, l));

    /// <summary>Why <see cref="Eligible"/> has nobody for an environment: which agents there are, and what is against each.</summary>
    public string WhyNone(string environment, IReadOnlyDictionary<string, string> labels)
    {
        const int MostNamed = 5;
        var all = All;
        return all.Count == 0
            ? "no agent is connected"
            : $"no agent takes instances of {environment}: {string.Join(", ", all.Take(MostNamed).Select(WhyNot))}{(all.Count > MostNamed ? $", and {all.Count - MostNamed} more" : "")}";

        string WhyNot(AgentPresence agent) => agent.Name + string.Join(" and", Against(agent));

        IEnumerable<string> Against(AgentPresence agent)
        {
            if (IsDraining(agent.Name))
            {
                yield return " is drained";
            }

            if (!agent.Connected)
            {
                yield return " is not connected";
            }

            var lacking = labels.Where(l => !HasLabel(agent, l)).Select(l => $"{l.Key}={l.Value}").ToList();
            if (lacking.Count > 0)
            {
                yield return $" has not the label {string.Join(", ", lacking)}";
            }
        }
    }

    /// <summary>Why no agent would take a job with these labels, busy or not; null: one would.</summary>
    public string? WhyNoneRuns(IReadOnlyDictionary<string, string> labels)
    {
        var all = All;
        var fitting = all.Where(a => HasLabels(a, labels)).ToList();
        var connected = fitting.Where(a => a.Connected).ToList();
        var taking = connected.Where(a => !IsDraining(a.Name)).ToList();
        return all.Count == 0 ? "no agent is connected"
            : fitting.Count == 0 ? $"no agent has the label {string.Join(", ", labels.Select(l => $"{l.Key}={l.Value}"))}"
            : connected.Count == 0 ? $"{Few(fitting)} {(fitting.Count == 1 ? "is" : "are")} not connected"
            : taking.Count == 0 ? $"{Few(connected)} {(connected.Count == 1 ? "is" : "are")} drained"
            : taking.Exists(a => a.JobCapacity > 0) ? null
            : taking[0] is { NoJobsBecause: { } because } one ? $"{one.Name} runs no jobs: {because}"
            : $"{Few(taking)} {(taking.Count == 1 ? "takes" : "take")} no jobs";

        static string Few(List<AgentPresence> agents) => string.Join(", ", agents.Take(3).Select(a => a.Name)) + (agents.Count > 3 ? $" and {agents.Count - 3} more" : "");
    }

    private static bool HasLabel(AgentPresence agent, KeyValuePair<string, string> label) => agent.Labels.TryGetValue(label.Key, out var value) && value == label.Value;

    public void Put(AgentPresence agent)
    {
        var before = agents.GetValueOrDefault(agent.Name);
        agents[agent.Name] = agent;
        if (before is null || before.Connected != agent.Connected || before.JobCapacity != agent.JobCapacity || !ReferenceEquals(before.Labels, agent.Labels))
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
