using System.Text.Json.Serialization;

namespace Slipway.Engine.Artifacts;

/// <summary>What is recorded of a digest: only of those that were asked for or collected.</summary>
internal sealed record ArtifactMark
{
    public const string Collection = "artifact";

    /// <summary>When a promotion of it was asked for last.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>Bytes that came before this are gone, or go: nothing may begin with them any more.</summary>
    public DateTimeOffset? CollectedAt { get; init; }

    /// <summary>How many they were.</summary>
    public long? Bytes { get; init; }
}

/// <summary>What is recorded of a run's logs once they were collected.</summary>
internal sealed record RunLogMark
{
    public const string Collection = "runLog";
    public required DateTimeOffset CollectedAt { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ArtifactMark))]
[JsonSerializable(typeof(RunLogMark))]
internal sealed partial class KeepingJson : JsonSerializerContext;
