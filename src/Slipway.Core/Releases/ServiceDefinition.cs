using System.Text.Json.Serialization;
using Slipway.Core.Pipelines;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Releases;

/// <summary>What <c>slipway.yaml</c> says about a service: how it is built, run, rolled out and verified, and what each environment overrides.</summary>
public sealed record ServiceDefinition
{
    /// <summary>Lower-case letters, digits and single hyphens inside; at most 40 characters.</summary>
    public required string Service { get; init; }

    /// <summary>The team that owns the service; free text.</summary>
    public string? Owner { get; init; }

    /// <summary>0 (most critical) to 3.</summary>
    public int? Tier { get; init; }

    /// <summary>How the service runs where an environment overrides nothing.</summary>
    public required RunSpec Run { get; init; }

    public RolloutSpec Rollout { get; init; } = new();

    public IReadOnlyList<VerificationSpec> Verify { get; init; } = [];

    /// <summary>How a release is made from a commit; null: releases are made elsewhere, or it uses templates and was read without them.</summary>
    public PipelineDefinition? Pipeline { get; init; }

    /// <summary>What the pipeline packs; null: nothing.</summary>
    public ArtifactDefinition? Artifact { get; init; }

    /// <summary>Already merged with the base: the whole definition as it holds in each environment that the file names.</summary>
    public IReadOnlyDictionary<string, EffectiveDefinition> Environments { get; init; } = new Dictionary<string, EffectiveDefinition>();

    /// <summary>The definition that holds in <paramref name="environment"/>: its override where there is one, else the base.</summary>
    public EffectiveDefinition For(string environment) =>
        Environments.TryGetValue(environment, out var effective) ? effective : new EffectiveDefinition { Run = Run, Rollout = Rollout, Verify = Verify };
}

/// <summary>What holds for a service in one environment after overrides; a part of what a revision's hash covers.</summary>
public sealed record EffectiveDefinition
{
    public required RunSpec Run { get; init; }
    public required RolloutSpec Rollout { get; init; }
    public IReadOnlyList<VerificationSpec> Verify { get; init; } = [];
}

/// <summary>How the service runs: the process that a rollout's steps are about, and the workers beside it. Of one of those: how it runs.</summary>
public sealed record RunSpec
{
    /// <summary>The process's name; null: the service has only this one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Process { get; init; }

    /// <summary>Processes of the same release that serve no requests. A version has as large a share of their instances as it has of the traffic. Null: there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RunSpec>? Workers { get; init; }

    /// <summary>Argument vector, already split by shell words; executed without a shell in the unpacked artifact.</summary>
    public required IReadOnlyList<string> Command { get; init; }
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();
    public int Instances { get; init; } = 1;

    /// <summary>Its instances serve no requests: nothing is routed to them, and a version's share is its share of the instances.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsWorker { get; init; }
    public HealthSpec Health { get; init; } = new();
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>
/// An HTTP health check with hysteresis: healthy after <see cref="HealthyAfter"/> good probes in a row, unhealthy after <see cref="UnhealthyAfter"/> bad ones. Of a worker without a path: healthy once its
/// process has run for <see cref="HealthyAfter"/> times <see cref="Interval"/>, until it ends.
/// </summary>
public sealed record HealthSpec
{
    /// <summary>Starts with <c>/</c>; null: a worker's that is not probed.</summary>
    public string? Path { get; init; } = "/";
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);
    public int HealthyAfter { get; init; } = 2;
    public int UnhealthyAfter { get; init; } = 3;

    /// <summary>How long a new instance may take to become healthy before it counts as failed.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>One proof that new instances do what they should, asked for before user traffic reaches them. Exactly one of <see cref="Http"/> and <see cref="Run"/> is set.</summary>
public sealed record VerificationSpec
{
    public required string Name { get; init; }
    public HttpVerification? Http { get; init; }

    /// <summary>A script line, run in a checkout of the commit with <c>SLIPWAY_URL</c> set.</summary>
    public string? Run { get; init; }

    /// <summary>Of all tries together.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often it is asked again after a failure.</summary>
    public int Retries { get; init; }

    /// <summary>Between two tries.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);
}
