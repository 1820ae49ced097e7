namespace Slipway.Core.Analysis.MannWhitney;

public enum EffectMeasure
{
    /// <summary>Mean of the canary over mean of stable; 1: no difference.</summary>
    MeanRatio,

    /// <summary>The share of pairs in which the canary's value is the greater one (<see cref="RankTest.CommonLanguageEffect"/>); ½: no difference.</summary>
    CommonLanguage,
}

/// <summary>
/// How great a difference must be besides being certain. Null: the measure's value for no difference, so that any certain difference counts whose effect points the same way.
/// </summary>
public sealed record EffectLimits
{
    public EffectMeasure Measure { get; init; }

    /// <summary>High only with at least this effect.</summary>
    public double? AllowedIncrease { get; init; }

    /// <summary>Low only with at most this effect.</summary>
    public double? AllowedDecrease { get; init; }

    /// <summary>A critical metric that is High fails the whole only with at least this effect.</summary>
    public double? CriticalIncrease { get; init; }

    /// <summary>A critical metric that is Low fails the whole only with at most this effect.</summary>
    public double? CriticalDecrease { get; init; }

    internal double NoEffect => Measure == EffectMeasure.MeanRatio ? 1 : 0.5;
}

internal static class Effect
{
    /// <summary>The mean, corrected by the mean of what is left over, so that rounding does not decide at a limit. NaN of no values.</summary>
    public static double Mean(IReadOnlyList<double> values)
    {
        var mean = values.Sum() / values.Count;
        return mean + (values.Sum(value => value - mean) / values.Count);
    }

    /// <summary>Null: a mean is zero, so there is no ratio.</summary>
    public static double? MeanRatio(double canaryMean, double stableMean) => canaryMean == 0 || stableMean == 0 ? null : canaryMean / stableMean;
}
