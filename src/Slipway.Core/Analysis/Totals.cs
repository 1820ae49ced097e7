namespace Slipway.Core.Analysis;

/// <summary>Units and bad units of both arms over several bins.</summary>
public readonly record struct Totals
{
    public double CanaryUnits { get; init; }
    public double CanaryBad { get; init; }
    public double StableUnits { get; init; }
    public double StableBad { get; init; }

    /// <summary>Bins with a bad unit of the canary.</summary>
    public int CanaryBadBins { get; init; }

    /// <summary>The second from which it is counted; null: from the beginning.</summary>
    public long? Since { get; init; }

    /// <summary>NaN without units.</summary>
    public double CanaryRate => CanaryBad / CanaryUnits;

    /// <summary>NaN without units.</summary>
    public double StableRate => StableBad / StableUnits;

    /// <summary>
    /// The canary's rate less the stable's, bin by bin: Σ(s_c − ρ·s) / Σ n·ρ·(1−ρ). The difference of the pooled rates would be wrong as soon as weights and the common
    /// rate move together (Simpson's paradox). NaN without units.
    /// </summary>
    public double RateDifference => Excess / Exposure;

    private double Excess { get; init; }
    private double Exposure { get; init; }

    internal Totals Plus(in Bin bin) => new()
    {
        CanaryUnits = CanaryUnits + bin.CanaryUnits,
        CanaryBad = CanaryBad + bin.CanaryBad,
        StableUnits = StableUnits + bin.StableUnits,
        StableBad = StableBad + bin.StableBad,
        CanaryBadBins = CanaryBadBins + (bin.CanaryBad > 0 ? 1 : 0),
        Excess = Excess + bin.CanaryBad - (bin.Share * (bin.CanaryBad + bin.StableBad)),
        Exposure = Exposure + ((bin.CanaryUnits + bin.StableUnits) * bin.Share * (1 - bin.Share)),
        Since = Since,
    };

    internal Totals After(in Totals start) => new()
    {
        CanaryUnits = CanaryUnits - start.CanaryUnits,
        CanaryBad = CanaryBad - start.CanaryBad,
        StableUnits = StableUnits - start.StableUnits,
        StableBad = StableBad - start.StableBad,
        CanaryBadBins = CanaryBadBins - start.CanaryBadBins,
        Excess = Excess - start.Excess,
        Exposure = Exposure - start.Exposure,
        Since = start.Since,
    };
}
