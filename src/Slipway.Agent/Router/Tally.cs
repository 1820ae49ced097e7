using Slipway.Client.Traffic;

namespace Slipway.Agent.Router;

/// <summary>What counts are kept under.</summary>
/// <param name="Unit">As in <see cref="VersionSetCounts"/>.</param>
internal sealed record TallyKey(string Lane, long Generation, string VersionSet, string Version, string Arm, int Weight, string? Unit = null);

/// <summary>The counts of one version set in one weights generation: totals, and a ring of seconds.</summary>
internal sealed class Tally(TallyKey key)
{
    // A power of two above the retained seconds, with room for writers whose clock reading is a little older than the reader's.
    private const int Ring = 128, Slack = 2;
    private readonly Lock growing = new();
    private SecondTally?[]? seconds;

    public TallyKey Key { get; } = key;
    public OutcomeCells Total { get; } = new();
    public DurationCells Durations { get; } = new();

    /// <summary>Written only by readings and by configuration changes, under the book's lock.</summary>
    public long SeenSum { get; set; }
    public long ChangedAt { get; set; }

    /// <summary>When the configuration stopped naming it, or when its totals last changed after that; null while it is configured.</summary>
    public DateTimeOffset? RetiredAt { get; set; }

    public SecondTally Start(long second, int stripe)
    {
        StartTotal(stripe);
        return StartSecond(second, stripe);
    }

    public void StartTotal(int stripe) => Total.Add(Outcome.Started, stripe);

    public SecondTally StartSecond(long second, int stripe)
    {
        var tally = At(second);
        tally.Outcomes.Add(Outcome.Started, stripe);
        return tally;
    }

    /// <param name="started">The second in which the request started; the oldest kept one takes its outcome when that is no longer kept.</param>
    /// <param name="micros">Time to the response's end, for outcomes that have one.</param>
    public void Settle(SecondTally started, long nowSecond, Outcome outcome, bool error, double? micros, int stripe)
    {
        SettleSecond(started, nowSecond, outcome, error, micros, stripe);
        SettleTotal(outcome, error, micros, stripe);
    }

    public void SettleSecond(SecondTally started, long nowSecond, Outcome outcome, bool error, double? micros, int stripe)
    {
        var oldestKept = OldestKept(nowSecond);
        var tally = started.Second >= oldestKept ? started : At(oldestKept);
        if (micros is { } duration)
        {
            tally.AddLatency(duration, stripe);
        }

        tally.Outcomes.Add(outcome, stripe);
        if (error)
        {
            tally.Outcomes.Add(Outcome.Errors5xx, stripe);
        }
    }

    /// <summary>
    /// A request came to an end at an instance of a half, whether or not it is a unit of what the second counts otherwise. Before its outcome, for the reason of <see cref="SettleTotal"/>.
    /// </summary>
    public void SettleHalf(long startedSecond, long nowSecond, int half, bool bad, int stripe) =>
        At(Math.Max(startedSecond, OldestKept(nowSecond))).Halves.Add(half, bad, stripe);

    /// <summary>After its second: once the totals have nothing under way, every second is complete.</summary>
    public void SettleTotal(Outcome outcome, bool error, double? micros, int stripe)
    {
        if (micros is { } duration)
        {
            Durations.Add(duration, stripe);
        }

        Total.Add(outcome, stripe);
        if (error)
        {
            Total.Add(Outcome.Errors5xx, stripe);
        }
    }

    /// <summary>The seconds still kept, oldest first.</summary>
    public IEnumerable<SecondTally> Kept(long nowSecond) =>
        (Volatile.Read(ref seconds) ?? []).OfType<SecondTally>().Where(s => s.Second > nowSecond - VersionSetCounts.RetainedSeconds - Slack).OrderBy(s => s.Second);

    private static long OldestKept(long nowSecond) => nowSecond - VersionSetCounts.RetainedSeconds + 1;

    private SecondTally At(long second)
    {
        var ring = Volatile.Read(ref seconds);
        var slot = (int)(second & (Ring - 1));
        return ring is not null && Volatile.Read(ref ring[slot]) is { } tally && tally.Second == second ? tally : Grow(second, slot);
    }

    private SecondTally Grow(long second, int slot)
    {
        lock (growing)
        {
            var ring = seconds;
            if (ring is null)
            {
                ring = new SecondTally?[Ring];
                Volatile.Write(ref seconds, ring);
            }

            if (ring[slot] is { } tally && tally.Second == second)
            {
                return tally;
            }

            var fresh = new SecondTally(second);
            Volatile.Write(ref ring[slot], fresh);
            return fresh;
        }
    }
}
