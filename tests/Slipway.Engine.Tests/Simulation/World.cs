using System.Net;
using System.Text.Json;
using Slipway.Core.Access;
using Slipway.Core.Environments;
using Slipway.Core.Kernel;
using Slipway.Core.Releases;
using Slipway.Core.Targets;
using Slipway.Core.Traffic;
using Slipway.Engine.Environments;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Tests.Simulation;

/// <summary>Everything that is simulated: the store, the nodes on it, the hosts, the traffic, the clock. One thread moves it; the same seed moves it the same way.</summary>
internal sealed class World : IDisposable
{
    public const int MostTrace = 400, RequestsPerSecond = 200;
    public static readonly Actor Ada = new("ada", "ada"), Ben = new("ben", "ben");
    private readonly Dictionary<string, SimVersion> versions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, VersionSetWanted> setBodies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TrafficWanted> routeBodies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> mostHealthy = new(StringComparer.Ordinal);
    private readonly List<(Node Node, TimeSpan ThawsAt, TimeSpan DiesAt)> frozen = [];
    private readonly PreviewHandler preview;
    private readonly Random random;
    private readonly int batch;
    private TimeSpan? startsAt;
    private int nodes;

    /// <param name="platform">Null: drawn.</param>
    /// <param name="hosts">Null: drawn.</param>
    public World(int seed, Mutation mutation, PlatformDefinition? platform = null, int? hosts = null)
    {
        Mutation = mutation;
        random = new Random(seed);
        Store = new MemoryStore(Time, mutation);
        preview = new PreviewHandler(this);
        Platform = new Platform((platform ?? DrawPlatform(random)) with { Metrics = [SimSource.Definition] });
        OfWorkers = seed % 5 == 0;
        batch = random.Next(3) switch { 0 => 1, 1 => 4, _ => 64 };
        Agents = [.. Enumerable.Range(1, hosts ?? random.Next(1, 3)).Select(n => new SimAgent($"host{n}", this, new Random(unchecked((seed * 31) + n))))];
        Invariants = new Invariants(this);
        StartNode();
    }

    public Mutation Mutation { get; }

    /// <summary>What is released mostly serves no requests, and is judged by what its source says.</summary>
    public bool OfWorkers { get; }
    public VirtualTime Time { get; } = new();
    public MemoryStore Store { get; }
    public Platform Platform { get; }
    public IReadOnlyList<SimAgent> Agents { get; }
    public Invariants Invariants { get; }

    /// <summary>Whom rollouts ask at their points.</summary>
    public SimHooks Hooks { get; } = new();

    /// <summary>The node that agents and people reach; null: none is up.</summary>
    public Node? Current { get; private set; }

    /// <summary>True: a server that is started again is alone on its store, and what the dead one had leased is free at once. False: it takes over from it as one of several nodes does. Null: drawn.</summary>
    public bool? ServerIsAlone { get; init; }

    /// <summary>How long a node stays frozen once it is.</summary>
    public TimeSpan FreezeLength { get; set; } = TimeSpan.FromSeconds(20);

    public Queue<string> Trace { get; } = new();

    public bool AnythingMoves => Invariants.Moving.Count > 0;

    /// <summary>One node is up, and no other one will wake.</summary>
    public bool IsWhole => Current is { Faults.Dead: false, IsFrozen: false } && frozen.Count == 0;

    public bool Moves(LaneId lane) => Invariants.Moving.Contains(lane);

    /// <summary>Somebody has lifted freezes: those added before may be gone.</summary>
    public bool LiftedFreezes { get; set; }

    public void Add(SimVersion version) => versions[version.Name] = version;

    public int NextVersion() => versions.Count + 1;

    public string AnyVersion(Random draw) => versions.Count == 0 ? "1.0" : versions.Keys.Order(StringComparer.Ordinal).ElementAt(draw.Next(versions.Count));

    public Quality QualityOf(string version) => versions[version].Quality;

    public bool AnyHealthy(string versionSet) => Agents.Any(a => a.Healthy(versionSet) > 0);

    /// <summary>The most instances of a version set that ever took requests at the same time.</summary>
    public int MostHealthy(string versionSet) => mostHealthy.GetValueOrDefault(versionSet);

    private readonly Dictionary<string, DateTimeOffset> unserved = new(StringComparer.Ordinal);

    /// <summary>It had traffic and no instance to serve it.</summary>
    public void Unserved(string versionSet) => unserved[versionSet] = Store.Now;

    public bool WasUnservedSince(string versionSet, DateTimeOffset since) => unserved.TryGetValue(versionSet, out var at) && at >= since;

    public void Noticed(string versionSet) => mostHealthy[versionSet] = Math.Max(MostHealthy(versionSet), Agents.Sum(a => a.Healthy(versionSet)));

    public VersionSetWanted Read(WantedRow row) => setBodies.TryGetValue(row.Body!, out var known)
        ? known
        : setBodies[row.Body!] = JsonSerializer.Deserialize(row.Body!, TargetsJson.Default.VersionSetWanted)!;

    public TrafficWanted ReadRoute(WantedRow row) => routeBodies.TryGetValue(row.Body!, out var known)
        ? known
        : routeBodies[row.Body!] = JsonSerializer.Deserialize(row.Body!, TargetsJson.Default.TrafficWanted)!;

    public static int PreviewPort(LaneId lane) => lane.Environment == "prod" ? 20001 : 20002;

    public void Tell(string what)
    {
        Trace.Enqueue($"{Time.Elapsed.TotalSeconds,8:0.000} {what}");
        if (Trace.Count > MostTrace)
        {
            Trace.Dequeue();
        }
    }

    /// <summary>Does all that is to be done now, until nothing is left to do at this moment.</summary>
    public async Task SettleAsync()
    {
        foreach (var agent in Agents)
        {
            await agent.RoundAsync().ConfigureAwait(false);
        }

        Invariants.Check();
        Supervise();
        for (var rounds = 0; await RoundAsync().ConfigureAwait(false); rounds++)
        {
            if (rounds > 5000)
            {
                throw new InvariantBrokenException("Liveness", "the engine finds something to do for ever at one moment");
            }
        }
    }

    /// <summary>The next moment at which anything happens by itself.</summary>
    public TimeSpan NextAt()
    {
        var next = Agents.Min(a => a.NextAt());
        Take(startsAt);
        frozen.ForEach(f => Take(f.Node.IsFrozen ? f.ThawsAt : f.DiesAt));
        if (Current is { Faults.Dead: false } node)
        {
            Take(node.WakesAt);
            if (!node.IsFrozen && Store.NextWork() is { } work)
            {
                Take(Time.Elapsed + (work - Store.Now));
            }
        }

        return next > Time.Elapsed ? next : Time.Elapsed + TimeSpan.FromMilliseconds(20);

        void Take(TimeSpan? at) => next = at is { } known && known < next ? known : next;
    }

    /// <summary>From now on nothing goes wrong any more.</summary>
    public void EndFaults()
    {
        // Nodes that are frozen wake in their own time.
        Current?.Faults.Forgive();
        foreach (var agent in Agents)
        {
            agent.AwayUntil = agent.ReportsLostUntil = agent.ReportsLateUntil = agent.CountsLateUntil = agent.CountsLostUntil = agent.RouterStuckUntil = TimeSpan.Zero;
        }

        Tell("-- from here nothing goes wrong any more");
    }

    public void Dispose()
    {
        Current?.Faults.Die();
        frozen.ForEach(f => f.Node.Faults.Die());
        Current?.Dispose();
        preview.Dispose();
    }

    private async Task<bool> RoundAsync()
    {
        var busy = false;
        foreach (var node in frozen.Select(f => f.Node).Append(Current).OfType<Node>().Where(n => !n.Faults.Dead).ToList())
        {
            await node.TellLanesAsync().ConfigureAwait(false);
            if (node.IsUnderWay || Store.NextWork() <= Store.Now)
            {
                busy |= await node.StepAsync().ConfigureAwait(false);
            }

            Invariants.Check();
        }

        Supervise();
        return busy;
    }

    /// <summary>What keeps servers running: a dead node is replaced, a frozen one is taken for dead, and wakes later beside its successor.</summary>
    private void Supervise()
    {
        var now = Time.Elapsed;
        foreach (var asleep in frozen.ToList())
        {
            if (asleep.Node.IsFrozen && now >= asleep.ThawsAt)
            {
                Tell($"node {asleep.Node.Number} wakes");
                asleep.Node.Faults.Thaw();
            }
            else if (now >= asleep.DiesAt || asleep.Node.Faults.Dead)
            {
                asleep.Node.Faults.Die();
                frozen.Remove(asleep);
            }
        }

        if (Current is { } node && (node.Faults.Dead || node.IsFrozen))
        {
            Tell($"node {node.Number} {(node.IsFrozen ? $"freezes for {FreezeLength.TotalSeconds:0} s" : "dies")}");
            if (node.IsFrozen)
            {
                frozen.Add((node, now + FreezeLength, now + FreezeLength + TimeSpan.FromSeconds(5)));
            }

            Current = null;
            startsAt = now + TimeSpan.FromMilliseconds(random.Next(300, 4000));
        }

        if (Current is null && now >= startsAt)
        {
            if (frozen.Count == 0 && (ServerIsAlone ?? random.Next(10) < 7))
            {
                Store.ForgetLeases();
            }

            StartNode();
        }
    }

    private void StartNode()
    {
        startsAt = null;
        Current = new Node(++nodes, Time, Store, Platform, ReadDefinition, preview, new SimSource(this), batch, Invariants.Acknowledge, Invariants.Outcome);
        Tell($"node {nodes} is up");
        Invariants.CheckCommands();
    }

    private IReadOnlyList<Problem> ReadDefinition(string text, string file, out ServiceDefinition? definition)
    {
        definition = versions[text].Definition;
        return [];
    }

    private static PlatformDefinition DrawPlatform(Random random)
    {
        var prod = new EnvironmentDefinition
        {
            Name = "prod",
            Promote = random.Next(3) == 0 ? PromoteMode.Auto : PromoteMode.Manual,
            Concurrency = random.Next(3) == 0 ? LaneConcurrency.Queue : LaneConcurrency.NewestWins,
            Preempt = random.Next(4) == 0,
            Approvals = random.Next(3) == 0 ? 1 : 0,
            ApprovalExpires = random.Next(3) == 0 ? TimeSpan.FromMinutes(1) : null,
        };
        var staging = new EnvironmentDefinition { Name = "staging", Promote = PromoteMode.Auto, Traffic = TrafficExpectation.None };
        return new PlatformDefinition
        {
            HookOrigins = [SimHooks.Origin],
            Environments = random.Next(3) == 0
                ? [staging, prod with { After = ["staging"], Soak = TimeSpan.FromSeconds(random.Next(0, 10)) }]
                : [prod],
        };
    }

    /// <summary>The preview addresses of the routers: what answers there is what the router opened last.</summary>
    private sealed class PreviewHandler(World world) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.Host == SimHooks.Host)
            {
                return world.Hooks.AnswerAsync(request, cancellationToken);
            }

            var open = world.Agents.SelectMany(a => a.Applied.Values).FirstOrDefault(r => r.Previews.Count > 0 && PreviewPort(r.Lane) == request.RequestUri!.Port);
            var set = open is null ? null : world.setBodies.Values.FirstOrDefault(s => s.Spec.Id == open.Previews[0]);
            if (set is null || !world.AnyHealthy(set.Spec.Id))
            {
                return Task.FromException<HttpResponseMessage>(new HttpRequestException("connection refused"));
            }

            world.Invariants.Verified(set.Spec.Id, world.QualityOf(set.Spec.Version) != Quality.FailsVerification);
            var response = new HttpResponseMessage(world.QualityOf(set.Spec.Version) == Quality.FailsVerification ? HttpStatusCode.InternalServerError : HttpStatusCode.OK) { Content = new StringContent("shop") };
            response.Headers.Add("X-Slipway-Version", set.Spec.Version);
            return Task.FromResult(response);
        }
    }
}
