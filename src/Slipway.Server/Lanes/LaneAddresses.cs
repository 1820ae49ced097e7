using Slipway.Core.Kernel;
using Slipway.Core.Traffic;
using Slipway.Engine.Environments;
using Slipway.Engine.Targets;

namespace Slipway.Server.Lanes;

/// <summary>Where something answers.</summary>
/// <param name="Url">With its own name, at the router's port, or else its own port; of a router on another machine it is meant for programs there.</param>
/// <param name="Port">Its own loopback port there; null: not known.</param>
/// <param name="Agent">Whose router that is; null: not known.</param>
internal sealed record LaneAddress(string Url, int? Port, string? Agent);

/// <summary>At which routers lanes answer. Each agent has a router of its own, and it serves what that agent has instances of.</summary>
internal sealed class LaneAddresses(TargetObservations observations, AgentRegistry agents, Platform platform, ServerOptions options)
{
    /// <summary>Where users' requests go: at an agent that has the lane, else at one that is meant to. Null: no agent is.</summary>
    public LaneAddress? Of(LaneId lane)
    {
        if (Best(lane, route => route.Port) is { } having)
        {
            return Address(lane.Service, lane.Environment, having.Agent, having.Port);
        }

        // Before the first agent has come back, this machine's is the likeliest.
        var target = platform.Current.Find(lane.Environment)?.Target ?? new Dictionary<string, string>();
        var meant = agents.All.Where(agent => agent.RouterPort is not null && AgentRegistry.HasLabels(agent, target)).OrderBy(agent => !agent.Connected).ThenBy(agent => !IsHere(agent.Name)).FirstOrDefault();
        return meant is null && agents.All.Count > 0 ? null : Address(lane.Service, lane.Environment, meant?.Name, null);
    }

    /// <summary>Where a version without users' requests can be looked at. Null: no router has opened that.</summary>
    public LaneAddress? PreviewOf(LaneId lane) =>
        Best(lane, route => route.PreviewPort) is { } open ? Address($"{lane.Service}--preview", lane.Environment, open.Agent, open.Port) : null;

    private (string Agent, int Port)? Best(LaneId lane, Func<TrafficObserved, int?> portOf) => observations.All
        .SelectMany(report => report.RoutesOf(lane).Where(route => portOf(route) is not null).Select(route => (report, Port: portOf(route)!.Value)))
        .OrderBy(found => agents.Find(found.report.Agent)?.Connected != true)
        .ThenBy(found => !found.report.VersionSetsOf(lane).Any(set => set.Instances.Any(instance => instance.Port is not null)))
        .ThenBy(found => !IsHere(found.report.Agent))
        .Select(found => ((string, int)?)(found.report.Agent, found.Port))
        .FirstOrDefault();

    private bool IsHere(string agent) => agents.Find(agent)?.RouterPort == options.RouterPort;

    /// <summary>Null: the router chose its port itself and has not told any yet.</summary>
    private LaneAddress? Address(string name, string environment, string? agent, int? port) => ((agent is null ? null : agents.Find(agent)?.RouterPort) ?? options.RouterPort) switch
    {
        0 when port is null => null,
        0 => new($"http://127.0.0.1:{port}/", port, agent),
        var router => new($"http://{name}.{environment}.localhost:{router}/", port, agent),
    };
}
