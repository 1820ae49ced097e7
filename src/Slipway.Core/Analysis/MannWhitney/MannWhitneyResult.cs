namespace Slipway.Core.Analysis.MannWhitney;

public enum MetricClassification
{
    Pass,
    High,
    Low,

    /// <summary>There are no values of one version, or of neither.</summary>
    Nodata,

    /// <summary>The same of a metric that must have data; Kayenta's <c>NodataFailMetric</c>.</summary>
    NodataFail,

    /// <summary>There are values that cannot be compared.</summary>
    Error,

    /// <summary>One version has fewer values than <see cref="RankTest.LeastValues"/>: nothing that they show can be certain.</summary>
    TooFew,
}

/// <summary>What the metrics come to.</summary>
/// <param name="Verdict">Passed, Failed, or Inconclusive: a marginal score, something that could not be judged, or nothing to judge.</param>
/// <param name="Score">0 to 100, to two decimals.</param>
/// <param name="Reason">One sentence: what decides.</param>
public sealed record MannWhitneyResult(Verdict Verdict, double Score, string Reason, IReadOnlyList<GroupScore> Groups, IReadOnlyList<MetricResult> Metrics);

/// <param name="Score">The share of passed metrics among those with data, in percent; null: none has data, which takes nothing off the score.</param>
/// <param name="Weight">Percent of the whole.</param>
public sealed record GroupScore(string Name, double? Score, double Weight);

/// <summary>What one metric shows.</summary>
public sealed record MetricResult
{
    public required string Name { get; init; }
    public required MetricClassification Classification { get; init; }

    /// <summary>The classification in words, with its numbers.</summary>
    public required string Reason { get; init; }
    public IReadOnlyList<string> Groups { get; init; } = ["all"];

    /// <summary>It is critical and does not pass: it makes the whole fail.</summary>
    public bool IsCriticalFailure { get; init; }
    public bool IsMuted { get; init; }

    /// <summary>Both versions gave at least one number, before anything was replaced.</summary>
    public bool HasNumbers { get; init; }

    /// <summary>Mean of the canary over mean of stable; 1 where nothing was compared; null: one of the means is zero.</summary>
    public double? Deviation { get; init; } = 1;

    /// <summary>In the measure that was asked for; null: not compared, or not known.</summary>
    public double? EffectSize { get; init; }

    /// <summary>How far the canary's values lie above stable's, in the metric's unit; null: not compared by ranks.</summary>
    public ShiftInterval? Shift { get; init; }

    /// <summary>After what was removed and replaced; null: no values.</summary>
    public double? CanaryMean { get; init; }
    public double? StableMean { get; init; }

    /// <summary>How many values were compared.</summary>
    public int CanaryCount { get; init; }
    public int StableCount { get; init; }

    internal string Values => $"{CanaryCount} {(CanaryCount == 1 ? "value" : "values")} of the canary and {StableCount} of stable";
}
