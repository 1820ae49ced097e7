using System.Text.Json.Serialization;

namespace Slipway.Core.Pipelines;

/// <summary>How runs are kept.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunState))]
[JsonSerializable(typeof(RunEvent))]
public sealed partial class RunJson : JsonSerializerContext;
