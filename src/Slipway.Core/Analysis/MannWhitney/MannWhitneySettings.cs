namespace Slipway.Core.Analysis.MannWhitney;

/// <summary>Which difference of the canary is a bad one.</summary>
public enum MetricDirection { Either, Increase, Decrease }

/// <summary>What NaN means, which sources give for a time without a value.</summary>
public enum NanStrategy
{
    /// <summary>The value is missing.</summary>
    Remove,

    /// <summary>Nothing happened: zero.</summary>
    Replace,
}

public enum MetricComparison
{
    /// <summary>By ranks: <see cref="RankTest"/>.</summary>
    Ranks,

    /// <summary>The greater mean is the higher one, however little the difference is: not a test, but a yardstick for tests.</summary>
    Means,
}

/// <summary>How strictly metrics are judged together. The defaults are Kayenta's.</summary>
public sealed record MannWhitneySettings
{
    /// <summary>Of the interval of the shift, two-sided, in (0, 1).</summary>
    public double Confidence { get; init; } = 0.98;

    /// <summary>A shift counts when its whole interval lies farther from zero than this part of its own estimate.</summary>
    public double Tolerance { get; init; } = 0.25;

    /// <summary>The least score that passes, 0 to 100.</summary>
    public double Pass { get; init; } = 95;

    /// <summary>The least score that is inconclusive instead of failed; at most <see cref="Pass"/>.</summary>
    public double Marginal { get; init; } = 75;

    /// <summary>Percent of the score by group; groups that are not named share what is left of 100.</summary>
    public IReadOnlyDictionary<string, double> GroupWeights { get; init; } = new Dictionary<string, double>();
}

/// <summary>One metric: its values of both versions, and what they mean.</summary>
public sealed record MannWhitneyMetric
{
    public required string Name { get; init; }

    /// <summary>
    /// Kayenta's experiment: values at regular times, NaN for a time without one. As with Kayenta, differences below some 0.0001 cannot be told apart: give rates in percent and times in
    /// milliseconds.
    /// </summary>
    public required IReadOnlyList<double> Canary { get; init; }

    /// <summary>Kayenta's control: the stable version's values, or its baseline's. The two need not be of the same number.</summary>
    public required IReadOnlyList<double> Stable { get; init; }

    public IReadOnlyList<string> Groups { get; init; } = ["all"];
    public MetricComparison Comparison { get; init; }
    public MetricDirection Direction { get; init; }
    public NanStrategy NanStrategy { get; init; }
    public OutlierStrategy Outliers { get; init; }

    /// <summary>How far the fences of outliers lie.</summary>
    public double OutlierFactor { get; init; } = 3;

    public EffectLimits Effect { get; init; } = new();

    /// <summary>If this metric does not pass, the score is 0.</summary>
    public bool IsCritical { get; init; }

    /// <summary>Without data it fails like one that is High, instead of being left out of the score.</summary>
    public bool MustHaveData { get; init; }

    /// <summary>It is judged and shown, and left out of the score.</summary>
    public bool IsMuted { get; init; }
}
