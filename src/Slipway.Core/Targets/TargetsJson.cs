using System.Text.Json.Serialization;
using Slipway.Core.Traffic;

namespace Slipway.Core.Targets;

/// <summary>How wanted rows and traffic bins are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(VersionSetWanted))]
[JsonSerializable(typeof(TrafficWanted))]
[JsonSerializable(typeof(TrafficReading))]
public sealed partial class TargetsJson : JsonSerializerContext;
