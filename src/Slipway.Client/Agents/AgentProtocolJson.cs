using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Client.Agents;

/// <summary>
/// How agent messages are written: camelCase, enum values as camelCase words, durations as <c>[d.]hh:mm:ss[.fffffff]</c>, times as RFC 3339. Unknown members are
/// skipped, so that a newer peer may add some; an unknown <c>type</c> is an error, since the peers agreed on a version.
/// </summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(FromAgent))]
[JsonSerializable(typeof(FromServer))]
[JsonSerializable(typeof(LogEnd))]
[JsonSerializable(typeof(AttemptTests))]
public sealed partial class AgentProtocolJson : JsonSerializerContext;

/// <summary>Writes an enum's values as camelCase words and reads no numbers.</summary>
/// <typeparam name="T">The enum.</typeparam>
public sealed class CamelCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false) where T : struct, Enum;
