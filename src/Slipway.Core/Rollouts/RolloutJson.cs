using System.Text.Json.Serialization;

namespace Slipway.Core.Rollouts;

/// <summary>How the store keeps states and events of rollouts. Old states stay readable: see the golden files of the tests.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RolloutState))]
[JsonSerializable(typeof(RolloutEvent))]
public sealed partial class RolloutJson : JsonSerializerContext;
