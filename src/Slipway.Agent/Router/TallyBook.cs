using Slipway.Client.Traffic;

namespace Slipway.Agent.Router;

/// <summary>Totals of one Prometheus series that no longer have a tally of their own.</summary>
internal sealed record SeriesKey(string Lane, string Version, string Arm);

/// <summary>
/// Every tally of this incarnation, and what readers are told of them. A tally that is no longer configured is told of until its totals have rested for
/// <see cref="RouterLimits.RetiredTotals"/>; then its numbers stay only in the sums for Prometheus, as long as their series has another tally.
/// </summary>
internal sealed class TallyBook(string incarnation, InFlight inFlight, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<TallyKey, Tally> tallies = [];
    private readonly Dictionary<SeriesKey, SeriesSums> bygone = [];
    private HashSet<Tally> configured = [];
    private IReadOnlyDictionary<string, int> ports = new Dictionary<string, int>();
    private long portsChangedAt;
    private long sequence;

    public string Incarnation => incarnation;

    /// <summary>The tally of a key, made when missing.</summary>
    public Tally Of(TallyKey key)
    {
        lock (gate)
        {
            if (!tallies.TryGetValue(key, out var tally))
            {
                // Readings yet to come have a higher number than those that ended before it was made.
                tallies[key] = tally = new Tally(key) { ChangedAt = sequence + 1 };
            }

            return tally;
        }
    }

    /// <summary>What the configuration in force names; all others are retired.</summary>
    public void Configure(IEnumerable<Tally> inForce, IReadOnlyDictionary<string, int> portsByHost)
    {
        lock (gate)
        {
            configured = [.. inForce];
            foreach (var tally in tallies.Values)
            {
                tally.RetiredAt = configured.Contains(tally) ? null : tally.RetiredAt ?? time.GetUtcNow();
            }

            if (portsByHost.Count != ports.Count || portsByHost.Any(p => ports.GetValueOrDefault(p.Key) != p.Value))
            {
                ports = portsByHost;
                portsChangedAt = sequence + 1;
            }
        }
    }

    /// <param name="since">Only what changed after that reading; null: all.</param>
    public RouterCounts Read(long? since)
    {
        inFlight.Sweep();
        lock (gate)
        {
            var reading = ++sequence;
            var now = time.GetUtcNow();
            var second = now.ToUnixTimeSeconds();
            var read = tallies.Values.Select(tally => (Tally: tally, Total: ReadTotal(tally, reading)))
                .Select(t => (t.Tally, t.Total, Seconds: ReadSeconds(t.Tally, second, reading, t.Total.UnderWay() > 0 ? null : since))).ToList();
            var hanging = inFlight.Read().ToLookup(p => (p.Tally, p.Second), p => p.Age);
            List<VersionSetCounts> sets = [];
            foreach (var (tally, total, seconds) in read)
            {
                var told = seconds
                    .Select(s => (s.Counts, s.ChangedAt, Over: Over(hanging[(tally, s.Counts.Second)])))
                    .Where(s => since is null || s.ChangedAt > since || s.Over.Count > 0)
                    .Select(s => s.Counts with { InFlightOver = s.Over })
                    .ToList();
                if (since is null || told.Count > 0 || tally.ChangedAt > since)
                {
                    sets.Add(Counts(tally.Key, total, told));
                }
            }

            return new RouterCounts
            {
                Incarnation = incarnation,
                Sequence = reading,
                At = now.ToUnixTimeMilliseconds(),
                Sets = sets,
                Ports = since is null || portsChangedAt > since ? ports : new Dictionary<string, int>(),
            };
        }
    }

    /// <summary>Lets go of tallies that are no longer configured, have nothing under way and whose totals have rested long enough.</summary>
    public void Forget()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            foreach (var tally in tallies.Values.Where(t => t.RetiredAt is not null).ToList())
            {
                var total = tally.Total.Read();
                if (total.UnderWay() > 0 || Sum(total) != tally.SeenSum)
                {
                    tally.RetiredAt = now;
                    tally.SeenSum = Sum(total);
                    tally.ChangedAt = sequence + 1;
                }
                else if (now - tally.RetiredAt > RouterLimits.RetiredTotals)
                {
                    tallies.Remove(tally.Key);
                    Bygone(Series(tally.Key)).Add(tally);
                }
            }

            var alive = tallies.Keys.Select(Series).ToHashSet();
            foreach (var series in bygone.Keys.Where(s => !alive.Contains(s)).ToList())
            {
                bygone.Remove(series);
            }
        }
    }

    /// <summary>Sums for Prometheus by series: over weights generations, revisions of one version and what has been let go.</summary>
    public IReadOnlyDictionary<SeriesKey, SeriesSums> ReadSeries()
    {
        lock (gate)
        {
            Dictionary<SeriesKey, SeriesSums> sums = [];
            foreach (var tally in tallies.Values)
            {
                var key = Series(tally.Key);
                if (!sums.TryGetValue(key, out var sum))
                {
                    sums[key] = sum = new SeriesSums();
                    if (bygone.TryGetValue(key, out var before))
                    {
                        sum.Add(before);
                    }
                }

                sum.Add(tally);
            }

            return sums;
        }
    }

    private static SeriesKey Series(TallyKey key) => new(key.Lane, key.Version, key.Arm);

    private SeriesSums Bygone(SeriesKey key) => bygone.TryGetValue(key, out var sums) ? sums : bygone[key] = new SeriesSums();

    private static OutcomeCounts ReadTotal(Tally tally, long reading)
    {
        var total = tally.Total.Read();
        var sum = Sum(total);
        if (sum != tally.SeenSum)
        {
            tally.SeenSum = sum;
            tally.ChangedAt = reading;
        }

        return total;
    }

    // Without requests under way, what has not changed since then need not be told.
    private static List<(SecondCounts Counts, long ChangedAt)> ReadSeconds(Tally tally, long second, long reading, long? since)
    {
        List<(SecondCounts, long)> seconds = [];
        foreach (var kept in tally.Kept(second))
        {
            var halves = kept.Halves.Read();
            var outcomes = kept.Outcomes.Read();
            var sum = Sum(outcomes) + halves.Sum();
            if (sum != kept.SeenSum)
            {
                kept.SeenSum = sum;
                kept.ChangedAt = reading;
            }

            if (since is not null && kept.ChangedAt <= since)
            {
                continue;
            }

            seconds.Add((new SecondCounts(kept.Second, outcomes, kept.ReadLatency(), [], halves), kept.ChangedAt));
        }

        return seconds;
    }

    // Every change adds to one of them: the sum tells whether anything changed.
    private static long Sum(OutcomeCounts c) => c.Started + c.Finished + c.Errors5xx + c.ConnectFailures + c.TimedOut + c.ClientGone + c.NotServing;

    private static IReadOnlyList<long> Over(IEnumerable<TimeSpan> ages)
    {
        long[]? buckets = null;
        foreach (var age in ages)
        {
            buckets ??= new long[LatencyBuckets.Count];
            buckets[LatencyBuckets.IndexOf(age.TotalMicroseconds)]++;
        }

        return buckets is null ? [] : Sparse.Flatten(buckets);
    }

    private static VersionSetCounts Counts(TallyKey key, OutcomeCounts total, IReadOnlyList<SecondCounts> seconds) => new()
    {
        Lane = key.Lane,
        Generation = key.Generation,
        VersionSet = key.VersionSet,
        Version = key.Version,
        Arm = key.Arm,
        Weight = key.Weight,
        Unit = key.Unit,
        Total = total,
        Seconds = seconds,
    };
}
