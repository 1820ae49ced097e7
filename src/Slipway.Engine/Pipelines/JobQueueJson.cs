using System.Text.Json.Serialization;

namespace Slipway.Engine.Pipelines;

[JsonSerializable(typeof(SortedDictionary<string, string>))]
internal sealed partial class JobQueueJson : JsonSerializerContext;
