using System.Text.Json.Serialization;

namespace Slipway.Cli.CommandLine;

/// <summary>The <c>--json</c> document of a command whose answer has no content of its own.</summary>
internal sealed record DoneDocument(string Done, string Subject);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DoneDocument))]
internal sealed partial class DoneJson : JsonSerializerContext;
