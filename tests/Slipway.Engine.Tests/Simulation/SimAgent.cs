using Slipway.Core.Kernel;
using Slipway.Core.Targets;
using Slipway.Core.Traffic;
using Slipway.Engine.Targets;

namespace Slipway.Engine.Tests.Simulation;

internal sealed record SimInstance(string Id, string VersionSet, string Version, int Attempt)
{
    public InstanceCondition Condition { get; set; } = InstanceCondition.Starting;

    /// <summary>When its condition changes by itself.</summary>
    public TimeSpan? ChangesAt { get; set; }
    public int Restarts { get; set; }
    public int Lapses { get; set; }

    public bool Counts => Condition != InstanceCondition.Draining;
}

/// <summary>
/// One host: an agent that syncs towards what is wanted, its instances, its router, and what the router counts. Instances and router outlive a restart of the agent, as they do in truth. Its own
/// fence is kept too: of two messages about one resource the one with the older token is refused.
/// </summary>
internal sealed partial class SimAgent(string name, World world, Random random)
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1), CountsKept = TimeSpan.FromSeconds(120);
    private readonly Dictionary<string, (FencingToken Token, VersionSetWanted Wanted)> sets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (FencingToken Token, TrafficWanted Wanted, TimeSpan AppliesAt)> routes = new(StringComparer.Ordinal);
    private readonly Dictionary<LaneId, TrafficWanted> applied = [];
    private readonly List<(TimeSpan At, IReadOnlyList<VersionSetObserved> Sets, IReadOnlyList<TrafficObserved> Routes)> reportsUnderWay = [];
    private readonly List<(TimeSpan At, TrafficReading Reading)> countsUnderWay = [];

    private int instanceNumber;
    private TimeSpan reportedAt = TimeSpan.MinValue;
    private string lastReport = "";

    /// <summary>An unchanged report is said again this often; rarely while nobody waits for one, which saves the simulation much time.</summary>
    private TimeSpan Heartbeat => TimeSpan.FromSeconds(world.AnythingMoves ? 5 : 60);

    public string Name { get; } = name;
    public List<SimInstance> Instances { get; } = [];
    public IReadOnlyDictionary<LaneId, TrafficWanted> Applied => applied;
    public IEnumerable<(string Resource, FencingToken Token)> Held => sets.Select(s => (s.Key, s.Value.Token)).Concat(routes.Select(r => (r.Key, r.Value.Token)));

    public Node? Connected { get; private set; }

    /// <summary>Until when each fault lasts.</summary>
    public TimeSpan AwayUntil { get; set; }
    public TimeSpan ReportsLostUntil { get; set; }
    public TimeSpan ReportsLateUntil { get; set; }
    public TimeSpan CountsLostUntil { get; set; }
    public TimeSpan CountsLateUntil { get; set; }
    public TimeSpan RouterStuckUntil { get; set; }

    public int Healthy(string versionSet) => Instances.Count(i => i.VersionSet == versionSet && i.Condition == InstanceCondition.Healthy);

    public IEnumerable<string> Previews => applied.Values.SelectMany(a => a.Previews);

    /// <summary>When it has something to do by itself.</summary>
    public TimeSpan NextAt()
    {
        var next = reportedAt + Heartbeat;
        foreach (var at in Instances.Select(i => i.ChangesAt)
            .Concat(routes.Values.Where(r => !ReferenceEquals(applied.GetValueOrDefault(r.Wanted.Lane), r.Wanted)).Select(r => (TimeSpan?)Later(r.AppliesAt, RouterStuckUntil)))
            .Concat(reportsUnderWay.Select(r => (TimeSpan?)r.At))
            .Concat(countsUnderWay.Select(r => (TimeSpan?)r.At)))
        {
            next = at is { } known && known < next ? known : next;
        }

        if (world.AnythingMoves && world.Time.Elapsed + Round < next)
        {
            next = TimeSpan.FromSeconds(Math.Floor(world.Time.Elapsed.TotalSeconds) + 1);
        }

        return next > world.Time.Elapsed ? next : world.Time.Elapsed + TimeSpan.FromMilliseconds(50);
    }

    public async Task RoundAsync()
    {
        var now = world.Time.Elapsed;
        Connect(now);
        if (Connected is { } node)
        {
            await SyncAsync(node).ConfigureAwait(false);
        }

        Reconcile(now);
        Route(now);
        Count(now);
        if (Connected is { } to)
        {
            await ReportAsync(to, now).ConfigureAwait(false);
        }
    }

    /// <summary>The agent's process ends and comes back a moment later; what it runs goes on.</summary>
    public void Restart() => AwayUntil = Later(AwayUntil, world.Time.Elapsed + TimeSpan.FromSeconds(random.Next(1, 4)));

    public void Kill(Random draw)
    {
        if (Instances.Count > 0)
        {
            Die(Instances[draw.Next(Instances.Count)]);
        }
    }

    private void Connect(TimeSpan now)
    {
        if (Connected is { } node && (now < AwayUntil || node.Faults.Dead || node != world.Current))
        {
            node.Registry.Put(Presence(false));
            Connected = null;
            reportsUnderWay.Clear();
        }

        if (Connected is null && now >= AwayUntil && world.Current is { } current && !current.Faults.Dead)
        {
            Connected = current;
            current.Registry.Put(Presence(true));
            reportedAt = TimeSpan.MinValue;
            countsUnderWay.Clear();
            countsUnderWay.AddRange(counted.Where(reading => now - reading.At <= CountsKept).Select(reading => (now, reading.Reading)));
        }
    }

    private AgentPresence Presence(bool connected) => new()
    {
        Name = Name, Connected = connected, LastSeenAt = world.Time.GetUtcNow(), SeenStamp = world.Time.GetTimestamp(), Labels = new Dictionary<string, string> { ["ring"] = Ring }, Program = "simulated", ProtocolVersion = 1,
    };

    /// <summary>The first host is in one ring, all others in the next.</summary>
    public static readonly IReadOnlyList<string> Rings = ["first", "rest"];

    public string Ring { get; } = name == "host1" ? Rings[0] : Rings[1];

    private async Task SyncAsync(Node node)
    {
        foreach (var row in await node.TryAsync(() => world.Store.ReadWantedAsync(Name, CancellationToken.None)).ConfigureAwait(false) ?? [])
        {
            if (row.Resource.StartsWith("versionset/", StringComparison.Ordinal))
            {
                if (!sets.TryGetValue(row.Resource, out var held) || row.Token >= held.Token)
                {
                    sets[row.Resource] = (row.Token, world.Read(row));
                }
            }
            else if (!routes.TryGetValue(row.Resource, out var held) || (row.Token >= held.Token && world.ReadRoute(row) != held.Wanted))
            {
                routes[row.Resource] = (row.Token, world.ReadRoute(row), world.Time.Elapsed + TimeSpan.FromMilliseconds(random.Next(20, 400)));
            }
        }
    }

    private void Reconcile(TimeSpan now)
    {
        foreach (var instance in Instances.Where(i => i.ChangesAt <= now).ToList())
        {
            Change(instance, now);
        }

        foreach (var (_, wanted) in sets.Values)
        {
            var mine = Instances.Where(i => i.VersionSet == wanted.Spec.Id && i.Counts).ToList();
            foreach (var old in mine.Where(i => i.Attempt < wanted.Attempt && i.Condition == InstanceCondition.Failed).ToList())
            {
                Instances.Remove(old);
                mine.Remove(old);
            }

            for (var n = mine.Count; n < wanted.Count; n++)
            {
                Instances.Add(Start(new SimInstance($"{Name}-{++instanceNumber}", wanted.Spec.Id, wanted.Spec.Version, wanted.Attempt), now));
            }

            foreach (var surplus in mine.Skip(wanted.Count).Where(_ => world.Mutation != Mutation.AgentKeepsAll))
            {
                (surplus.Condition, surplus.ChangesAt) = (InstanceCondition.Draining, now + wanted.Spec.Run.Drain);
            }
        }
    }

    private SimInstance Start(SimInstance instance, TimeSpan now)
    {
        var quality = world.QualityOf(instance.Version);
        (instance.Condition, instance.ChangesAt) = (InstanceCondition.Starting, now + (quality == Quality.StartsSlowly ? TimeSpan.FromSeconds(random.Next(5, 40)) : TimeSpan.FromMilliseconds(random.Next(200, 2500))));
        return instance;
    }

    private void Change(SimInstance instance, TimeSpan now)
    {
        instance.ChangesAt = null;
        switch (instance.Condition)
        {
            case InstanceCondition.Draining:
                Instances.Remove(instance);
                break;
            case InstanceCondition.BackOff:
                Start(instance, now);
                break;
            case InstanceCondition.Starting when NeverStarts(instance):
                instance.Condition = InstanceCondition.Failed;
                break;
            case InstanceCondition.Starting:
                instance.Condition = InstanceCondition.Healthy;
                instance.ChangesAt = DiesAgain(instance) ? now + TimeSpan.FromSeconds(random.Next(5, 60)) : null;
                world.Noticed(instance.VersionSet);
                break;
            case InstanceCondition.Healthy:
                Die(instance);
                break;
        }
    }

    private bool DiesAgain(SimInstance instance) => world.QualityOf(instance.Version) switch
    {
        Quality.Dies => true,
        Quality.WorkersDie => IsBeside(instance),
        _ => false,
    };

    private static bool IsBeside(SimInstance instance) => instance.VersionSet.EndsWith($"-{Versions.Worker}", StringComparison.Ordinal);

    private bool NeverStarts(SimInstance instance) => world.QualityOf(instance.Version) switch
    {
        Quality.NeverStarts => true,
        Quality.LacksWorkers => IsBeside(instance),
        _ => false,
    };

    private void Die(SimInstance instance)
    {
        if (instance.Counts && instance.Condition != InstanceCondition.Failed)
        {
            instance.Restarts++;
            instance.Lapses += instance.Condition is InstanceCondition.Healthy ? 1 : 0;
            (instance.Condition, instance.ChangesAt) = (InstanceCondition.BackOff, world.Time.Elapsed + TimeSpan.FromSeconds(Math.Min(8, 1 << Math.Min(3, instance.Restarts))));
        }
    }

    private void Route(TimeSpan now)
    {
        foreach (var (_, wanted, appliesAt) in routes.Values.Where(r => now >= r.AppliesAt && now >= RouterStuckUntil))
        {
            applied[wanted.Lane] = wanted;
        }
    }

    private async Task ReportAsync(Node node, TimeSpan now)
    {
        var ready = countsUnderWay.Where(c => c.At <= now).Select(c => c.Reading).ToList();
        if (ready.Count > 0)
        {
            countsUnderWay.RemoveAll(c => c.At <= now);
            var countedUntil = DateTimeOffset.FromUnixTimeSeconds(ready.Max(reading => reading.Seconds[0].Second) + 1);
            await node.Traffic.ReportAsync(Name, ready, countedUntil, CancellationToken.None).ConfigureAwait(false);
        }

        var observed = ObservedSets();
        var seen = ObservedRoutes();
        var text = string.Join(';', observed.Select(s => $"{s.VersionSet} {s.Wanted} {s.Attempt} {string.Join(',', s.Instances.Select(i => i.Id + i.Condition))}")) + string.Join(';', seen.Select(r => $"{r.Lane} {r.Generation}"));
        if (text != lastReport || now >= reportedAt + Heartbeat)
        {
            (lastReport, reportedAt) = (text, now);
            if (now >= ReportsLostUntil)
            {
                reportsUnderWay.Add((now < ReportsLateUntil ? now + TimeSpan.FromMilliseconds(random.Next(0, 6000)) : now, observed, seen));
            }
        }

        foreach (var report in reportsUnderWay.Where(r => r.At <= now).ToList())
        {
            reportsUnderWay.Remove(report);
            await node.TryAsync(async () =>
            {
                await node.Observations.ReportAsync(Name, report.Sets, report.Routes, CancellationToken.None).ConfigureAwait(false);
                return true;
            }).ConfigureAwait(false);
        }
    }

    private List<VersionSetObserved> ObservedSets() =>
        [.. sets.Values.Where(s => s.Wanted.Count > 0 || Instances.Exists(i => i.VersionSet == s.Wanted.Spec.Id)).Select(s => new VersionSetObserved
        {
            VersionSet = s.Wanted.Spec.Id,
            Agent = Name,
            Token = s.Token,
            Wanted = s.Wanted.Count,
            Attempt = s.Wanted.Attempt,
            Instances = [.. Instances.Where(i => i.VersionSet == s.Wanted.Spec.Id).Select(i => new InstanceObserved
            {
                Id = i.Id,
                Condition = i.Condition,
                Restarts = i.Restarts,
                Lapses = i.Lapses,
                Failure = i.Condition == InstanceCondition.Failed ? new TargetFailure("exited", "It exited with code 1.", "Look at its output.") : null,
            })],
        })];

    private List<TrafficObserved> ObservedRoutes() =>
        [.. routes.Values.Select(r => new TrafficObserved
        {
            Lane = r.Wanted.Lane,
            Agent = Name,
            Generation = applied.GetValueOrDefault(r.Wanted.Lane)?.Generation,
            PreviewPort = applied.GetValueOrDefault(r.Wanted.Lane) is { Previews.Count: > 0 } ? World.PreviewPort(r.Wanted.Lane) : null,
        })];

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
