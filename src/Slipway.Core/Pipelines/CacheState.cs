namespace Slipway.Core.Pipelines;

/// <summary>What became of one cache of an attempt.</summary>
public sealed record CacheState
{
    public required string Name { get; init; }

    /// <summary>The kept state was put in place; false: it was not, see <see cref="Why"/>.</summary>
    public required bool Hit { get; init; }

    /// <summary>Whose it was, in words.</summary>
    public string? From { get; init; }

    /// <summary>Bytes as packed, of what was restored; else of what was saved.</summary>
    public long? Bytes { get; init; }

    /// <summary>How long the restoring took.</summary>
    public double? Seconds { get; init; }

    /// <summary>Why nothing was restored.</summary>
    public string? Why { get; init; }

    /// <summary>Null: the job goes on, or ended before it was its turn.</summary>
    public bool? Saved { get; init; }

    /// <summary>Why nothing was saved.</summary>
    public string? WhyNotSaved { get; init; }
}

/// <summary>A cache as an agent is told of it.</summary>
/// <param name="Variant">What tells it from the same cache of other combinations of a matrix; empty: nothing does.</param>
public sealed record CachePlan(string Name, string Variant, IReadOnlyList<string> Key, IReadOnlyList<string> Otherwise, IReadOnlyList<string> Paths, IReadOnlyDictionary<string, string> Env)
{
    public static CachePlan Of(CacheDefinition cache, IReadOnlyDictionary<string, string> combination) => new(
        cache.Name,
        cache.IsShared ? "" : string.Join(", ", combination.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}")),
        cache.Key, cache.Otherwise, cache.Paths, cache.Env);
}
