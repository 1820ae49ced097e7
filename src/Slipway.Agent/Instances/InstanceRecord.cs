using System.Text.Json.Serialization;
using Slipway.Client.Agents;

namespace Slipway.Agent.Instances;

/// <summary>How far an instance is, as its record says; a restarted agent goes on from here.</summary>
internal enum InstancePhase
{
    /// <summary>No process: before the first start or between two.</summary>
    Idle,

    /// <summary>A process is about to be made or has just been; found by its mark when the agent died in between.</summary>
    Starting,
    Running,

    /// <summary>Being stopped for good.</summary>
    Draining,

    /// <summary>Given up under its attempt.</summary>
    Failed,
    Stopped,
}

/// <summary>
/// What the agent keeps on disk of one instance. It holds the definition that it was started with, so that what runs can be kept up even when the wanted
/// state is lost.
/// </summary>
internal sealed record InstanceRecord
{
    public required string Id { get; init; }
    public required long Number { get; init; }
    public required WantedVersionSet Definition { get; init; }

    /// <summary>The attempt that <see cref="InstancePhase.Failed"/> is about.</summary>
    public required int Attempt { get; init; }
    public required InstancePhase Phase { get; init; }
    public int? Port { get; init; }

    /// <summary>The session's leader.</summary>
    public ProcessIdentity? Process { get; init; }
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The boot that the two monotonic times below belong to; those of another boot mean nothing.</summary>
    public string? Boot { get; init; }

    /// <summary>When this attempt's first process was started, by the machine's monotonic clock (deadlines do not move with the wall clock).</summary>
    public long? AttemptStarted { get; init; }

    /// <summary>When the process was started, likewise.</summary>
    public long? ProcessStarted { get; init; }

    /// <summary>How long the output file was when the process was started.</summary>
    public long OutputFrom { get; init; }
    public DateTimeOffset? StoppedAt { get; init; }
    public int Restarts { get; init; }

    /// <summary>As <see cref="ObservedInstance.Lapses"/>.</summary>
    public int Lapses { get; init; }
    public bool WasHealthy { get; init; }

    /// <summary>Whether the process that runs now has been healthy.</summary>
    public bool ProcessWasHealthy { get; init; }
    public int Deaths { get; init; }
    public InstanceFailure? Failure { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InstanceRecord))]
internal sealed partial class InstanceJson : JsonSerializerContext;
