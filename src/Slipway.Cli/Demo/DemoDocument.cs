using System.Text.Json.Serialization;
using Slipway.Cli.Load;

namespace Slipway.Cli.Demo;

/// <summary>What the demonstration came to.</summary>
/// <param name="AsTold">Every claim held.</param>
/// <param name="Load">All requests that were sent, by version.</param>
internal sealed record DemoDocument(bool AsTold, IReadOnlyList<DemoClaim> Claims, LoadReport Load);

/// <param name="Held">Looked at, and true.</param>
internal sealed record DemoClaim(bool Held, string What);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DemoDocument))]
internal sealed partial class DemoJson : JsonSerializerContext;
