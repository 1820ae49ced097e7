using System.Text.Json.Serialization;

namespace Slipway.Core.Promotions;

/// <summary>How the store keeps states and events of promotions. Old states stay readable: see the golden files of the tests.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PromotionState))]
[JsonSerializable(typeof(PromotionEvent))]
[JsonSerializable(typeof(PinnedInputs))]
public sealed partial class PromotionJson : JsonSerializerContext;
