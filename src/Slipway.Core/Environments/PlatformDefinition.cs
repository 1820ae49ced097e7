using Slipway.Core.Analysis.Metrics;
using Slipway.Core.Artifacts;
using Slipway.Core.Definitions;

namespace Slipway.Core.Environments;

/// <summary>What <c>platform.yaml</c> says: the environments and, by their <c>after</c>, the promotion path (a DAG).</summary>
public sealed record PlatformDefinition
{
    /// <summary>In the order of the file.</summary>
    public required IReadOnlyList<EnvironmentDefinition> Environments { get; init; }

    /// <summary>Where numbers can be asked for, in the order of the file.</summary>
    public IReadOnlyList<MetricSourceDefinition> Metrics { get; init; } = [];

    /// <summary>Templates of checks that services may use, by their names.</summary>
    public IReadOnlyList<CheckTemplate> Checks { get; init; } = [];

    /// <summary>What is kept of what nothing needs.</summary>
    public RetentionPolicy Retention { get; init; } = RetentionPolicy.Default;

    /// <summary>What hooks of rollouts may reach, as <c>https://host</c> or <c>https://host:port</c>, in lower case and without the scheme's own port.</summary>
    public IReadOnlyList<string> HookOrigins { get; init; } = [];

    public EnvironmentDefinition? Find(string name) => Environments.FirstOrDefault(e => e.Name == name);
}

/// <summary>One environment: where a release comes from before it, and the rules at its door.</summary>
public sealed record EnvironmentDefinition
{
    /// <summary>Lower-case letters, digits, single hyphens inside; at most 20 characters.</summary>
    public required string Name { get; init; }
    public IReadOnlyList<string> After { get; init; } = [];
    public PromoteMode Promote { get; init; } = PromoteMode.Manual;

    /// <summary>How long a release must have been well in every <see cref="After"/> environment.</summary>
    public TimeSpan Soak { get; init; } = TimeSpan.Zero;
    public TrafficExpectation Traffic { get; init; } = TrafficExpectation.Expected;
    public LaneConcurrency Concurrency { get; init; } = LaneConcurrency.NewestWins;

    /// <summary>With <see cref="LaneConcurrency.NewestWins"/>: a newer promotion aborts the one that is rolling out.</summary>
    public bool Preempt { get; init; }

    /// <summary>Approvals asked for before a release enters; 0: none.</summary>
    public int Approvals { get; init; }

    /// <summary>Approvals not used within this time expire; null: they do not.</summary>
    public TimeSpan? ApprovalExpires { get; init; }

    /// <summary>Labels an agent must have to be a target of this environment; empty: any agent.</summary>
    public IReadOnlyDictionary<string, string> Target { get; init; } = new Dictionary<string, string>();
}

public enum PromoteMode { Auto, Manual }

public enum TrafficExpectation { Expected, None }

public enum LaneConcurrency { NewestWins, Queue }
