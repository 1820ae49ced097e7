using System.Text.Json.Serialization;

namespace Slipway.Core.Lanes;

/// <summary>How the store keeps states and events of lanes. Old states stay readable: see the golden files of the tests.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LaneState))]
[JsonSerializable(typeof(LaneEvent))]
public sealed partial class LaneJson : JsonSerializerContext;
