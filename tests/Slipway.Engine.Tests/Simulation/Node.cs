using Microsoft.Extensions.Logging.Abstractions;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Engine.Analysis;
using Slipway.Engine.Artifacts;
using Slipway.Engine.Environments;
using Slipway.Engine.Gates;
using Slipway.Engine.Lanes;
using Slipway.Engine.Ports;
using Slipway.Engine.Promotions;
using Slipway.Engine.Releases;
using Slipway.Engine.Rollouts;
using Slipway.Engine.Services;
using Slipway.Engine.Targets;
using Slipway.Engine.Traffic;

namespace Slipway.Engine.Tests.Simulation;

/// <summary>One server process: the engine's own parts, composed as the server composes them, over one view of the store. All that it keeps in memory dies with it.</summary>
internal sealed class Node : IDisposable
{
    private readonly DeliveryLoop loop;
    private readonly HttpClient http;
    private readonly CommandStore commandStore;
    private readonly NodeStore plain;
    private readonly VirtualTime time;
    private readonly LaneFlow laneFlow;
    private Task<bool>? step;
    private bool goesOn;
    private TimeSpan backsOffUntil;
    private TimeSpan? tellsLanesAt;
    private int told;

    public Node(int number, VirtualTime time, IStore shared, Platform platform, ReadDefinition readDefinition, HttpMessageHandler preview, IMetricSource source, int batch, Action<ProcessTurn> acknowledged, Action<OutboxEffect, string?> outcome)
    {
        Number = number;
        this.time = time;
        Faults = new NodeFaults(time);
        var store = new NodeStore(shared, Faults, mayFreeze: true, acknowledged, outcome);
        plain = new NodeStore(shared, Faults, mayFreeze: false);
        commandStore = new CommandStore(shared, Faults);
        laneFlow = new LaneFlow(shared.Generation);
        http = new HttpClient(preview, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        Registry = new AgentRegistry();
        Registry.Changed += () => tellsLanesAt ??= time.Elapsed + TimeSpan.FromMilliseconds(500);
        Observations = new TargetObservations(plain, time);
        Traffic = new TrafficIntake(time);
        Lanes = new LaneStates(plain);
        var commandLanes = new LaneStates(commandStore);
        var waiting = new WaitingPromotions(commandStore, commandLanes);
        Starter = new PromotionStarter(commandStore, platform, commandLanes, new ReleaseVetoes(commandStore), new ArtifactUse(commandStore, new EveryArtifact()), readDefinition);
        Releases = new ReleaseCatalog(commandStore, new ServiceCatalog(commandStore, new LaneQueries(commandLanes)), readDefinition, new AutoPromotion(platform, Starter, waiting), waiting);
        Services = new ServiceCatalog(commandStore, new LaneQueries(commandLanes));
        Freezes = new Freezes(commandStore, platform, waiting);
        Holds = new HoldDesk(commandStore, platform, commandLanes);
        Promotions = new PromotionDesk(commandStore, commandLanes);
        Rollouts = new RolloutDesk(commandStore, new LaneStates(commandStore));
        var loopLanes = new LaneStates(store);
        var runner = new EffectRunner(
            store, new TargetPlacement(store, Registry, new WantedSignal()), Observations,
            new GateKeeper(store, platform, new ReleaseVetoes(store), new Freezes(store, platform, new WaitingPromotions(store, loopLanes)), loopLanes),
            new JudgeDesk(store, Traffic, Registry, new Measurer(store, new MetricSources(platform, _ => source))), new Verifier(Observations, http, time), new HookCaller(platform, http, time),
            new AutoPromotion(platform, new PromotionStarter(store, platform, loopLanes, new ReleaseVetoes(store), new ArtifactUse(store, new EveryArtifact()), readDefinition), new WaitingPromotions(store, loopLanes)),
            (_, effect, _) => throw new NotSupportedException($"No pipelines run here: {effect.GetType().Name}."), NullLogger<EffectRunner>.Instance);
        var machines = new IMachine[] { laneFlow, new PromotionFlow(), new RolloutFlow() }.ToDictionary(m => m.Kind);
        loop = new DeliveryLoop(store, machines, runner, new LoopOptions { Batch = batch }, time, NullLogger<DeliveryLoop>.Instance);
    }

    public int Number { get; }
    public NodeFaults Faults { get; }
    public AgentRegistry Registry { get; }
    public TargetObservations Observations { get; }
    public TrafficIntake Traffic { get; }
    public LaneStates Lanes { get; }
    public PromotionStarter Starter { get; }
    public ReleaseCatalog Releases { get; }
    public ServiceCatalog Services { get; }
    public Freezes Freezes { get; }
    public HoldDesk Holds { get; }
    public PromotionDesk Promotions { get; }
    public RolloutDesk Rollouts { get; }

    /// <summary>The loop is in the midst of a round, or the last one claimed something for the next.</summary>
    public bool IsUnderWay => step is not null || goesOn;

    public bool IsFrozen => step is { IsCompleted: false };

    /// <summary>When it does something by itself though the store gives it nothing; null: never.</summary>
    public TimeSpan? WakesAt => tellsLanesAt is { } tells && tells > time.Elapsed ? tells : backsOffUntil > time.Elapsed ? backsOffUntil : null;

    /// <summary>One round of the loop. False: there was nothing to do, or it cannot.</summary>
    public async Task<bool> StepAsync()
    {
        if (Faults.Dead || time.Elapsed < backsOffUntil)
        {
            return false;
        }

        step ??= loop.StepAsync(CancellationToken.None);
        if (!step.IsCompleted)
        {
            return Faults.Frozen is not null ? false : throw new InvalidOperationException("The engine waits for something that the simulation does not move.");
        }

        var finished = step;
        step = null;
        try
        {
            return goesOn = await finished.ConfigureAwait(false);
        }
        catch (NodeDiedException)
        {
            return false;
        }
        catch (StoreUnavailableException)
        {
            backsOffUntil = time.Elapsed + TimeSpan.FromSeconds(1);
            goesOn = true;
            return false;
        }
    }

    /// <summary>What the server does when agents came or went: every lane says again what it wants.</summary>
    public async Task TellLanesAsync()
    {
        if (tellsLanesAt is not { } due || time.Elapsed < due || Faults.Dead || IsFrozen)
        {
            return;
        }

        await TryAsync(async () =>
        {
            var lanes = await Lanes.ListAsync(null, CancellationToken.None).ConfigureAwait(false);
            var events = lanes.Where(l => l.Stable is not null).Select(l => new NewMessage(l.Lane.Process, $"targets:{Number}:{told++}", laneFlow.WriteEvent(new TargetsChanged()))).ToList();
            await plain.AppendAsync(new Append { Events = events }, CancellationToken.None).ConfigureAwait(false);
            tellsLanesAt = null;
            return true;
        }).ConfigureAwait(false);
    }

    /// <summary>Something that the node does for somebody outside; null: it died or could not reach the store, and nobody got an answer.</summary>
    public async Task<T?> TryAsync<T>(Func<Task<T>> work)
    {
        commandStore.Settle();
        try
        {
            return Faults.Dead ? default : await work().ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is NodeDiedException or StoreUnavailableException)
        {
            return default;
        }
    }

    public void Dispose() => http.Dispose();
}
