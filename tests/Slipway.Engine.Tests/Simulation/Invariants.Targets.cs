using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Core.Traffic;

namespace Slipway.Engine.Tests.Simulation;

internal sealed partial class Invariants
{
    private const string SetPrefix = "versionset/", RoutePrefix = "route/";

    /// <summary>At the end, when nothing is under way any more: routes, hosts and lanes agree.</summary>
    public void CheckEnd()
    {
        foreach (var lane in Lanes.Values)
        {
            Require(lane.Active is null && lane.Queue.Count == 0, "Liveness", $"{lane.Lane} is not at rest: {lane.Active?.Id} {string.Join(", ", lane.Queue.Select(q => q.Id))}");
            CheckRest(lane);
            foreach (var (agent, route) in world.Agents.SelectMany(a => a.Applied.Values.Where(r => r.Lane == lane.Lane).Select(r => (a, r))))
            {
                Require(route.Weights.Sum(w => w.Weight) == (lane.Stable is { Spec.Run.IsWorker: false } ? 100 : 0), "I3", $"the router of {agent.Name} divides {Tell(route)} in {lane.Lane}");
                Require(route.Weights.All(w => w.VersionSet == lane.Stable!.Spec.Id), "I3", $"the router of {agent.Name} still serves {Tell(route)}, where {lane.Stable?.Spec.Version} is stable");
            }
        }

        foreach (var agent in world.Agents)
        {
            var wanted = world.Store.Wanted.Where(w => w.Agent == agent.Name && w.Resource.StartsWith(SetPrefix, StringComparison.Ordinal)).Select(world.Read).Where(w => w.Count > 0).ToDictionary(w => w.Spec.Id, w => w.Count);
            var running = agent.Instances.Where(i => i.Counts).GroupBy(i => i.VersionSet).ToDictionary(g => g.Key, g => g.Count());
            Require(running.Keys.All(wanted.ContainsKey), "I6", $"{agent.Name} runs {string.Join(", ", running.Keys.Except(wanted.Keys))}, which nobody wants");
            Require(wanted.All(w => running.GetValueOrDefault(w.Key) == w.Value), "Liveness", $"{agent.Name} does not run what is wanted");
        }

        Require(world.Store.Outbox.Count == 0, "Liveness", $"{world.Store.Outbox.Count} effects are never carried out, first {world.Store.Outbox.FirstOrDefault()?.Effect.Id}");
    }

    private void CheckWanted()
    {
        if (world.Store.WantedWrites.Count == 0)
        {
            return;
        }

        foreach (var (before, now) in world.Store.WantedWrites)
        {
            Require(before is null || before.Token <= now.Token, "I2", $"{now.Owner} wrote {now.Resource} under {now.Token}, after {before?.Owner} had under {before?.Token}");
            if (before?.Token == now.Token && now.Resource.StartsWith(RoutePrefix, StringComparison.Ordinal))
            {
                Require(world.ReadRoute(before).Generation <= world.ReadRoute(now).Generation, "I2", $"{now.Owner} took the weights of {now.Resource} back to {Tell(world.ReadRoute(now))} after {Tell(world.ReadRoute(before))}");
            }
        }

        world.Store.WantedWrites.Clear();
        foreach (var weight in world.Store.Wanted.Where(w => w.Resource.StartsWith(RoutePrefix, StringComparison.Ordinal)).SelectMany(w => world.ReadRoute(w).Weights).Where(w => w.Weight > 0))
        {
            Require(WantedCount(weight.VersionSet) > 0, "I3", $"{weight.Version} has {weight.Weight} % of the traffic and is not wanted to run");
            Require(world.QualityOf(weight.Version) != Quality.NeverStarts, "I4", $"{weight.Version} has {weight.Weight} % of the traffic and never started");
        }
    }

    private void CheckRest()
    {
        foreach (var lane in Lanes.Values)
        {
            if (lane.Active is null && world.Store.IsQuiet(lane.Lane.Process) && !Rollouts.Any(r => r.Value.Lane == lane.Lane && !world.Store.IsQuiet(RolloutFlow.ProcessOf(r.Key))))
            {
                CheckRest(lane);
            }
        }

        foreach (var (id, rollout) in Live)
        {
            if (world.Store.IsQuiet(rollout.Lane.Process) && world.Store.IsQuiet(RolloutFlow.ProcessOf(id)))
            {
                CheckIntent(id, rollout);
            }
        }
    }

    /// <summary>Nobody moves and everything is carried out: what is wanted is what the lane says.</summary>
    private void CheckRest(LaneState lane)
    {
        foreach (var route in RoutesOf(lane.Lane))
        {
            Require(
                lane.Stable is { Spec.Run.IsWorker: false } stable ? route.Weights is [{ Weight: 100 } all] && all.VersionSet == stable.Spec.Id : route.Weights.Count == 0, "I3",
                $"{lane.Lane} rests on {lane.Stable?.Spec.Version ?? "nothing"}, and its route says {Tell(route)}");
        }

        foreach (var set in world.Store.Wanted.Where(w => w.Resource.StartsWith($"{SetPrefix}{lane.Lane}/", StringComparison.Ordinal)).Select(world.Read).Where(s => s.Count > 0))
        {
            Require(set.Spec.Id == lane.Stable?.Spec.Id || lane.Stable?.Spec.Workers.Any(worker => worker.Id == set.Spec.Id) == true || set.Spec.Id == lane.Warm?.Spec.Id || lane.Left.Any(l => l.Spec.Id == set.Spec.Id), "I6", $"{lane.Lane} rests on {lane.Stable?.Spec.Version ?? "nothing"}, and {set.Count} of {set.Spec.Version} are still wanted");
        }

        if (lane.Stable is { } serves)
        {
            Require(WantedCount(serves.Spec.Id) == serves.Count, "I3", $"{lane.Lane} rests on {serves.Spec.Version}, and {WantedCount(serves.Spec.Id)} of {serves.Count} are wanted");
            foreach (var worker in serves.Spec.Workers)
            {
                Require(WantedCount(worker.Id) == worker.Run.Instances, "I3", $"{lane.Lane} rests on {serves.Spec.Version}, and {WantedCount(worker.Id)} of {worker.Run.Instances} of {worker.Run.Process} are wanted");
            }

            Require(
                serves.Spec.Run.IsWorker || world.Store.Wanted.Where(w => w.Resource == SetPrefix + serves.Spec.Id && world.Read(w).Count > 0).All(w => world.Store.Wanted.Any(r => r.Agent == w.Agent && r.Resource == $"{RoutePrefix}{lane.Lane}")),
                "I3", $"a host runs {serves.Spec.Version} of {lane.Lane} and was never told how to divide its traffic");
        }
    }

    /// <summary>A rollout is under way and all it asked for is carried out: what is wanted is what it asked for last.</summary>
    private void CheckIntent(string id, RolloutState rollout)
    {
        var set = rollout.Inputs.Revision.Id;
        if (Lanes[rollout.Lane].Queue.FirstOrDefault(q => q is { Kind: PromotionKind.Rollback, Ready: true }) is { } rollback)
        {
            Require(rollout.Phase == RolloutPhase.RollingBack, "Order", $"the rollback {rollback.Id} is ready, and waits for {id}, which goes on");
        }

        // Until it has asked for something, a version that is kept warm has what the lane wants of it.
        var hasAsked = rollout.EnsuredAttempt >= 0 || rollout.RingsDone.Count > 0;
        var asked = rollout.Count + (rollout.Ring is { } turn ? rollout.Inputs.Rings.Take(turn).Sum(r => r.Count) : 0);
        Require(!hasAsked || WantedCount(set) == asked || rollout.Phase == RolloutPhase.RollingBack, "I2", $"{id} asked for {asked} of {rollout.Inputs.Revision.Version}, and {WantedCount(set)} are wanted");
        if (rollout.Stable is { } stable && rollout.Phase != RolloutPhase.RollingBack && stable.Spec.Id != set && rollout.FullAt is null)
        {
            var left = stable.IsPlacedAs(rollout.Inputs) && rollout.Ring is { } ring
                ? stable.Inputs.Rings.Select((place, i) => (i < ring ? rollout.RingsDone[i].StableCount : i == ring ? rollout.StableCount : null) ?? place.Count).Sum()
                : rollout.StableCount ?? stable.Count;
            Require(WantedCount(stable.Spec.Id) == left, "I2", $"{id} left {left} of {stable.Spec.Version}, and {WantedCount(stable.Spec.Id)} are wanted");
            Require(WantedCount(stable.Spec.AsBaseline.Id) == rollout.BaselineCount, "I2", $"{id} compares with {rollout.BaselineCount} instances, and {WantedCount(stable.Spec.AsBaseline.Id)} are wanted");
            var apart = AgentsOf(stable.Spec.AsBaseline.Id).Except(AgentsOf(set)).ToList();
            Require(apart.Count == 0, "Judge", $"{id} compares with instances on {string.Join(", ", apart)}, where the new version has none");
        }

        CheckWorkers(id, rollout);

        // Between workers the routers are told nothing.
        var isRouted = !rollout.Inputs.Revision.Run.IsWorker || rollout.Stable is { Spec.Run.IsWorker: false };
        if (isRouted && rollout.TrafficGeneration > rollout.FirstGeneration)
        {
            Require(RoutesOf(rollout.Lane).All(r => r.Generation == rollout.TrafficGeneration), "I2", $"{id} asked for weights {rollout.TrafficGeneration}, and what is wanted is {string.Join(" and ", RoutesOf(rollout.Lane).Select(Tell))}");
        }
    }

    /// <summary>A version has workers beside only while it has traffic, and as long as both have some, both have workers.</summary>
    private void CheckWorkers(string id, RolloutState rollout)
    {
        if (rollout.Phase == RolloutPhase.RollingBack || rollout.Stable?.Spec.Id == rollout.Inputs.Revision.Id)
        {
            return;
        }

        foreach (var worker in rollout.Inputs.Revision.Workers)
        {
            var wanted = WantedCount(worker.Id);
            Require(rollout.Workers is null ? wanted == 0 : wanted > 0, "I2", $"{id} is at {rollout.Weight} %, and {wanted} of {worker.Run.Process} of {rollout.Inputs.Revision.Version} are wanted");
        }

        foreach (var worker in rollout.Stable?.Spec.Workers ?? [])
        {
            var wanted = WantedCount(worker.Id);
            Require(
                rollout.Workers?.StableWeight switch { null => wanted == worker.Run.Instances, 100 => wanted == 0, _ => wanted > 0 }, "I2",
                $"{id} is at {rollout.Weight} %, and {wanted} of {worker.Run.Process} of {rollout.Stable!.Spec.Version} are wanted");
        }
    }

    private IEnumerable<TrafficWanted> RoutesOf(LaneId lane) => world.Store.Wanted.Where(w => w.Resource == RoutePrefix + lane).Select(world.ReadRoute);

    private IEnumerable<string> AgentsOf(string versionSet) => world.Store.Wanted.Where(w => w.Resource == SetPrefix + versionSet && world.Read(w).Count > 0).Select(w => w.Agent);

    private int WantedCount(string versionSet) => world.Store.Wanted.Where(w => w.Resource == SetPrefix + versionSet).Sum(w => world.Read(w).Count);

    private static string Tell(TrafficWanted route) => $"{(route.Weights.Count == 0 ? "nothing" : string.Join(" + ", route.Weights.Select(w => $"{w.Version} {w.Weight} %")))} (generation {route.Generation})";
}
