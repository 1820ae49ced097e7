using System.Text.Json.Serialization;

namespace Slipway.Core.Pipelines;

/// <summary>How the store keeps states and events of sources. Old states stay readable: see the golden files of the tests.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SourceState))]
[JsonSerializable(typeof(SourceEvent))]
public sealed partial class SourceJson : JsonSerializerContext;
