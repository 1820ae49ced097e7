namespace Slipway.Agent.Router;

/// <summary>Striped counters of what came to an end at each half of a version set's instances.</summary>
internal sealed class HalfCells
{
    // As in OutcomeCells: a cache line for each stripe, and an empty one before them.
    private const int Line = 8, Cells = 4;
    private readonly long[] cells = new long[Line * (Stripes.Count + 1)];

    public void Add(int half, bool bad, int stripe)
    {
        var cell = (Line * (stripe + 1)) + (2 * half);
        Interlocked.Increment(ref cells[cell]);
        if (bad)
        {
            Interlocked.Increment(ref cells[cell + 1]);
        }
    }

    /// <summary>Units and bad ones of the first half, then of the second. Bad ones are read first and written last: no reading shows more of them than units.</summary>
    public long[] Read()
    {
        var sums = new long[Cells];
        foreach (var cell in (ReadOnlySpan<int>)[1, 3, 0, 2])
        {
            for (var stripe = 1; stripe <= Stripes.Count; stripe++)
            {
                sums[cell] += Volatile.Read(ref cells[(Line * stripe) + cell]);
            }
        }

        return sums;
    }
}
