using System.Text.Json.Serialization;
using Slipway.Client.Agents;

namespace Slipway.Agent.Jobs;

/// <summary>
/// What the agent keeps on disk of an attempt. It is written before anything of the attempt is done, and before each try of a step: whoever finds it without an outcome knows that
/// the attempt was cut off, and where.
/// </summary>
internal sealed record JobRecord
{
    public required WantedJob Wanted { get; init; }
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>As they stood when the record was written; empty before the first began.</summary>
    public IReadOnlyList<ObservedStep> Steps { get; init; } = [];

    /// <summary>Null: it goes on, or was cut off.</summary>
    public ObservedOutcome? Outcome { get; init; }
    public string? Reason { get; init; }
    public string? Outputs { get; init; }
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();

    /// <summary>Those that were looked for so far, as wanted.</summary>
    public IReadOnlyList<ObservedCache> Caches { get; init => field = value ?? []; } = [];

    /// <summary>Its whole log and what it reported of tests are with the server, so that the outcome can be told.</summary>
    public bool Delivered { get; init; }

    /// <summary>A step has: something was done that may not simply be done again.</summary>
    [JsonIgnore]
    public bool HasBegun => Steps.Count > 0;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(JobRecord))]
internal sealed partial class JobRecordJson : JsonSerializerContext;
