namespace Slipway.Core.Traffic;

/// <summary>Edges of the routers' logarithmic latency buckets: the wire contract's scale, which a test holds this to.</summary>
public static class LatencyScale
{
    private const double First = 10, Growth = 1.04;

    /// <summary>The inclusive upper edge of a bucket, in microseconds; bucket −1: 0.</summary>
    public static double UpperMicros(long bucket) => bucket < 0 ? 0 : First * Math.Pow(Growth, bucket);
}
