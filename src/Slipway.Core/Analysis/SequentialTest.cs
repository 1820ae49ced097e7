namespace Slipway.Core.Analysis;

/// <summary>
/// The one-sided test of one check: may be looked at after every bin, and over its whole life alarms with probability at most α/K while the canary's bad rate is at most
/// r0 = 1 + <c>tolerate</c> times the stable's. Each bad unit is a trial that falls on the canary with probability at most θ = ρ·r0/(ρ·r0 + 1 − ρ), because the router drew its
/// arm with probability ρ and nothing else about it; so failures that cluster in time, and rates that move for both arms, change nothing. See <see cref="RestartingMixture"/>.
/// </summary>
/// <remarks>Lindon, Sanden, Shirikian, Rapid regression detection in software deployments (arXiv 2205.14762). Not safe for several threads at once.</remarks>
public sealed class SequentialTest
{
    private readonly RestartingMixture mixture = new();
    private readonly CostTable table;
    private readonly Totals.Mark[] since = new Totals.Mark[RestartingMixture.Alternatives];

    /// <summary>Null: no warm-up has been counted.</summary>
    private Totals.Sums[]? warmUpsSince;
    private readonly double margin;
    private readonly double tolerateAbsolute;
    private readonly double perUnit;
    private int leastBadSeconds;
    private Totals totals;
    private long lastSecond = long.MinValue;

    /// <param name="falseAlarmRate">α of the whole rollout, in (0, 0.5].</param>
    /// <param name="tests">K: how many tests share α.</param>
    /// <param name="tolerate">A ratio up to 1 + this is tolerated.</param>
    /// <param name="tolerateAbsolute">An alarm is withheld while the difference of the observed rates is below this.</param>
    /// <param name="dispersion">φ ≥ 1: counts are divided by it.</param>
    /// <param name="leastBadSeconds">An alarm is withheld while bad units of the canary lasted for fewer seconds: <see cref="Totals.CanaryBadSeconds"/>.</param>
    public SequentialTest(double falseAlarmRate, int tests = 1, double tolerate = 0, double tolerateAbsolute = 0, double dispersion = 1, int leastBadSeconds = 0)
        : this(falseAlarmRate, tests, tolerate, tolerateAbsolute, dispersion, leastBadSeconds, new CostTable())
    {
    }

    internal SequentialTest(double falseAlarmRate, int tests, double tolerate, double tolerateAbsolute, double dispersion, int leastBadSeconds, CostTable table)
    {
        if (!(falseAlarmRate is > 0 and <= 0.5))
        {
            throw new ArgumentOutOfRangeException(nameof(falseAlarmRate), falseAlarmRate, "A false-alarm rate lies in (0, 0.5].");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(tests, 1);
        if (!(tolerate >= 0 && double.IsFinite(tolerate)) || !(tolerateAbsolute >= 0) || !(dispersion >= 1 && double.IsFinite(dispersion)))
        {
            throw new ArgumentOutOfRangeException(nameof(tolerate), $"Tolerances are not negative and a dispersion is at least 1 (got {tolerate}, {tolerateAbsolute}, {dispersion}).");
        }

        Limit = tests / falseAlarmRate;
        margin = 1 + tolerate;
        this.tolerateAbsolute = tolerateAbsolute;
        perUnit = 1 / dispersion;
        this.leastBadSeconds = leastBadSeconds;
        this.table = table;
    }

    /// <summary>K/α: the evidence that decides.</summary>
    public double Limit { get; }

    /// <summary>What the test has failed on; null while it has not. Once decided it stays so.</summary>
    public Decision? Decision { get; private set; }

    /// <summary>The second of the bin that decided.</summary>
    public long? FailedAt => Decision?.Second;

    /// <summary>The second of the first bin that could hold evidence.</summary>
    public long? BeganAt => mixture.HasBegun ? mixture.Anchor : null;

    /// <summary>All that has been counted.</summary>
    public Totals Totals => totals;

    /// <summary>
    /// What was counted since the start of those copies that carry most of the evidence: a regression that began late is not thinned by the healthy time before it.
    /// </summary>
    public Totals TotalsOfEvidence => mixture.HasBegun ? OfEvidence(totals) : totals;

    /// <summary>The evidence has reached the limit, whether or not an alarm is withheld.</summary>
    public bool IsBeyondLimit => mixture.Reaches(Limit);

    /// <summary>The natural logarithm of E.</summary>
    public double LogEvidence => mixture.LogEvidence();

    /// <summary>
    /// Takes in a bin; bins come in order of their seconds (several of one second are several bins). The answer says why a bin is refused; a refused one changes nothing.
    /// </summary>
    public string? Fold(in Bin bin)
    {
        if (!bin.IsSound || bin.Second < lastSecond || (mixture.HasBegun && bin.Second - mixture.Anchor > LongestSeconds))
        {
            return bin.Refusal() ?? (bin.Second < lastSecond
                ? $"second {bin.Second} comes after second {lastSecond}"
                : $"second {bin.Second} is more than a year after the first");
        }

        lastSecond = bin.Second;
        var hasEvidence = bin.Share is > 0 and < 1;
        if (hasEvidence && mixture.IsRestartDue(bin.Second))
        {
            StartCopies(bin.Second);
        }

        totals = totals.Plus(bin);
        if (!hasEvidence)
        {
            return null;
        }

        var bad = bin.CanaryBad + bin.StableBad;
        if (bad > 0)
        {
            var odds = bin.Share * margin;
            mixture.Fold(bin.CanaryBad * perUnit, bad * perUnit, table.For(odds / (odds + 1 - bin.Share)));
        }

        if ((bad > 0 || tolerateAbsolute > 0) && FailedAt is null && mixture.Reaches(Limit) && IsPastTolerance(TotalsOfEvidence))
        {
            Decision = new(bin.Second, totals, TotalsOfEvidence, LogEvidence);
        }

        return null;
    }

    /// <summary>Copies are started one by one over a gap, so a gap is bounded.</summary>
    internal const long LongestSeconds = 366L * 86400;

    internal void CopyFrom(SequentialTest other)
    {
        mixture.CopyFrom(other.mixture);
        other.since.CopyTo(since, 0);
        warmUpsSince = (Totals.Sums[]?)other.warmUpsSince?.Clone();
        (totals, lastSecond, Decision, leastBadSeconds) = (other.totals, other.lastSecond, other.Decision, other.leastBadSeconds);
    }

    /// <summary>Decided by bins of which the outcomes still open could only add evidence; see <see cref="RunningAnalysis"/>.</summary>
    /// <param name="ahead">The copy of this test that failed on them.</param>
    /// <param name="known">What is known up to the second that decided, without the outcomes still open.</param>
    internal void FailAhead(SequentialTest ahead, in Totals known) =>
        Decision ??= ahead.Decision! with { Totals = known, OfEvidence = ahead.OfEvidence(known) };

    private Totals OfEvidence(in Totals all) => mixture.Strongest() is var strongest && warmUpsSince is { } warmUps ? all.After(since[strongest], warmUps[strongest]) : all.After(since[strongest], default);

    private void StartCopies(long second)
    {
        var renewed = mixture.StartCopies(second);
        for (var j = 0; renewed != 0 && j < since.Length; j++)
        {
            if ((renewed & (1u << j)) != 0)
            {
                since[j] = totals.MarkAt(second);
                if (warmUpsSince is not null || totals.MarkOfWarmUps != default)
                {
                    (warmUpsSince ??= new Totals.Sums[since.Length])[j] = totals.MarkOfWarmUps;
                }
            }
        }
    }

    // An alarm needs E ≥ K/α and this besides, so this can only make alarms rarer. An arm without units has no rate: no alarm then.
    private bool IsPastTolerance(in Totals known) => known.CanaryBadSeconds >= leastBadSeconds && (tolerateAbsolute <= 0 || known.RateDifference >= tolerateAbsolute);
}

/// <summary>What a test failed on: the second that decided, and the counts and the evidence up to it.</summary>
/// <param name="OfEvidence">Those since the start of the copies that carried most of the evidence.</param>
/// <param name="LogEvidence">Natural logarithm.</param>
public sealed record Decision(long Second, Totals Totals, Totals OfEvidence, double LogEvidence);
