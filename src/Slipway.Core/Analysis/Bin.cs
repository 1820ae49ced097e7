namespace Slipway.Core.Analysis;

/// <summary>
/// What one check counted in one bin. Counts are doubles, because a source may extrapolate; they are finite, not negative and bad ≤ units, or the bin is refused.
/// </summary>
/// <param name="Second">When the bin's units started, in seconds; any origin, but one for all bins of an analysis.</param>
/// <param name="Share">ρ: the probability with which a unit of this bin was given to the canary, 0 to 1. At 0 and 1 the bin holds no evidence.</param>
/// <param name="CanaryUnits">Units given to the canary.</param>
/// <param name="CanaryBad">Those of them that were bad.</param>
/// <param name="StableUnits">Units given to the stable arm.</param>
/// <param name="StableBad">Those of them that were bad.</param>
public readonly record struct Bin(long Second, double Share, double CanaryUnits, double CanaryBad, double StableUnits, double StableBad)
{
    /// <summary>Of its bad units on the canary, what is known beside their number.</summary>
    public SlowUnits CanarySlow { get; init; }

    /// <summary>
    /// Its units are bad by the wider limit of a <see cref="WarmUp"/>: they may fail a version, and since what is slow by the limit in force otherwise is not among them, they show nobody to be well.
    /// </summary>
    public bool IsWarmUp { get; init; }

    /// <summary>More units than any bin can hold; a count above it is an error of its source.</summary>
    public const double MostUnits = 1e12;

    /// <summary>
    /// A bin from a source that does not know the assignment probability: ρ = n_c/(n_c+n_b). Given the units of both arms the canary's bad ones are then hypergeometric, which is
    /// smaller in convex order than the binomial that the test assumes (Hoeffding 1963, theorem 4), so that the test stays valid however few units a bin has.
    /// </summary>
    public static Bin FromCounts(long second, double canaryUnits, double canaryBad, double stableUnits, double stableBad) =>
        new(second, canaryUnits + stableUnits > 0 ? canaryUnits / (canaryUnits + stableUnits) : 0, canaryUnits, canaryBad, stableUnits, stableBad);

    /// <summary>Whether all numbers are possible; false for NaN, infinite, negative, absurd, and for more bad units than units.</summary>
    public bool IsSound =>
        CanaryBad >= 0 && CanaryBad <= CanaryUnits && CanaryUnits <= MostUnits
        && StableBad >= 0 && StableBad <= StableUnits && StableUnits <= MostUnits
        && Share >= 0 && Share <= 1;

    /// <summary>Why the bin is refused, in words; null when it is sound.</summary>
    public string? Refusal()
    {
        if (IsSound)
        {
            return null;
        }

        return ArmRefusal("canary", CanaryUnits, CanaryBad)
            ?? ArmRefusal("stable", StableUnits, StableBad)
            ?? $"the canary's share {Share} is not between 0 and 1";
    }

    private static string? ArmRefusal(string arm, double units, double bad) =>
        double.IsNaN(units) || double.IsNaN(bad) ? $"a count of the {arm} arm is not a number"
        : units < 0 || bad < 0 ? $"a count of the {arm} arm is negative ({units} units, {bad} bad)"
        : units > MostUnits ? $"{units:g3} units of the {arm} arm in one bin are more than can be"
        : bad > units ? $"{bad} bad of {units} units of the {arm} arm: more bad units than units"
        : null;
}

/// <summary>How long slow requests took, or have been in flight.</summary>
/// <param name="Seconds">Whole seconds that the slowest of them has been beyond the limit: trouble that goes on is not a moment's.</param>
/// <param name="Open">Those that have not been answered in full yet; 0 once their second is settled.</param>
/// <param name="Longest">Whole seconds that the oldest of these has been in flight.</param>
public readonly record struct SlowUnits(int Seconds, int Open = 0, int Longest = 0)
{
    internal bool IsNothing => Seconds == 0 && Open == 0;

    /// <summary>What is left to say when nobody looks any more at what becomes of those that are open.</summary>
    internal SlowUnits WhenSettled => new(Seconds);

    internal SlowUnits With(in SlowUnits other) => new(Math.Max(Seconds, other.Seconds), Open + other.Open, Math.Max(Longest, other.Longest));
}
