using Slipway.Client.Traffic;

namespace Slipway.Agent.Router;

/// <summary>Sums over tallies, for one Prometheus series.</summary>
internal sealed class SeriesSums
{
    public OutcomeCounts Outcomes { get; private set; } = new(0, 0, 0, 0, 0, 0);

    /// <summary>As <see cref="DurationCells.AddTo"/>.</summary>
    public long[] Durations { get; } = new long[DurationCells.Edges.Length + 2];

    public void Add(Tally tally)
    {
        // Durations first: their count never exceeds that of the answers.
        tally.Durations.AddTo(Durations);
        Add(tally.Total.Read());
    }

    public void Add(SeriesSums other)
    {
        for (var i = 0; i < Durations.Length; i++)
        {
            Durations[i] += other.Durations[i];
        }

        Add(other.Outcomes);
    }

    private void Add(OutcomeCounts other) => Outcomes += other;
}
