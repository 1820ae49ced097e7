namespace Slipway.Core.Analysis;

/// <summary>The latency above which a test counts a request as slow (the stable arm's quantile and what is tolerated beyond it), and the first second that it judges with it: later than all that it was read from.</summary>
public sealed record LatencyThreshold(string Test, double Micros, long FromSecond)
{
    internal double MicrosIn(OpenSecond second) => Micros + (second.IsWarmUp ? WarmUp.Patience.TotalMicroseconds : 0);
}

/// <summary>Collects the stable arm's latencies until its quantiles can be read.</summary>
internal sealed class LatencyCalibration
{
    private readonly SortedDictionary<double, long> counts = [];

    public long Count { get; private set; }

    /// <summary>Ten requests beyond the quantile, at least fifty in all.</summary>
    public static long Needed(double quantile) => Math.Max(50, (long)Math.Round(10 / (1 - quantile)));

    public void Add(ArmSecond stable)
    {
        Add(stable.Finished);
        Add(stable.InFlight);
    }

    /// <summary>The upper edge of the bucket that holds the quantile; null while too few requests are known.</summary>
    public double? Read(double quantile)
    {
        if (Count < Needed(quantile))
        {
            return null;
        }

        long below = 0;
        foreach (var (micros, count) in counts)
        {
            below += count;
            if (below >= quantile * Count)
            {
                return micros;
            }
        }

        return null;
    }

    /// <summary>How many of them took longer.</summary>
    public long Above(double micros) => counts.Where(latency => latency.Key > micros).Sum(latency => latency.Value);

    private void Add(IReadOnlyList<LatencyCount> histogram)
    {
        foreach (var (micros, count) in histogram)
        {
            counts[micros] = counts.GetValueOrDefault(micros) + count;
            Count += count;
        }
    }
}
