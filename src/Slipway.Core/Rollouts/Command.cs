using System.Text.Json.Serialization;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;

namespace Slipway.Core.Rollouts;

/// <summary>What a command of a rollout is there for, and so who is told its end.</summary>
public enum CommandPurpose { Verification, Hook, Metric }

public enum CommandPhase { Queued, Running, Ended }

/// <summary>A command that a rollout asks for: one attempt of a job, never a second one. It does not change.</summary>
public sealed record CommandSpec
{
    public required string Rollout { get; init; }
    public required CommandPurpose Purpose { get; init; }

    /// <summary>The verification's or the hook's.</summary>
    public required string Name { get; init; }

    /// <summary>The id under which the rollout waits for the answer.</summary>
    public required string AttemptId { get; init; }
    public required LaneId Lane { get; init; }
    public required string Version { get; init; }

    /// <summary>A script, run by <c>bash -euo pipefail</c>.</summary>
    public required string Run { get; init; }
    public required TimeSpan Timeout { get; init; }
    public required string ArtifactDigest { get; init; }

    /// <summary>It runs where instances of this run, so that it reaches them by the router's loopback address; null: anywhere.</summary>
    public string? VersionSet { get; init; }

    /// <summary>It does not reach the network.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsOffline { get; init; }

    /// <summary>The instances serve no requests: they are not reached by any address, only near.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsWorker { get; init; }

    /// <summary>Labels of its agent.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>What it finds in its environment beside what every command does.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init => field = value ?? new Dictionary<string, string>(); } = new Dictionary<string, string>();

    /// <summary>What its job is called.</summary>
    [JsonIgnore]
    public string Job => JsonWords.Of(Purpose);
}

public sealed record CommandState
{
    public required CommandSpec Spec { get; init; }
    public required CommandPhase Phase { get; init; }
    public required DateTimeOffset AskedAt { get; init; }
    public string? Agent { get; init; }
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Time since its start in which nobody looked.</summary>
    public TimeSpan Unseen { get; init; }
    public DateTimeOffset? LookAt { get; init; }

    /// <summary>Null: it goes on, or was given up before any agent had it.</summary>
    public JobOutcome? Outcome { get; init; }

    /// <summary>In words: what it waits for, or how it ended.</summary>
    public required string Reason { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What one for a metric printed, in base64; null: nothing, or it did not end well.</summary>
    public string? Answer { get; init; }
}

[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(CommandAsked), "asked")]
[JsonDerivedType(typeof(CommandAssigned), "assigned")]
[JsonDerivedType(typeof(CommandReported), "reported")]
[JsonDerivedType(typeof(CommandCancelled), "cancelled")]
[JsonDerivedType(typeof(CommandTimeCame), "timeCame")]
public abstract record CommandEvent;

public sealed record CommandAsked(CommandSpec Spec) : CommandEvent;

public sealed record CommandAssigned(string Agent) : CommandEvent;

/// <param name="Output">The last lines of what it wrote; null: nothing, or that is not known.</param>
public sealed record CommandReported(JobReport Report, string? Output = null) : CommandEvent;

/// <summary>Nobody waits for it any more.</summary>
public sealed record CommandCancelled(string Why) : CommandEvent;

public sealed record CommandTimeCame : CommandEvent;

/// <summary>How commands are kept.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CommandState))]
[JsonSerializable(typeof(CommandEvent))]
public sealed partial class CommandJson : JsonSerializerContext;
