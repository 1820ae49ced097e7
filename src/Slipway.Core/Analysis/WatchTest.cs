namespace Slipway.Core.Analysis;

/// <summary>
/// After the switch there is no stable arm: the same construction tests the new version's bad rate against r0·p0, where p0 is the upper end of the stable arm's 99 % interval
/// over the last hour before. That hour may not be like this one, so what it decides is always an estimate and stands outside the rollout's false-alarm rate.
/// A few units, or none, bound nothing: their interval ends so high that any version is well below. So p0 is at most twice what stable had, or twice what is acceptable if that is more.
/// </summary>
public sealed class WatchTest
{
    /// <summary>1/0.01, the level of the interval whose upper end is p0.</summary>
    public const double StableLimit = 100;

    private const double MostAboveSeen = 2;

    // Odds of a probability of one have no bound; above this the rate is as bad as can be seen.
    private const double HighestRate = 0.999;
    private readonly RestartingMixture mixture = new();
    private readonly double[] costs = new double[RestartingMixture.Alternatives];
    private readonly double tolerateAbsolute;
    private readonly int leastBadSeconds;
    private readonly Start[] since = new Start[RestartingMixture.Alternatives];
    private BadSeconds badSeconds;
    private SlowUnits slowest;
    private long lastSecond = long.MinValue;

    /// <param name="stableUnits">Units of the stable arm in the last hour before the switch.</param>
    /// <param name="stableBad">Those of them that were bad.</param>
    /// <param name="acceptable">Bad rate that is well whatever stable's was.</param>
    /// <param name="leastBadSeconds">An alarm is withheld while bad units lasted for fewer seconds.</param>
    public WatchTest(double falseAlarmRate, int tests, double tolerate, double tolerateAbsolute, double stableUnits, double stableBad, double acceptable, int leastBadSeconds = 0)
    {
        if (!(falseAlarmRate is > 0 and <= 0.5) || tests < 1 || !(tolerate >= 0 && double.IsFinite(tolerate)) || !(tolerateAbsolute >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(falseAlarmRate), $"No watch with rate {falseAlarmRate}, {tests} tests, tolerances {tolerate} and {tolerateAbsolute}.");
        }

        Limit = tests / falseAlarmRate;
        StableUnits = stableUnits;
        StableBad = stableBad;
        StableRate = stableUnits > 0 ? stableBad / stableUnits : null;
        var upper = stableUnits > 0 ? RateBound.Upper(stableUnits, stableBad, StableLimit) : 1;
        var most = MostAboveSeen * Math.Max(StableRate ?? 0, acceptable);
        IsLittleKnown = most > 0 && most < upper;
        StableUpper = IsLittleKnown ? most : upper;
        Reference = Math.Min(HighestRate, StableUpper * (1 + tolerate));
        this.tolerateAbsolute = tolerateAbsolute;
        this.leastBadSeconds = leastBadSeconds;
        RestartingMixture.FillCosts(Reference, costs);
    }

    public double Limit { get; }
    public double StableUnits { get; }
    public double StableBad { get; }

    /// <summary>Null: it had no units.</summary>
    public double? StableRate { get; }

    /// <summary>p0.</summary>
    public double StableUpper { get; }

    /// <summary>p0 is not the end of stable's interval: there were too few units for one that says anything.</summary>
    public bool IsLittleKnown { get; }

    /// <summary>r0·p0: the rate that is still tolerated.</summary>
    public double Reference { get; }

    public double Units { get; private set; }
    public double Bad { get; private set; }

    /// <summary>What the test has failed on; null while it has not. Once decided it stays so.</summary>
    public WatchDecision? Decision { get; private set; }

    /// <summary>The second of the bin that decided.</summary>
    public long? FailedAt => Decision?.Second;
    public long? BeganAt => mixture.HasBegun ? mixture.Anchor : null;
    public double LogEvidence => mixture.LogEvidence();

    /// <summary>Takes in one bin; the answer says why it is refused.</summary>
    /// <param name="slow">Of a latency: how long what was slow took.</param>
    public string? Fold(long second, double units, double bad, SlowUnits slow = default)
    {
        var bin = new Bin(second, 1, units, bad, 0, 0);
        if (!bin.IsSound || second < lastSecond || (mixture.HasBegun && second - mixture.Anchor > SequentialTest.LongestSeconds))
        {
            return bin.Refusal() ?? $"second {second} does not follow second {lastSecond}";
        }

        lastSecond = second;
        if (mixture.IsRestartDue(second))
        {
            var renewed = mixture.StartCopies(second);
            for (var j = 0; j < since.Length; j++)
            {
                since[j] = (renewed & (1u << j)) != 0 ? new(second, Units, Bad, badSeconds) : since[j];
            }
        }

        Units += units;
        Bad += bad;
        badSeconds = bad > 0 ? badSeconds.Plus(second, slow.Seconds) : badSeconds;
        slowest = slowest.With(slow);
        mixture.Fold(bad, units, costs);
        if (FailedAt is null && mixture.Reaches(Limit))
        {
            var start = since[mixture.Strongest()];
            var rate = (Bad - start.Bad) / (Units - start.Units);
            Decision = rate - StableUpper >= tolerateAbsolute && badSeconds.After(start.BadSeconds).Count >= leastBadSeconds
                ? new(second, Units, Bad, slowest, start.Second, rate, LogEvidence)
                : null;
        }

        return null;
    }

    /// <summary>Decided by bins of which the outcomes still open could only add evidence.</summary>
    internal void FailAhead(WatchDecision ahead) => Decision ??= ahead;

    internal void CopyFrom(WatchTest other)
    {
        mixture.CopyFrom(other.mixture);
        other.since.CopyTo(since, 0);
        (Units, Bad, badSeconds, slowest, lastSecond, Decision) = (other.Units, other.Bad, other.badSeconds, other.slowest, other.lastSecond, other.Decision);
    }

    /// <summary>Where a copy began, and what had been counted before it.</summary>
    private readonly record struct Start(long Second, double Units, double Bad, BadSeconds BadSeconds);
}

/// <summary>What the test of a watch failed on: the second that decided, and the counts and the evidence up to it.</summary>
/// <param name="Slow">Of a latency: how long what was slow took.</param>
/// <param name="Since">The start of the copies that carried most of the evidence.</param>
/// <param name="RateSince">The bad rate from there on.</param>
/// <param name="LogEvidence">Natural logarithm.</param>
public sealed record WatchDecision(long Second, double Units, double Bad, SlowUnits Slow, long Since, double RateSince, double LogEvidence);
