using System.Text.Json.Serialization;

namespace Slipway.Cli.Load;

/// <summary>What a load generator has seen so far.</summary>
internal sealed record LoadReport
{
    public required Uri Url { get; init; }
    public required double Seconds { get; init; }
    public required int TargetRps { get; init; }

    /// <summary>Requests begun for each second that has passed.</summary>
    public required double AchievedRps { get; init; }

    /// <summary>Begun, answered or not.</summary>
    public required long Requests { get; init; }

    /// <summary>Still under way.</summary>
    public required long UnderWay { get; init; }

    /// <summary>Answered with a status below 500.</summary>
    public required long Good { get; init; }

    /// <summary>Answered with 500 or more.</summary>
    public required long Errors { get; init; }

    /// <summary>No answer, by reason: <c>connection</c>, <c>timeout</c>.</summary>
    public required IReadOnlyDictionary<string, long> Unanswered { get; init; }

    /// <summary>Not begun because too many were under way.</summary>
    public required long LeftOut { get; init; }

    /// <summary>By the version that answered; <c>none</c>: an answer without X-Slipway-Version.</summary>
    public required IReadOnlyList<VersionLoad> Versions { get; init; }

    /// <summary>Why it is known that no version saw a request: what came back instead. Null: one did, or that is not known.</summary>
    [JsonIgnore]
    public string? ReachedNothing =>
        Versions.Any(version => version.Version != LoadGenerator.NoVersion || version.Statuses.Keys.Any(status => string.CompareOrdinal(status, "400") < 0)) ? null
        : Versions is [var refused] ? $"every answer was the router's own ({string.Join(", ", refused.Statuses.Select(status => $"{status.Key}: {status.Value}"))})"
        : "no request was answered";

    public long Failed => Errors + Unanswered.Values.Sum();
}

/// <param name="Statuses">Answers by status code.</param>
/// <param name="P50Millis">From the moment at which the request was due, so that a stall counts for all that it held up. Null: no answer.</param>
internal sealed record VersionLoad(
    string Version, long Requests, IReadOnlyDictionary<string, long> Statuses, long Errors, double? P50Millis, double? P95Millis, double? P99Millis);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LoadReport))]
internal sealed partial class LoadJson : JsonSerializerContext;
