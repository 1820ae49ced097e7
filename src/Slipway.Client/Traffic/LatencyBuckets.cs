namespace Slipway.Client.Traffic;

/// <summary>
/// Logarithmic latency buckets shared by router and judge: bucket i covers (<see cref="UpperMicros"/>(i−1), <see cref="UpperMicros"/>(i)], each 4 % wider than the one
/// before, so that a quantile read from them is off by at most 4 %. From 10 µs to more than two hours.
/// </summary>
public static class LatencyBuckets
{
    public const int Count = 520;
    private const double First = 10, Growth = 1.04;
    private static readonly double InverseLogGrowth = 1 / Math.Log(Growth);

    /// <summary>The bucket of a duration in microseconds.</summary>
    public static int IndexOf(double micros) =>
        micros <= First ? 0 : Math.Min(Count - 1, (int)Math.Ceiling(Math.Log(micros / First) * InverseLogGrowth));

    /// <summary>The inclusive upper edge of a bucket, in microseconds.</summary>
    public static double UpperMicros(int bucket) => First * Math.Pow(Growth, bucket);
}
