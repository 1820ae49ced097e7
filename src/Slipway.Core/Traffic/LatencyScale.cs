namespace Slipway.Core.Traffic;

/// <summary>Edges of the routers' logarithmic latency buckets: the wire contract's scale, which a test holds this to.</summary>
public static class LatencyScale
{
    private const double First = 10, Growth = 1.04;

    // Asked for each bucket of each second that is judged: reckoned once, up to well over an hour.
    private static readonly double[] Known = [.. Enumerable.Range(0, 512).Select(bucket => First * Math.Pow(Growth, bucket))];

    /// <summary>The inclusive upper edge of a bucket, in microseconds; bucket −1: 0.</summary>
    public static double UpperMicros(long bucket) => bucket < 0 ? 0 : bucket < Known.Length ? Known[bucket] : First * Math.Pow(Growth, bucket);

    /// <summary>Adds pairs of (bucket, count), flattened, to the counts of buckets.</summary>
    public static void Add(IDictionary<long, long> counts, IReadOnlyList<long> pairs)
    {
        for (var i = 0; i + 1 < pairs.Count; i += 2)
        {
            counts[pairs[i]] = (counts.TryGetValue(pairs[i], out var before) ? before : 0) + pairs[i + 1];
        }
    }
}
