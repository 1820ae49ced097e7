using Slipway.Client.Api;
using Slipway.Core.Environments;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Core.Targets;
using Slipway.Engine.Environments;
using Slipway.Engine.Gates;
using Slipway.Engine.Lanes;
using Slipway.Engine.Ports;
using Slipway.Engine.Promotions;
using Slipway.Engine.Releases;
using Slipway.Engine.Rollouts;
using Slipway.Engine.Services;
using Slipway.Engine.Targets;
using Slipway.Server.Promotions;
using Slipway.Server.Rollouts;

namespace Slipway.Server.Lanes;

/// <summary>The board and its lanes as the API shows them.</summary>
internal sealed class StatusViews(
    IStore store, Platform platform, ServiceCatalog services, LaneStates lanes, ReleaseVetoes vetoes, PromotionDesk promotions, RolloutDesk rollouts, Freezes freezes,
    TargetObservations observations, AgentRegistry agents, InstanceViews instances, StatusRows rows, LaneAddresses addresses)
{
    public async Task<StatusAnswer> StatusAsync(string? service, CancellationToken cancel)
    {
        var head = store.LedgerHead;
        var environments = platform.Current.Environments;
        var states = (await lanes.ListAsync(service, cancel)).ToDictionary(l => l.Lane);
        var all = (await services.ListAsync(cancel)).Where(s => service is null || s.Name == service).OrderBy(s => s.Name, StringComparer.Ordinal).ToList();
        var vetoed = await vetoes.AllAsync(cancel);
        var made = new List<byte[]>(all.Count);
        foreach (var known in all)
        {
            var cells = new List<LaneSource>(environments.Count);
            foreach (var environment in environments)
            {
                var id = new LaneId(known.Name, environment.Name);
                cells.Add(await SourceAsync(id, states.GetValueOrDefault(id), cancel));
            }

            var source = new RowSource(known, vetoed.GetValueOrDefault(known.Name) ?? [], cells);
            made.Add(await rows.RowAsync(known.Name, source.Lanes.Any(l => l.Moves) ? null : source, () => RowAsync(source, cancel)));
        }

        if (service is null)
        {
            rows.KeepOnly(all.Select(s => s.Name).ToHashSet(StringComparer.Ordinal));
        }

        var heads = new List<EnvironmentView>();
        foreach (var environment in environments)
        {
            heads.Add(await EnvironmentAsync(environment, cancel));
        }

        return new StatusAnswer(heads, made, head);
    }

    public async Task<LaneView?> FindAsync(LaneId lane, CancellationToken cancel) =>
        platform.Current.Find(lane.Environment) is null || await services.FindAsync(lane.Service, cancel) is null
            ? null
            : await LaneAsync(lane, await SourceAsync(lane, await lanes.ReadAsync(lane, cancel), cancel), await vetoes.VersionsAsync(lane.Service, cancel), cancel);

    /// <summary>The instances of all lanes, or of one service or environment.</summary>
    public async Task<IReadOnlyList<InstanceView>> InstancesAsync(string? service, string? environment, CancellationToken cancel)
    {
        var views = new List<InstanceView>();
        foreach (var lane in (await lanes.ListAsync(service, cancel)).Where(l => environment is null || l.Lane.Environment == environment))
        {
            var moving = lane.Active is { } active ? (await promotions.FindAsync(active.Id, cancel))?.Inputs.Revision : null;
            views.AddRange(instances.Of(lane, moving));
        }

        return views;
    }

    public static HoldView HoldOf(LaneId lane, Hold hold) => new()
    {
        Id = hold.Id, Service = lane.Service, Environment = lane.Environment, Version = hold.Version, Why = hold.Why, By = hold.By, At = hold.At,
    };

    private async Task<ServiceStatusView> RowAsync(RowSource source, CancellationToken cancel)
    {
        var row = new List<LaneView>(source.Lanes.Count);
        foreach (var lane in source.Lanes)
        {
            row.Add(await LaneAsync(new LaneId(source.Service.Name, lane.Environment), lane, source.Vetoed, cancel));
        }

        return new ServiceStatusView { Service = source.Service.Name, Owner = source.Service.Owner, LatestVersion = source.Service.LatestVersion, Lanes = row };
    }

    private async Task<LaneSource> SourceAsync(LaneId id, LaneState? lane, CancellationToken cancel)
    {
        var (stable, all) = (lane?.Stable, observations.Seen(id));
        var seen = stable is null ? null : all.Find(stable.Spec.Id);
        var healthy = seen?.Healthy ?? 0;
        var rollout = lane is { Active: { } active, Stable: not null } ? await rollouts.FindAsync(active.Id, cancel) : null;
        if (rollout is { Replaced: > 0 and var replaced })
        {
            // New instances that took the place of old ones do their work: together there are as many as there should be.
            healthy += Math.Min(replaced, all.Find(rollout.Inputs.Revision.Id)?.Healthy ?? 0);
        }

        List<ProcessInstances> processes = [new(stable?.Spec.Run.Process, healthy, stable?.Count ?? 0), .. WorkersOf(stable?.Spec, rollout?.Inputs.Revision, all)];
        return new LaneSource(id.Environment, lane, HealthOf(stable, seen, processes), processes, lane is { Stable: null, Active: null } or null ? null : addresses.Of(id), addresses.PreviewOf(id));
    }

    /// <summary>Workers beside what serves requests that are healthy, of either version while one takes over from the other.</summary>
    private static IEnumerable<ProcessInstances> WorkersOf(VersionSetSpec? stable, VersionSetSpec? moving, TargetsSeen seen)
    {
        int HealthyOf(VersionSetSpec? set) => set is null ? 0 : seen.Find(set.Id)?.Healthy ?? 0;
        var coming = moving?.Id == stable?.Id ? [] : moving?.Workers ?? [];
        foreach (var worker in stable?.Workers ?? [])
        {
            var healthy = HealthyOf(worker) + HealthyOf(coming.FirstOrDefault(other => other.Run.Process == worker.Run.Process));
            yield return new(worker.Run.Process, Math.Min(worker.Run.Instances, healthy), worker.Run.Instances);
        }
    }

    private async Task<LaneView> LaneAsync(LaneId id, LaneSource source, IReadOnlySet<string> vetoed, CancellationToken cancel)
    {
        var lane = source.State;
        var waiting = new List<MovingView>();
        foreach (var queued in lane?.Queue ?? [])
        {
            if (await MovingAsync(queued.Id, cancel) is { } view)
            {
                waiting.Add(view);
            }
        }

        var isWorker = lane?.Stable is { } stable ? stable.Spec.Run.IsWorker
            : lane?.Active is { } first && (await promotions.FindAsync(first.Id, cancel))?.Inputs.Revision.Run.IsWorker == true;
        return new LaneView
        {
            Service = id.Service,
            Environment = id.Environment,
            Version = lane?.Stable?.Spec.Version,
            Since = lane?.Stable?.Since,
            Health = source.Health,
            HealthyInstances = source.Processes.Sum(process => process.Healthy),
            WantedInstances = source.Processes.Sum(process => process.Wanted),
            Processes = source.Processes is [_] ? [] : [.. source.Processes.Select(process => new ProcessView(process.Name!, process.Healthy, process.Wanted))],
            Moving = lane?.Active is { } active ? await MovingAsync(active.Id, cancel) : waiting.Count > 0 ? waiting[0] : null,
            Waiting = waiting,
            Holds = [.. (lane?.Holds ?? []).Select(h => HoldOf(id, h))],
            NeedsAttention = lane?.NeedsAttention
                ?? (lane?.Stable is { } serving && vetoed.Contains(serving.Spec.Version) ? $"{serving.Spec.Version} serves here and was vetoed: roll back, or promote another release" : null),
            Worker = isWorker,
            Url = isWorker ? null : source.Address?.Url,
            Port = isWorker ? null : source.Address?.Port,
            Router = isWorker ? null : source.Address?.Agent,
            PreviewUrl = source.Preview?.Url,
            PreviewPort = source.Preview?.Port,
            RollbackTo = lane is null ? [] : [.. PromotionStarter.RollbackTargets(lane, vetoed).Select(h => h.Spec.Version)],
        };
    }

    private LaneHealth HealthOf(LaneRevision? stable, VersionSetSeen? seen, List<ProcessInstances> processes) =>
        stable is null ? LaneHealth.Empty
        : seen is null || !agents.AnyConnected ? LaneHealth.Unknown
        : processes[0].Healthy == 0 ? LaneHealth.Down
        : processes.Any(process => process.Healthy < process.Wanted) ? LaneHealth.Degraded
        : LaneHealth.Healthy;

    private async Task<MovingView?> MovingAsync(string id, CancellationToken cancel)
    {
        if (await promotions.FindAsync(id, cancel) is not { } promotion)
        {
            return null;
        }

        var rollout = await rollouts.FindAsync(id, cancel);
        return new MovingView
        {
            Id = id,
            Version = promotion.Version,
            Kind = PromotionViews.KindOf(promotion.Kind),
            State = PromotionViews.StateOf(promotion.Phase),
            Rollout = rollout is null ? null : RolloutViews.StateOf(rollout.Phase),
            Weight = rollout is null ? null : RingViews.WeightOf(rollout),
            Rings = rollout is null ? [] : RingViews.SharesOf(rollout),
            Reason = rollout is { HasEnded: false } ? rollout.Reason : promotion.Reason,
            Until = rollout is { HasEnded: false } ? rollout.Until : null,
        };
    }

    private async Task<EnvironmentView> EnvironmentAsync(EnvironmentDefinition e, CancellationToken cancel) => new()
    {
        Name = e.Name,
        After = e.After,
        Promote = JsonWords.Of(e.Promote),
        Traffic = JsonWords.Of(e.Traffic),
        Approvals = e.Approvals,
        Frozen = (await freezes.InForceAsync(e.Name, store.Now, cancel))?.Why,
    };
}
