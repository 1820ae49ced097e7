using System.Text.Json.Nodes;
using Slipway.Client.Agents;
using Slipway.Client.Api;
using Slipway.Core.Kernel;
using Slipway.Engine;
using Slipway.Engine.Access;
using Slipway.Engine.Ports;
using Slipway.Engine.Targets;
using Slipway.Server.Access;

namespace Slipway.Server.Agents;

/// <summary>Agents that are enrolled, with what is known of them now.</summary>
internal sealed class AgentRoster(IStore store, Tokens tokens, AgentRegistry registry, TargetObservations observations, AgentDrains drains, AgentHub hub)
{
    private static readonly Dictionary<string, string> NoLabels = [];

    public async Task<IReadOnlyList<AgentView>> ListAsync(CancellationToken cancel) => [.. (await tokens.AgentsAsync(cancel)).Select(View)];

    public async Task<AgentView?> FindAsync(string name, CancellationToken cancel) => (await ListAsync(cancel)).FirstOrDefault(a => a.Name == name);

    /// <summary>Null when it is removed.</summary>
    public async Task<Refusal?> RemoveAsync(Asking asking, string name, CancellationToken cancel)
    {
        if (await tokens.RevokeAgentAsync(asking.Caller, name, asking.Key, cancel) is Outcome<int>.Refused refused)
        {
            return refused.Refusal;
        }

        await store.AppendAsync(new Append { Facts = [new Fact("agent.removed", new FactSubject(), asking.Actor.Identity, new JsonObject { ["agent"] = name })] }, cancel);
        hub.Disconnect(name, new ServerRefusal { Reason = "The agent was removed.", Retry = false });
        await drains.ForgetAsync(name, cancel);
        registry.Remove(name);
        return null;
    }

    public static Refusal Missing(string name) => Refusal.NotFound($"There is no agent '{name}'.", "`slipway agent list` shows the agents.");

    private AgentView View(string name)
    {
        var presence = registry.Find(name);
        return new AgentView
        {
            Name = name,
            Connected = presence?.Connected ?? false,
            LastSeenAt = presence?.LastSeenAt,
            Labels = presence?.Labels ?? NoLabels,
            Program = presence?.Program,
            ProtocolVersion = presence?.ProtocolVersion,
            RouterPort = presence?.RouterPort,
            Instances = observations.Find(name)?.VersionSets.Sum(s => s.Instances.Count) ?? 0,
            Draining = registry.IsDraining(name),
            DiskFreeBytes = presence?.DiskFreeBytes,
        };
    }
}
