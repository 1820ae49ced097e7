using System.Text.Json.Serialization;
using Slipway.Core.Kernel;
using Slipway.Core.Releases;

namespace Slipway.Core.Targets;

/// <summary>All that is needed to run the instances of one revision of a lane.</summary>
public sealed record VersionSetSpec
{
    /// <summary><c>service/environment/revision</c>, with the revision's first twelve hex digits.</summary>
    public required string Id { get; init; }
    public required LaneId Lane { get; init; }
    public required string Version { get; init; }

    /// <summary>Lower-case hex SHA-256 over release, effective definition, configuration and secret references.</summary>
    public required string Revision { get; init; }

    /// <summary><c>sha256:…</c>.</summary>
    public required string ArtifactDigest { get; init; }
    public required long ArtifactBytes { get; init; }
    public required RunSpec Run { get; init; }

    /// <summary>The same revision in a version set of its own: fresh instances to compare a canary with.</summary>
    [JsonIgnore]
    public VersionSetSpec AsBaseline => this with { Id = Id + "-baseline", Run = Run with { Workers = null } };

    /// <summary>The workers beside it, each a version set of its own.</summary>
    [JsonIgnore]
    public IReadOnlyList<VersionSetSpec> Workers => [.. (Run.Workers ?? []).Select(worker => this with { Id = $"{Id}-{worker.Process}", Run = worker })];

    public static string IdOf(LaneId lane, string revision) => $"{lane}/{revision[..12]}";
}

/// <summary>The body of a wanted row <c>versionset/{id}</c>: so many instances of this on one agent.</summary>
public sealed record VersionSetWanted
{
    public required VersionSetSpec Spec { get; init; }
    public required int Count { get; init; }

    /// <summary>Raised by a person's retry: instances that had given up start afresh.</summary>
    public int Attempt { get; init; }

    /// <summary>The group of targets that the agent belongs to; null: there are none.</summary>
    public string? Ring { get; init; }

    public static string ResourceOf(string versionSet) => $"versionset/{versionSet}";
}

/// <summary>What one agent says of one version set.</summary>
public sealed record VersionSetObserved
{
    public required string VersionSet { get; init; }
    public required string Agent { get; init; }

    /// <summary>As <see cref="VersionSetWanted.Ring"/> has it for this agent.</summary>
    public string? Ring { get; init; }
    public required FencingToken Token { get; init; }
    public required int Wanted { get; init; }

    /// <summary>The attempt that the agent works under.</summary>
    public int Attempt { get; init; }
    public required IReadOnlyList<InstanceObserved> Instances { get; init; }

    /// <summary>Why none of it can come up; null when it can.</summary>
    public TargetFailure? Failure { get; init; }
}

public enum InstanceCondition { Starting, Probing, Healthy, Unhealthy, Draining, BackOff, Failed }

public sealed record InstanceObserved
{
    public required string Id { get; init; }
    public required InstanceCondition Condition { get; init; }
    public int? Port { get; init; }
    public int? Pid { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public int Restarts { get; init; }

    /// <summary>How often it ceased to be healthy: its process ended, or its probes failed.</summary>
    public int Lapses { get; init; }
    public TargetFailure? Failure { get; init; }
}

/// <summary>Why something does not run: a word for programs, what was seen, and what to do.</summary>
public sealed record TargetFailure(string Code, string Reason, string NextStep);
