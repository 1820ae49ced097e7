namespace Slipway.Core.Analysis;

/// <summary>
/// The judge against itself: one hour of a version's instances, the first half judged as a canary is against the second. Both run the same, so every alarm is one too many, or trouble of
/// single instances. Not safe for several threads at once.
/// </summary>
/// <remarks>A request's half is not drawn with a known chance, so the share of a bin is that of its units: see <see cref="Bin.FromCounts"/>.</remarks>
public sealed class SelfWindow
{
    /// <summary>How long a window lasts.</summary>
    public const int Seconds = 3600;

    /// <summary>Seconds of a bin: with little traffic a single second seldom has requests at both halves.</summary>
    public const int BinSeconds = 10;

    /// <summary>A quarter of an hour with requests at both halves: less says too little of how they differ.</summary>
    private const int BinsForDispersion = 90;
    private readonly SequentialTest test;
    private readonly List<HalvesBin> bins = [];

    /// <param name="began">Unix second.</param>
    /// <param name="settings">Those of the lane's rollouts. There is one test here, which has the whole of the false-alarm rate.</param>
    public SelfWindow(long began, AnalysisSettings settings)
    {
        Began = began;
        test = new(settings.FalseAlarmRate, 1, settings.Tolerate, settings.TolerateAbsolute);
    }

    public long Began { get; }

    /// <summary>Seconds in which both halves had requests, to a bin.</summary>
    public long Watched => (long)bins.Count * BinSeconds;

    /// <summary>What the alarm rests on; null: there was none.</summary>
    public Decision? Alarm => test.Decision;

    /// <summary>φ of the two halves, at least 1; null: too little was seen.</summary>
    public double? Dispersion => bins.Count < BinsForDispersion ? null : Analysis.Dispersion.Estimate(bins);

    /// <summary>Whether a bin that begins at this second belongs to another window.</summary>
    public bool IsOver(long second) => second >= Began + Seconds;

    /// <summary>Takes in a bin; bins come in the order of their seconds.</summary>
    /// <param name="routers">What each router counted. One whose requests all came to one half has nothing to compare.</param>
    public void Fold(long second, IEnumerable<HalvesBin> routers)
    {
        var sum = default(HalvesBin);
        foreach (var router in routers.Where(Compares))
        {
            // A bin that cannot be is refused, and then it has not been watched.
            if (test.Fold(Bin.FromCounts(second, router.FirstUnits, router.FirstBad, router.SecondUnits, router.SecondBad)) is null)
            {
                sum = new(sum.FirstUnits + router.FirstUnits, sum.FirstBad + router.FirstBad, sum.SecondUnits + router.SecondUnits, sum.SecondBad + router.SecondBad);
            }
        }

        if (sum.FirstUnits > 0)
        {
            bins.Add(sum);
        }
    }

    public static bool Compares(HalvesBin router) => router is { FirstUnits: > 0, SecondUnits: > 0 };

    /// <summary>The alarm in a sentence; null: there was none.</summary>
    public string? Words => test.Decision is { Totals: var totals } decision
        ? $"{JudgeWords.Percent(totals.CanaryRate)} of {totals.CanaryUnits:0} requests bad at one half of the instances, {JudgeWords.Percent(totals.StableRate)} of {totals.StableUnits:0} at the other, "
            + $"after {JudgeWords.Duration(decision.Second - Began + BinSeconds)}"
        : null;
}
