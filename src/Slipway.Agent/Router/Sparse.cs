namespace Slipway.Agent.Router;

/// <summary>The sparse form of a histogram: pairs of (bucket, count), flattened, empty buckets left out.</summary>
internal static class Sparse
{
    public static IReadOnlyList<long> Flatten(ReadOnlySpan<long> buckets)
    {
        List<long> pairs = [];
        for (var bucket = 0; bucket < buckets.Length; bucket++)
        {
            if (buckets[bucket] != 0)
            {
                pairs.Add(bucket);
                pairs.Add(buckets[bucket]);
            }
        }

        return pairs;
    }
}
