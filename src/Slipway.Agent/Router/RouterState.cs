using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Client.Traffic;

namespace Slipway.Agent.Router;

/// <summary>What the router keeps on disk: the configuration in force, and the ports that it picked.</summary>
internal sealed record RouterState
{
    public required RouterConfiguration Configuration { get; init; }
    public required IReadOnlyDictionary<string, int> Ports { get; init; }
}

/// <summary>Strict: unknown, missing, doubled members and nulls are errors.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RouterState))]
[JsonSerializable(typeof(RouterConfiguration))]
[JsonSerializable(typeof(RouterCounts))]
[JsonSerializable(typeof(RouterAdmin))]
[JsonSerializable(typeof(RouterApplied))]
[JsonSerializable(typeof(RouterProblem))]
internal sealed partial class RouterJson : JsonSerializerContext;
