namespace Slipway.Core.Analysis;

/// <summary>One test's counts of one arm in one second. Bad never falls: what was certainly bad or slow once stays so, even if its client then goes away.</summary>
internal readonly record struct ArmCounts(int Units, int Bad, int Open)
{
    /// <summary>The newer counts, keeping what was certain.</summary>
    public ArmCounts Next(ArmCounts newer)
    {
        var good = newer.Units - newer.Bad - newer.Open;
        var bad = Math.Max(Bad, newer.Bad);
        return new(good + bad + newer.Open, bad, newer.Open);
    }

    public static ArmCounts Of(ArmSecond arm, double? threshold, out SlowUnits slowest)
    {
        slowest = default;
        if (threshold is not { } limit)
        {
            return new((int)arm.Units, (int)arm.Bad, (int)arm.Open);
        }

        // A finished latency is known to lie at or below its bucket's upper edge; an age that has reached the threshold can only grow beyond it.
        long units = 0, slow = 0, open = 0, hanging = 0;
        double longest = limit, oldest = 0;
        foreach (var (micros, count) in arm.Finished)
        {
            units += count;
            slow += micros > limit ? count : 0;
            longest = count > 0 ? Math.Max(longest, micros) : longest;
        }

        foreach (var (micros, count) in arm.InFlight)
        {
            units += count;
            hanging += micros >= limit ? count : 0;
            open += micros >= limit ? 0 : count;
            oldest = count > 0 ? Math.Max(oldest, micros) : oldest;
        }

        slowest = new(Seconds(Math.Max(longest, oldest) - limit), Int(hanging), Seconds(oldest));
        return new(Int(units), Int(slow + hanging), Int(open));

        static int Int(long count) => (int)Math.Min(count, int.MaxValue);
        static int Seconds(double micros) => (int)Math.Min(micros / 1e6, int.MaxValue);
    }
}

/// <summary>A second of which outcomes may still be missing.</summary>
internal sealed class OpenSecond(long second, long generation, double share, int tests, bool isWarmUp)
{
    public long Second { get; } = second;
    public long Generation { get; } = generation;
    public double Share { get; } = share;

    /// <summary>Known when its first requests are, and the same for all of them.</summary>
    public bool IsWarmUp { get; } = isWarmUp;
    /// <summary>By tests; seldom there is anything to tell.</summary>
    private SlowUnits[]? slow;

    public ArmCounts[] Canary { get; } = new ArmCounts[tests];
    public ArmCounts[] Stable { get; } = new ArmCounts[tests];
    public long Unknown { get; set; }

    /// <summary>Requests of the canary of which nothing is known if the second is settled now.</summary>
    public long CanaryUnknown => Unknown + Canary.Select(counts => (long)counts.Open).DefaultIfEmpty().Max();

    /// <summary>Kept only while latency thresholds are being read.</summary>
    public ArmSecond? Latencies { get; set; }

    /// <summary>Its latencies have been read already.</summary>
    public bool IsCalibrated { get; set; }

    /// <summary>What the second has come to by now, for one test.</summary>
    /// <param name="stable">Null: only the canary is looked at.</param>
    /// <param name="limit">Microseconds above which a request is slow; null: errors are counted.</param>
    public void Note(int test, ArmSecond canary, ArmSecond? stable, double? limit)
    {
        Canary[test] = Canary[test].Next(ArmCounts.Of(canary, limit, out var slowest));
        if (slow is not null || !slowest.IsNothing)
        {
            slow ??= new SlowUnits[Canary.Length];
            slow[test] = slowest with { Seconds = Math.Max(slow[test].Seconds, slowest.Seconds) };
        }

        if (stable is not null)
        {
            Stable[test] = Stable[test].Next(ArmCounts.Of(stable, limit, out _));
        }
    }

    public SlowUnits CanarySlow(int test) => slow?[test] ?? default;

    public bool IsComplete()
    {
        for (var i = 0; i < Canary.Length; i++)
        {
            if (Canary[i].Open > 0 || Stable[i].Open > 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The counts with what is still open left out: it is not known, so it is neither good nor bad.</summary>
    public Bin Settled(int test)
    {
        var (c, s) = (Canary[test], Stable[test]);
        return new(Second, Share, c.Units - c.Open, c.Bad, s.Units - s.Open, s.Bad) { CanarySlow = CanarySlow(test) };
    }

    /// <summary>The counts as they would be if every open request turned out in the canary's favour.</summary>
    public Bin AtBestForCanary(int test)
    {
        var (c, s) = (Canary[test], Stable[test]);
        return new(Second, Share, c.Units, c.Bad, s.Units, s.Bad + s.Open) { CanarySlow = CanarySlow(test) };
    }
}
