using System.Text.Json.Serialization;
using Slipway.Core.Analysis.MannWhitney;
using Slipway.Core.Kernel;

namespace Slipway.Core.Rollouts;

/// <summary>One check of the analysis. Errors and latency are counted by the routers; the others are asked of metric sources, and say how.</summary>
public sealed record CheckSpec
{
    public required CheckKind Kind { get; init; }

    /// <summary>Unique in the list; null: the word of its kind.</summary>
    public string? Name { get; init; }

    /// <summary>A check also passes when the upper end of the canary's own bad rate is below this; null: the check's default.</summary>
    public double? Acceptable { get; init; }

    /// <summary>A check passes when the ratio's upper end is below (1 + tolerate)·(1 + this). 1: a doubling would have been seen.</summary>
    public double Detectable { get; init; } = 1;

    /// <summary>It does not pass before the new version has had so many units.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long MinRequests { get; init; }

    /// <summary>Judged and shown, and of no consequence; it has no share of the false-alarm rate.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool DryRun { get; init; }

    public CountsSpec? Counts { get; init; }
    public ThresholdSpec? Threshold { get; init; }
    public RankSpec? Ranks { get; init; }

    [JsonIgnore]
    public string Title => Name ?? JsonWords.Of(Kind);

    /// <summary>Asked of a metric source, not counted by the routers.</summary>
    [JsonIgnore]
    public bool IsMeasured => Kind is CheckKind.Counts or CheckKind.Threshold or CheckKind.MannWhitney;
}

public enum CheckKind { Errors, Latency, Counts, Threshold, MannWhitney }

/// <summary>Good and bad units of both versions, from a metric source. The same query is asked for each version, with its placeholders filled in.</summary>
/// <param name="Bad">How many bad units there were in the last step.</param>
/// <param name="Total">How many units there were in the last step.</param>
/// <param name="Value">How both numbers are taken out of a JSON answer; null: the answer is the number.</param>
/// <param name="Step">The length of a bin, and how often it is asked.</param>
public sealed record CountsSpec(string Source, string Bad, string Total, string? Value, TimeSpan Step)
{
    /// <summary>How the number of bad units is taken out of its answer; null: by <see cref="Value"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? BadValue { get; init; }

    /// <summary>Likewise, of all units.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TotalValue { get; init; }
}

/// <summary>A condition on a number that is measured again and again, with the limits that are usual in the field.</summary>
public sealed record ThresholdSpec
{
    public required string Source { get; init; }
    public required string Query { get; init; }

    /// <summary>How the number is taken out of a JSON answer; null: the answer is the number.</summary>
    public string? Value { get; init; }

    /// <summary>Expressions over <c>value</c>, <c>values</c> and <c>stable</c>; at least one. A measurement for which neither holds is inconclusive; with one of them alone, the other is its contrary.</summary>
    public string? Pass { get; init; }
    public string? Fail { get; init; }
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(30);
    public TimeSpan InitialDelay { get; init; } = TimeSpan.Zero;

    /// <summary>Measured so often, then no more; null: as long as the analysis lasts.</summary>
    public int? Count { get; init; }

    /// <summary>More failed measurements than this fail the check.</summary>
    public int FailureLimit { get; init; }

    /// <summary>More inconclusive measurements than this make the check inconclusive for good.</summary>
    public int InconclusiveLimit { get; init; }

    /// <summary>More errors of the source in a row than this make the check inconclusive for good.</summary>
    public int ConsecutiveErrorLimit { get; init; } = 4;

    /// <summary>The window that <c>values</c> speaks of, with a value for each <see cref="Step"/>; null: <c>values</c> has the one value.</summary>
    public TimeSpan? Range { get; init; }
    public TimeSpan Step { get; init; } = TimeSpan.FromSeconds(15);
}

/// <summary>Several metrics of both versions compared by ranks, scored and weighed as Kayenta does. Looked at again and again it has no promised false-alarm rate.</summary>
public sealed record RankSpec
{
    public required string Source { get; init; }
    public required IReadOnlyList<RankedMetric> Metrics { get; init; }
    public TimeSpan Step { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often all values since the beginning are compared.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(5);
    public double Confidence { get; init; } = 0.98;
    public double Tolerance { get; init; } = 0.25;
    public double Pass { get; init; } = 95;
    public double Marginal { get; init; } = 75;
    public IReadOnlyDictionary<string, double> GroupWeights { get; init; } = new Dictionary<string, double>();
}

public sealed record RankedMetric
{
    public required string Name { get; init; }
    public required string Query { get; init; }
    public string? Value { get; init; }
    public MetricDirection Direction { get; init; }
    public NanStrategy NanStrategy { get; init; }
    public string Group { get; init; } = "all";
    public bool Critical { get; init; }
    public bool MustHaveData { get; init; }
}
