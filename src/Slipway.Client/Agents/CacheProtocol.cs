using System.Text.Json.Serialization;

namespace Slipway.Client.Agents;

/// <summary>
/// What agents ask of the server for caches of jobs, each with the agent's token and below {Path}/{run}/{job}/{attempt}/{key}, for an attempt that is wanted of it and has caches. The
/// key is 64 lower-case hex digits: all that decides whether a kept state fits. Whose states an attempt may take, and for whom it saves, the server knows by itself.
/// </summary>
public static class CachePaths
{
    /// <summary>
    /// GET: a <see cref="CacheFound"/>, 200; 404: none is kept that this attempt may take. PUT with <c>?digest=</c>: keeps what is sent, a <see cref="CacheTaken"/>, 200; nothing is ever
    /// replaced. DELETE with <c>?digest=</c>: what is kept cannot be used; it is forgotten if this attempt could have saved it, 204.
    /// </summary>
    public const string Path = "/agent/v1/caches";

    /// <summary>GET {Path}/…/{key}{Bytes}?digest=: the bytes of what was found.</summary>
    public const string Bytes = "/bytes";
}

/// <summary>A kept state.</summary>
/// <param name="Digest"><c>sha256:…</c> of its bytes, a gzipped tar.</param>
/// <param name="From">Whose it is, in words: a branch's name.</param>
public sealed record CacheFound(string Digest, long Bytes, string From);

/// <param name="WhyNot">Null: it is kept.</param>
public sealed record CacheTaken(string? WhyNot);

/// <summary>A cache of a job that should run.</summary>
public sealed record WantedCache
{
    public required string Name { get; init; }

    /// <summary>A part of the key; empty: it has none.</summary>
    public string Variant { get; init => field = value ?? ""; } = "";

    /// <summary>Globs of files below <see cref="WantedJob.Path"/> whose content is a part of the key; what begins with <c>**/</c> is looked for in the folders above it too.</summary>
    public required IReadOnlyList<string> Key { get; init; }

    /// <summary>Globs that count where <see cref="Key"/> finds nothing.</summary>
    public IReadOnlyList<string> Otherwise { get; init => field = value ?? []; } = [];

    /// <summary>Below <see cref="WantedJob.Path"/>, or below the home directory when it begins with <c>~/</c>.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>Variables of all steps, weaker than the job's own; a <c>~</c> in a value is the home directory.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init => field = value ?? new Dictionary<string, string>(); } = new Dictionary<string, string>();
}

/// <summary>What has become of one cache of an attempt so far.</summary>
public sealed record ObservedCache
{
    public required string Name { get; init; }

    /// <summary>A kept state was put in place.</summary>
    public required bool Hit { get; init; }

    /// <summary>Whose, as the server named it.</summary>
    public string? From { get; init; }

    /// <summary>Of what was restored, else of what was saved; as packed.</summary>
    public long? Bytes { get; init; }

    /// <summary>What the restoring took.</summary>
    public double? Seconds { get; init; }

    /// <summary>Why nothing was restored.</summary>
    public string? Why { get; init; }

    /// <summary>Null: the job has not come so far.</summary>
    public bool? Saved { get; init; }
    public string? WhyNotSaved { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(CacheFound))]
[JsonSerializable(typeof(CacheTaken))]
public sealed partial class CacheProtocolJson : JsonSerializerContext;
