using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Releases;

namespace Slipway.Engine.Releases;

/// <summary>A service as it is kept; its revision orders the releases that are made of it.</summary>
public sealed record ServiceRecord
{
    public const string Collection = "service";
    public required string Name { get; init; }
    public string? Owner { get; init; }
    public int? Tier { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required Actor CreatedBy { get; init; }

    /// <summary>The newest release: the one that was made last.</summary>
    public string? LatestVersion { get; init; }
    public int Releases { get; init; }
}

/// <summary>Where releases and vetoes are kept.</summary>
internal static class ReleaseDocuments
{
    public const string Collection = "release";
    public const string VetoCollection = "veto";

    public static string KeyOf(string service, string version) => $"{service}/{version}";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ServiceRecord))]
[JsonSerializable(typeof(Release))]
[JsonSerializable(typeof(Veto))]
internal sealed partial class ReleaseJson : JsonSerializerContext;
