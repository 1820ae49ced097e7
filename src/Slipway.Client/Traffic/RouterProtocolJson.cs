using System.Text.Json.Serialization;

namespace Slipway.Client.Traffic;

/// <summary>How the router's admin documents are written: camelCase, durations as <c>[d.]hh:mm:ss[.fffffff]</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(RouterConfiguration))]
[JsonSerializable(typeof(RouterCounts))]
[JsonSerializable(typeof(RouterAdmin))]
[JsonSerializable(typeof(RouterApplied))]
[JsonSerializable(typeof(RouterProblem))]
public sealed partial class RouterProtocolJson : JsonSerializerContext;
