namespace Slipway.Core.Analysis;

/// <summary>Units and bad units of both arms over several bins.</summary>
public readonly record struct Totals
{
    private readonly Sums all, warmUp;
    private readonly SlowUnits slow, slowOfWarmUps;
    private readonly BadSeconds seconds;

    private Totals(in Sums all, in Sums warmUp, SlowUnits slow, SlowUnits slowOfWarmUps, BadSeconds seconds, long? since)
    {
        (this.all, this.warmUp, this.slow, this.slowOfWarmUps, this.seconds) = (all, warmUp, slow, slowOfWarmUps, seconds);
        Since = since;
    }

    public double CanaryUnits => all.CanaryUnits;
    public double CanaryBad => all.CanaryBad;
    public double StableUnits => all.StableUnits;
    public double StableBad => all.StableBad;

    /// <summary>Seconds in which a bad unit of the canary began, or was beyond its limit still.</summary>
    public int CanaryBadSeconds => seconds.Count;

    /// <summary>Of what is bad on the canary in bins that are not settled.</summary>
    public SlowUnits CanarySlow => slow;

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
    public double RateDifference => all.Excess / all.Exposure;

    /// <summary>Those of bins of a warm-up alone.</summary>
    internal Totals OfWarmUps => new(warmUp, warmUp, slowOfWarmUps, slowOfWarmUps, seconds, Since);

    /// <summary>Those of all other bins.</summary>
    internal Totals OutsideWarmUps => new(all.Less(warmUp), default, slow with { Open = slow.Open - slowOfWarmUps.Open }, default, seconds, Since);

    /// <summary>More of the evidence is of warm-ups than of other bins.</summary>
    internal bool IsOfWarmUps => warmUp.Excess > all.Excess - warmUp.Excess;

    internal Totals Plus(in Bin bin)
    {
        var sums = Sums.Of(bin);
        return new(
            all.Plus(sums), bin.IsWarmUp ? warmUp.Plus(sums) : warmUp,
            slow.With(bin.CanarySlow), bin.IsWarmUp ? slowOfWarmUps.With(bin.CanarySlow) : slowOfWarmUps,
            bin.CanaryBad > 0 ? seconds.Plus(bin.Second, bin.CanarySlow.Seconds) : seconds, Since);
    }

    /// <summary>Where they stand now, to tell later what has come since. Bins that are settled have nothing open.</summary>
    internal Mark MarkAt(long second) => new(all, seconds.Count, second);

    internal Sums MarkOfWarmUps => warmUp;

    internal Totals After(in Mark mark, in Sums ofWarmUps) => new(all.Less(mark.All), warmUp.Less(ofWarmUps), slow, slowOfWarmUps, seconds with { Count = seconds.Count - mark.BadSeconds }, mark.Since);

    /// <summary>As <see cref="After(in Mark, in Sums)"/>.</summary>
    internal Totals After(in Totals start) => new(all.Less(start.all), warmUp.Less(start.warmUp), slow, slowOfWarmUps, seconds.After(start.seconds), start.Since);

    internal readonly record struct Mark(Sums All, int BadSeconds, long? Since);

    internal readonly record struct Sums(double CanaryUnits, double CanaryBad, double StableUnits, double StableBad, double Excess, double Exposure)
    {
        public static Sums Of(in Bin bin) => new(
            bin.CanaryUnits, bin.CanaryBad, bin.StableUnits, bin.StableBad,
            bin.CanaryBad - (bin.Share * (bin.CanaryBad + bin.StableBad)), (bin.CanaryUnits + bin.StableUnits) * bin.Share * (1 - bin.Share));

        public Sums Plus(in Sums other) => new(
            CanaryUnits + other.CanaryUnits, CanaryBad + other.CanaryBad, StableUnits + other.StableUnits, StableBad + other.StableBad, Excess + other.Excess, Exposure + other.Exposure);

        public Sums Less(in Sums other) => new(
            CanaryUnits - other.CanaryUnits, CanaryBad - other.CanaryBad, StableUnits - other.StableUnits, StableBad - other.StableBad, Excess - other.Excess, Exposure - other.Exposure);
    }
}

/// <summary>
/// Seconds with something bad in them, each once. What is bad for longer than a second is in each of them: a request that hangs is no shorter trouble than requests that are slow in each second.
/// </summary>
/// <param name="Next">The first second that is not among them yet; null: none is.</param>
internal readonly record struct BadSeconds(int Count, long? Next)
{
    /// <param name="lasted">Whole seconds from then on.</param>
    public BadSeconds Plus(long second, int lasted)
    {
        var (first, end) = (Math.Max(second, Next ?? second), second + Math.Max(1, lasted));
        return end > first ? new(Count + (int)(end - first), end) : this;
    }

    public BadSeconds After(in BadSeconds start) => this with { Count = Count - start.Count };
}
