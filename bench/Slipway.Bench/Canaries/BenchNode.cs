using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Slipway.Core.Access;
using Slipway.Core.Environments;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Core.Promotions;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using Slipway.Core.Targets;
using Slipway.Core.Traffic;
using Slipway.Engine;
using Slipway.Engine.Analysis;
using Slipway.Engine.Artifacts;
using Slipway.Engine.Gates;
using Slipway.Engine.Lanes;
using Slipway.Engine.Ports;
using Slipway.Engine.Promotions;
using Slipway.Engine.Releases;
using Slipway.Engine.Rollouts;
using Slipway.Engine.Services;
using Slipway.Engine.Targets;
using Slipway.Engine.Traffic;
using Slipway.Storage.Sqlite;

namespace Slipway.Bench.Canaries;

/// <summary>The engine's own parts on a real store, as the server composes them, and one host that does at once what is wanted of it.</summary>
internal sealed class BenchNode : IAsyncDisposable
{
    public static readonly RolloutSpec Canary = new()
    {
        Strategy = RolloutStrategy.Canary,
        Steps = [new() { Weight = 10 }, new() { Analyze = TimeSpan.FromMinutes(10) }],
        Checks = [new() { Kind = CheckKind.Errors }],
    };

    private const string Host = "host";
    private static readonly Actor Ada = new("ada", "ada");
    private readonly DirectoryInfo folder;
    private readonly SqliteStore store;
    private readonly CancellationTokenSource end = new();
    private readonly WantedSignal signal = new();
    private readonly AgentRegistry agents = new();
    private readonly TrafficIntake traffic = new();
    private readonly HttpClient nowhere = new();
    private readonly ConcurrentDictionary<LaneId, TrafficWanted> routes = new();
    private readonly ConcurrentDictionary<LaneId, double> takenBack = new();
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly TargetObservations observations;
    private readonly PromotionStarter starter;
    private readonly ReleaseCatalog releases;
    private readonly ServiceCatalog services;
    private readonly PromotionDesk promotions;
    private readonly JudgeDesk judge;
    private readonly Task running;

    private BenchNode(DirectoryInfo folder, SqliteStore store, int lanes)
    {
        (this.folder, this.store) = (folder, store);
        Lanes = [.. Enumerable.Range(1, lanes).Select(n => new LaneId($"service-{n}", "prod"))];
        var platform = new Engine.Environments.Platform(new PlatformDefinition { Environments = [new EnvironmentDefinition { Name = "prod" }] });
        agents.Put(new AgentPresence { Name = Host, Connected = true, LastSeenAt = store.Now, SeenStamp = 0, Labels = new Dictionary<string, string>(), Program = "bench", ProtocolVersion = 1 });
        observations = new TargetObservations(store, TimeProvider.System);
        var states = new LaneStates(store);
        var waiting = new WaitingPromotions(store, states);
        var artifacts = new ArtifactUse(store, new NoArtifacts());
        starter = new PromotionStarter(store, platform, states, new ReleaseVetoes(store), artifacts, ReadDefinition);
        services = new ServiceCatalog(store, new LaneQueries(states));
        releases = new ReleaseCatalog(store, services, ReadDefinition, new AutoPromotion(platform, starter, waiting), waiting);
        promotions = new PromotionDesk(store, states);
        judge = new JudgeDesk(store, traffic, agents, new Measurer(store, new MetricSources(platform, _ => throw new NotSupportedException("Nothing is measured here."))));
        var runner = new EffectRunner(
            store, new TargetPlacement(store, agents, signal), observations, new GateKeeper(store, platform, new ReleaseVetoes(store), new Freezes(store, platform, waiting), states),
            judge, new Verifier(observations, nowhere, TimeProvider.System), new HookCaller(platform, nowhere, TimeProvider.System),
            new AutoPromotion(platform, starter, waiting), (_, effect, _) => throw new NotSupportedException($"No pipelines run here: {effect.GetType().Name}."), NullLogger<EffectRunner>.Instance);
        var machines = new IMachine[] { new LaneFlow(store.Generation), new PromotionFlow(), new RolloutFlow() }.ToDictionary(m => m.Kind);
        var loop = new DeliveryLoop(store, machines, runner, new LoopOptions(), TimeProvider.System, NullLogger<DeliveryLoop>.Instance);
        running = Task.WhenAll(loop.RunAsync(end.Token), Task.Run(() => ObeyAsync(end.Token)));
    }

    public IReadOnlyList<LaneId> Lanes { get; }

    /// <summary>Seconds since the node started.</summary>
    public double Elapsed => watch.Elapsed.TotalSeconds;

    /// <summary>The second that is told of next.</summary>
    public long UnixSecond { get; private set; }

    public static async Task<BenchNode> StartAsync(int lanes, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("slipway-bench-");
        var node = new BenchNode(folder, await SqliteStore.OpenAsync(Path.Combine(folder.FullName, "slipway.db"), TimeProvider.System), lanes);
        foreach (var lane in node.Lanes)
        {
            Done(await node.services.AddAsync(Ada, lane.Service, null, null, cancel));
        }

        return node;
    }

    /// <summary>Makes the version of every service and promotes it.</summary>
    /// <param name="waitForEnd">Else until each has its first share of the traffic.</param>
    public async Task DeliverAsync(string version, bool waitForEnd, CancellationToken cancel)
    {
        List<string> started = [];
        foreach (var lane in Lanes)
        {
            Done(await releases.CreateAsync(Ada, new NewRelease { Service = lane.Service, Version = version, ArtifactDigest = $"sha256:{version}", ArtifactBytes = 1, Definition = lane.Service, DefinitionFile = "slipway.yaml" }, null, cancel));
            started.Add(Done(await starter.StartAsync(new PromotionAsk(lane.Service, lane.Environment, version, Ada, null), null, cancel)));
        }

        foreach (var id in started)
        {
            while (waitForEnd && await promotions.FindAsync(id, cancel) is not { HasEnded: true })
            {
                await Task.Delay(50, cancel);
            }
        }

        while (!waitForEnd && !Lanes.All(IsCanary))
        {
            await Task.Delay(50, cancel);
        }

        UnixSecond = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
    }

    public bool IsCanary(LaneId lane) => routes.TryGetValue(lane, out var route) && route.Weights.Count == 2;

    /// <summary>When weights were wanted that take the canary's traffic away; null: they were not.</summary>
    public double? TakenBackAt(LaneId lane) => takenBack.TryGetValue(lane, out var at) ? at : null;

    /// <summary>Waits until the second is over and tells what the router counted in it.</summary>
    public async Task ReportSecondAsync(IReadOnlyList<(LaneId Lane, int Canary, int CanaryBad, int Stable, int StableBad)> counts, CancellationToken cancel)
    {
        var over = DateTimeOffset.FromUnixTimeSeconds(UnixSecond + 1);
        if (over - DateTimeOffset.UtcNow is { Ticks: > 0 } left)
        {
            await Task.Delay(left, cancel);
        }

        var readings = counts.SelectMany(c => routes[c.Lane].Weights.Select(weight => (weight.Arm == Arm.Canary ? (c.Canary, c.CanaryBad) : (c.Stable, c.StableBad)) is var (units, bad)
            ? new TrafficReading
            {
                Lane = c.Lane, Agent = Host, Incarnation = "1", Generation = routes[c.Lane].Generation, VersionSet = weight.VersionSet, Version = weight.Version, Arm = weight.Arm, Weight = weight.Weight,
                Seconds = [new TrafficSecond(UnixSecond, units, units, bad, 0, 0, 0, [50, units], [])],
            }
            : throw new InvalidOperationException())).ToList();
        UnixSecond++;
        await traffic.ReportAsync(Host, readings, over, cancel);
        await judge.CountsCameAsync([.. counts.Select(c => c.Lane)], cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await running;
        await store.DisposeAsync();
        nowhere.Dispose();
        end.Dispose();
        folder.Delete(recursive: true);
    }

    private static IReadOnlyList<Problem> ReadDefinition(string text, string file, out ServiceDefinition? definition)
    {
        definition = new ServiceDefinition { Service = text, Run = new RunSpec { Command = ["./run"], Instances = 2 }, Rollout = Canary };
        return [];
    }

    private static T Done<T>(Outcome<T> outcome) => outcome is Outcome<T>.Done { Value: var value } ? value : throw new InvalidOperationException($"Refused: {((Outcome<T>.Refused)outcome).Refusal.Detail}");

    /// <summary>The host: whatever is wanted is so a moment later, and said.</summary>
    private async Task ObeyAsync(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                var next = signal.Next;
                var rows = await store.ReadWantedAsync(Host, cancel);
                foreach (var route in rows.Where(r => r.Body is not null && r.Resource.StartsWith("route/", StringComparison.Ordinal)).Select(r => JsonSerializer.Deserialize(r.Body!, TargetsJson.Default.TrafficWanted)!))
                {
                    if (routes.TryGetValue(route.Lane, out var before) && before.Weights.Count == 2 && route.Weights.Count == 1 && route.Weights[0].VersionSet != before.Weights[1].VersionSet)
                    {
                        takenBack.TryAdd(route.Lane, Elapsed);
                    }

                    routes[route.Lane] = route;
                }

                await observations.ReportAsync(Host, [.. rows.Where(r => r.Body is not null && r.Resource.StartsWith("versionset/", StringComparison.Ordinal)).Select(Observed)], [.. routes.Values.Select(r => new TrafficObserved { Lane = r.Lane, Agent = Host, Generation = r.Generation })], cancel);
                await next.WaitAsync(cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The end of the measurement.
        }
    }

    private static VersionSetObserved Observed(WantedRow row)
    {
        var wanted = JsonSerializer.Deserialize(row.Body!, TargetsJson.Default.VersionSetWanted)!;
        return new VersionSetObserved
        {
            VersionSet = wanted.Spec.Id, Agent = Host, Token = row.Token, Wanted = wanted.Count, Attempt = wanted.Attempt,
            Instances = [.. Enumerable.Range(1, wanted.Count).Select(n => new InstanceObserved { Id = $"{n}", Condition = InstanceCondition.Healthy })],
        };
    }

    /// <summary>No bytes are stored or asked for.</summary>
    private sealed class NoArtifacts : IArtifactStore
    {
        public Task<IStagedArtifact> StageAsync(Stream bytes, long mostBytes, CancellationToken cancel) => throw new NotSupportedException("Nothing is uploaded here.");

        public Stream? Open(string digest) => throw new NotSupportedException("Nothing is downloaded here.");

        public StoredArtifact? Find(string digest) => new(digest, 1, DateTimeOffset.UnixEpoch);

        public IEnumerable<StoredArtifact> List() => [];

        public bool Remove(string digest, DateTimeOffset before) => false;
    }
}
