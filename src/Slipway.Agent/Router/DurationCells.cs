namespace Slipway.Agent.Router;

/// <summary>A coarse histogram of durations for Prometheus, striped.</summary>
internal sealed class DurationCells
{
    /// <summary>Upper edges in seconds; one more bucket takes what is longer.</summary>
    public static readonly double[] Edges = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
    private static readonly int Width = (Edges.Length + 2 + 7) / 8 * 8;
    private readonly long[] cells = new long[Width * Stripes.Count + 8];

    public void Add(double micros, int stripe)
    {
        var bucket = 0;
        while (bucket < Edges.Length && micros > Edges[bucket] * 1e6)
        {
            bucket++;
        }

        Interlocked.Increment(ref cells[8 + Width * stripe + bucket]);
        Interlocked.Add(ref cells[8 + Width * stripe + Edges.Length + 1], (long)micros);
    }

    /// <summary>Adds the counts per bucket (one more than <see cref="Edges"/>), not cumulative, and the sum in microseconds as the last number.</summary>
    public void AddTo(long[] sums)
    {
        for (var stripe = 0; stripe < Stripes.Count; stripe++)
        {
            for (var cell = 0; cell < Edges.Length + 2; cell++)
            {
                sums[cell] += Volatile.Read(ref cells[8 + Width * stripe + cell]);
            }
        }
    }
}
