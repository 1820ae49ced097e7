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
    TargetObservations observations, AgentRegistry agents, InstanceViews instances, ServerOptions options)
{
    public async Task<StatusView> StatusAsync(string? service, CancellationToken cancel)
    {
        var head = store.LedgerHead;
        var states = (await lanes.ListAsync(service, cancel)).ToDictionary(l => l.Lane);
        var all = (await services.ListAsync(cancel)).Where(s => service is null || s.Name == service).OrderBy(s => s.Name, StringComparer.Ordinal);
        var vetoed = await vetoes.AllAsync(cancel);
        var views = new List<ServiceStatusView>();
        foreach (var known in all)
        {
            var row = new List<LaneView>();
            foreach (var environment in platform.Current.Environments)
            {
                row.Add(await LaneAsync(new LaneId(known.Name, environment.Name), states.GetValueOrDefault(new LaneId(known.Name, environment.Name)), vetoed.GetValueOrDefault(known.Name) ?? [], cancel));
            }

            views.Add(new ServiceStatusView { Service = known.Name, Owner = known.Owner, LatestVersion = known.LatestVersion, Lanes = row });
        }

        var environments = new List<EnvironmentView>();
        foreach (var environment in platform.Current.Environments)
        {
            environments.Add(await EnvironmentAsync(environment, cancel));
        }

        return new StatusView { Environments = environments, Services = views, LedgerIndex = head };
    }

    public async Task<LaneView?> FindAsync(LaneId lane, CancellationToken cancel) =>
        platform.Current.Find(lane.Environment) is null || await services.FindAsync(lane.Service, cancel) is null
            ? null
            : await LaneAsync(lane, await lanes.ReadAsync(lane, cancel), await vetoes.VersionsAsync(lane.Service, cancel), cancel);

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

    private async Task<LaneView> LaneAsync(LaneId id, LaneState? lane, IReadOnlySet<string> vetoed, CancellationToken cancel)
    {
        var seen = observations.Seen(id);
        var stable = lane?.Stable;
        var healthy = stable is null ? 0 : seen.Find(stable.Spec.Id)?.Healthy ?? 0;
        var route = observations.RoutesOf(id).FirstOrDefault();
        var waiting = new List<MovingView>();
        foreach (var queued in lane?.Queue ?? [])
        {
            if (await MovingAsync(queued.Id, cancel) is { } view)
            {
                waiting.Add(view);
            }
        }

        return new LaneView
        {
            Service = id.Service,
            Environment = id.Environment,
            Version = stable?.Spec.Version,
            Since = stable?.Since,
            Health = HealthOf(stable, healthy, seen),
            HealthyInstances = healthy,
            WantedInstances = stable?.Count ?? 0,
            Moving = lane?.Active is { } active ? await MovingAsync(active.Id, cancel) : waiting.Count > 0 ? waiting[0] : null,
            Waiting = waiting,
            Holds = [.. (lane?.Holds ?? []).Select(h => HoldOf(id, h))],
            NeedsAttention = lane?.NeedsAttention,
            Url = stable is null && lane?.Active is null ? null : $"http://{id.Service}.{id.Environment}.localhost:{options.RouterPort}/",
            Port = route?.Port,
            PreviewUrl = route?.PreviewPort is null ? null : $"http://{id.Service}--preview.{id.Environment}.localhost:{options.RouterPort}/",
            RollbackTo = lane is null ? [] : [.. PromotionStarter.RollbackTargets(lane, vetoed).Select(h => h.Spec.Version)],
        };
    }

    private LaneHealth HealthOf(LaneRevision? stable, int healthy, TargetsSeen seen) =>
        stable is null ? LaneHealth.Empty
        : seen.Find(stable.Spec.Id) is null || !agents.All.Any(a => a.Connected) ? LaneHealth.Unknown
        : healthy == 0 ? LaneHealth.Down
        : healthy < stable.Count ? LaneHealth.Degraded
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
            Weight = rollout?.Weight,
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
