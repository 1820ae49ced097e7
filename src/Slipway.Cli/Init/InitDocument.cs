using System.Text.Json.Serialization;

namespace Slipway.Cli.Init;

/// <summary>The <c>--json</c> document of <c>slipway init</c>.</summary>
/// <param name="File">Where the definition is, or would be.</param>
/// <param name="Written">False: it was only to be shown.</param>
/// <param name="Path">The service's folder in the repository; empty: the repository.</param>
internal sealed record InitDocument(
    string Service, string Ecosystem, string Kind, string Repository, string Path, string File, bool Written, IReadOnlyList<InitRemark> Found, IReadOnlyList<InitRemark> Guessed, IReadOnlyList<InitRemark> Check,
    IReadOnlyList<string> Next, string Definition);

internal sealed record InitRemark(string Text, string? File);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(InitDocument))]
internal sealed partial class InitJson : JsonSerializerContext;
