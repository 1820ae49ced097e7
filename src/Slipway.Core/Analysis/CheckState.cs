namespace Slipway.Core.Analysis;

/// <summary>One test of an analysis with all that its verdict needs; bounded however long it runs, and the same for the same bins.</summary>
internal sealed class CheckState
{
    public CheckState(TestPlan plan, AnalysisSettings settings, int tests, CostTable table)
    {
        Plan = plan;
        Settings = settings;
        Test = new SequentialTest(settings.FalseAlarmRate, tests, settings.Tolerate, settings.TolerateAbsolute, settings.Dispersion, table);
    }

    public TestPlan Plan { get; }
    public AnalysisSettings Settings { get; }
    public SequentialTest Test { get; }
    public RatioLikelihood Likelihood { get; } = new();
    public LastHour StableHour { get; } = new();

    /// <summary>Null for errors, and for latency until it is fixed.</summary>
    public LatencyThreshold? Threshold { get; set; }

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

        if (Test.Fold(bin) is { } refusal)
        {
            Refuse($"{refusal} (second {bin.Second})");
            return;
        }

        LastSecond = bin.Second;
        Likelihood.Add(bin.Share, bin.CanaryBad / Settings.Dispersion, bin.StableBad / Settings.Dispersion);
        StableHour.Add(bin.Second, bin.StableUnits, bin.StableBad);
    }
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
