namespace Slipway.Core.Analysis;

/// <summary>One test of an analysis with all that its verdict needs; bounded however long it runs, and the same for the same bins.</summary>
internal sealed class CheckState
{
    public CheckState(TestPlan plan, AnalysisSettings settings, int tests, CostTable table)
    {
        Plan = plan;
        Settings = settings;
        Test = new SequentialTest(settings.FalseAlarmRate, tests, settings.Tolerate, settings.TolerateAbsolute, settings.Dispersion, plan.LeastBadSeconds, table);
    }

    public TestPlan Plan { get; }
    public AnalysisSettings Settings { get; }
    public SequentialTest Test { get; }

    /// <summary>Of all that has been counted outside of warm-ups; of what was known at the decision once the test has failed.</summary>
    public RatioLikelihood Likelihood { get; private set; } = new();

    /// <summary>The same, of warm-ups.</summary>
    public RatioLikelihood WarmUpLikelihood { get; private set; } = new();
    public LastHour StableHour { get; } = new();

    /// <summary>Null for errors, and for latency until it is fixed.</summary>
    public LatencyThreshold? Threshold { get; set; }

    /// <summary>Of the latencies that its threshold is read from, how many are known; 0 once it is fixed.</summary>
    public long CalibratedOn { get; set; }

    /// <summary>Why counts were refused, the first time; a check that lacks counts never passes.</summary>
    public string? Refusal { get; private set; }
    public long? LastSecond { get; private set; }

    public bool Judges(long second) => Plan.Quantile is null || (Threshold is { } threshold && second >= threshold.FromSecond);

    public void Refuse(string reason) => Refusal ??= reason;

    public void Fold(in Bin bin)
    {
        if (Test.BeganAt is null && bin is { Share: 0, CanaryUnits: 0 })
        {
            // Before the canary's first request there is nothing to compare: these seconds only say how stable is.
            StableHour.Add(bin.Second, bin.StableUnits, bin.StableBad);
            return;
        }

        var hadFailed = Test.Decision is not null;
        if (Test.Fold(bin) is { } refusal)
        {
            Refuse($"{refusal} (second {bin.Second})");
            return;
        }

        if (!bin.IsWarmUp)
        {
            LastSecond = bin.Second;
            StableHour.Add(bin.Second, bin.StableUnits, bin.StableBad);
        }

        if (!hadFailed)
        {
            Add(bin, bin.IsWarmUp ? WarmUpLikelihood : Likelihood);
        }
    }

    /// <summary>Fails by seconds that are over but open, as <paramref name="ahead"/> did; what is told of it is what is known of them.</summary>
    public void FailAhead(SequentialTest ahead, IEnumerable<Bin> known)
    {
        (var totals, Likelihood, WarmUpLikelihood) = With(known);
        Test.FailAhead(ahead, totals);
    }

    /// <summary>All that has been counted, and these bins besides; nothing is taken in.</summary>
    public (Totals Totals, RatioLikelihood Likelihood, RatioLikelihood OfWarmUps) With(IEnumerable<Bin> known)
    {
        var totals = Test.Totals;
        var (likelihood, ofWarmUps) = (Likelihood.Copy(), WarmUpLikelihood.Copy());
        foreach (var bin in known)
        {
            totals = totals.Plus(bin);
            Add(bin, bin.IsWarmUp ? ofWarmUps : likelihood);
        }

        return (totals, likelihood, ofWarmUps);
    }

    private void Add(in Bin bin, RatioLikelihood likelihood) =>
        likelihood.Add(bin.Share, bin.CanaryBad / Settings.Dispersion, bin.StableBad / Settings.Dispersion);
}

/// <summary>Units and bad units of the last hour, in twelve spans of five minutes.</summary>
internal sealed class LastHour
{
    private const int Spans = 12;
    private const int SpanSeconds = 300;
    private readonly (long Span, double Units, double Bad)[] ring = new (long, double, double)[Spans];
    private long newest;

    public void Add(long second, double units, double bad)
    {
        if (units <= 0)
        {
            return;
        }

        var span = Floor(second, SpanSeconds);
        ref var slot = ref ring[(int)(span - (Floor(span, Spans) * Spans))];
        slot = slot.Units > 0 && slot.Span == span ? (span, slot.Units + units, slot.Bad + bad) : (span, units, bad);
        newest = span;
    }

    public (double Units, double Bad) Sum()
    {
        double units = 0, bad = 0;
        foreach (var slot in ring)
        {
            var isRecent = slot.Units > 0 && slot.Span > newest - Spans;
            units += isRecent ? slot.Units : 0;
            bad += isRecent ? slot.Bad : 0;
        }

        return (units, bad);
    }

    private static long Floor(long value, long by) => (value / by) - (value % by < 0 ? 1 : 0);
}
