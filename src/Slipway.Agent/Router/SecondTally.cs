using Slipway.Client.Traffic;

namespace Slipway.Agent.Router;

/// <summary>What became of the requests that started in one second at one version set under one weights generation.</summary>
internal sealed class SecondTally(long second)
{
    private readonly int[]?[] latency = new int[Stripes.Count][];

    public long Second { get; } = second;
    public OutcomeCells Outcomes { get; } = new();

    /// <summary>Of requests, also where <see cref="Outcomes"/> are those of sessions.</summary>
    public HalfCells Halves { get; } = new();

    /// <summary>Written only by readings, which are one at a time: the sum of all counts at the last reading, and the reading that first saw it.</summary>
    public long SeenSum { get; set; }
    public long ChangedAt { get; set; }

    public void AddLatency(double micros, int stripe)
    {
        var buckets = Volatile.Read(ref latency[stripe]);
        if (buckets is null)
        {
            var fresh = new int[LatencyBuckets.Count];
            buckets = Interlocked.CompareExchange(ref latency[stripe], fresh, null) ?? fresh;
        }

        Interlocked.Increment(ref buckets[LatencyBuckets.IndexOf(micros)]);
    }

    /// <summary>Pairs of (bucket, count), flattened.</summary>
    public IReadOnlyList<long> ReadLatency()
    {
        var sums = new long[LatencyBuckets.Count];
        for (var stripe = 0; stripe < latency.Length; stripe++)
        {
            if (Volatile.Read(ref latency[stripe]) is not { } buckets)
            {
                continue;
            }

            for (var bucket = 0; bucket < buckets.Length; bucket++)
            {
                sums[bucket] += Volatile.Read(ref buckets[bucket]);
            }
        }

        return Sparse.Flatten(sums);
    }
}
