using System.Text.Json.Serialization;
using Slipway.Core.Analysis.Metrics;
using Slipway.Core.Traffic;
using Slipway.Engine.Traffic;

namespace Slipway.Engine.Analysis;

/// <summary>One source's second, as it is kept.</summary>
internal sealed record BinReading(TrafficSource Source, TrafficSecond Second);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BinReading))]
[JsonSerializable(typeof(JudgeLook))]
[JsonSerializable(typeof(Measurement))]
internal sealed partial class BinJson : JsonSerializerContext;
