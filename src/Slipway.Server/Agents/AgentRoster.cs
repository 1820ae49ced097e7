using System.Text.Json.Nodes;
using Slipway.Client.Agents;
using Slipway.Client.Api;
using Slipway.Core.Kernel;
using Slipway.Engine;
using Slipway.Engine.Access;
using Slipway.Engine.Environments;
using Slipway.Engine.Ports;
using Slipway.Engine.Targets;
using Slipway.Server.Access;

namespace Slipway.Server.Agents;

/// <summary>Agents that are enrolled, with what is known of them now.</summary>
internal sealed class AgentRoster(
    IStore store, Tokens tokens, AgentRegistry registry, TargetObservations observations, TargetPlacement placement, AgentDrains drains, AgentHub hub, Platform platform)
{
    private static readonly Dictionary<string, string> NoLabels = [];

    public async Task<IReadOnlyList<AgentView>> ListAsync(CancellationToken cancel) => [.. (await tokens.AgentsAsync(cancel)).Select(agent => View(agent.Name, agent.LastUsedAt))];

    public async Task<AgentView?> FindAsync(string name, CancellationToken cancel) => (await ListAsync(cancel)).FirstOrDefault(a => a.Name == name);

    /// <summary>Makes the token that an agent connects with; that of an agent which is away takes the place of the one it had.</summary>
    public async Task<Outcome<IssuedToken>> EnrolAsync(Asking asking, string name, TimeSpan? life, CancellationToken cancel) =>
        registry.Find(name) is { Connected: true }
            ? Refusal.Conflict(
                "alreadyConnected", $"The agent '{name}' is connected now; a second machine under its name would push it out.",
                $"Choose another name. To replace that agent: `slipway agent remove {name}`. To give it a new token: stop it first (what it runs goes on), then enrol it again.")
            : await tokens.EnrolAgentAsync(asking.Caller, name, life, asking.Key, cancel);

    /// <summary>The agent after it was drained or undrained, with what that means for others.</summary>
    public async Task<Outcome<AgentView>> SetDrainedAsync(Asking asking, string name, bool drained, CancellationToken cancel)
    {
        var agents = await ListAsync(cancel);
        if (agents.All(a => a.Name != name))
        {
            return Missing.Agent(name, NamesOf(agents));
        }

        var outcome = drained ? await drains.DrainAsync(asking.Actor, name, asking.Key, cancel) : await drains.UndrainAsync(asking.Actor, name, asking.Key, cancel);
        return outcome is Outcome<string>.Refused refused
            ? refused.Refusal
            : agents.First(a => a.Name == name) with { Draining = registry.IsDraining(name), Warnings = Deserted(name) };
    }

    /// <summary>Null when it is removed.</summary>
    public async Task<Refusal?> RemoveAsync(Asking asking, string name, CancellationToken cancel)
    {
        if (await tokens.RevokeAgentAsync(asking.Caller, name, asking.Key, cancel) is Outcome<int>.Refused refused)
        {
            return refused.Refusal.Kind == RefusalKind.NotFound ? Missing.Agent(name, NamesOf(await ListAsync(cancel))) : refused.Refusal;
        }

        await store.AppendAsync(new Append { Facts = [new Fact("agent.removed", new FactSubject(), asking.Actor.Identity, new JsonObject { ["agent"] = name })] }, cancel);
        await hub.DisconnectAsync(name, new ServerRefusal { Reason = "The agent was removed.", Retry = false }, cancel);
        await drains.ForgetAsync(name, cancel);
        await observations.ForgetAsync(name, cancel);
        await placement.WithdrawAsync(name, cancel);

        // Last, since it makes every lane say again what it wants.
        registry.Remove(name);
        return null;
    }

    private static List<string> NamesOf(IReadOnlyList<AgentView> agents) => [.. agents.Select(a => a.Name)];

    /// <summary>The environments that nobody takes instances of any more and that this agent could serve.</summary>
    private IReadOnlyList<string>? Deserted(string name)
    {
        var environments = registry.Find(name) is not { } agent || !registry.IsDraining(name)
            ? []
            : platform.Current.Environments.Where(e => registry.Eligible(e.Target).Count == 0 && AgentRegistry.HasLabels(agent, e.Target)).Select(e => e.Name).ToList();
        return environments.Count == 0
            ? null
            : [$"No agent takes instances of {string.Join(", ", environments)} any more. What runs there stays; a rollout there waits for a place, and fails without one. `slipway agent undrain {name}` lets it take them again."];
    }

    private AgentView View(string name, DateTimeOffset? lastUsedAt)
    {
        var presence = registry.Find(name);
        return new AgentView
        {
            Name = name,
            Connected = presence?.Connected ?? false,
            LastSeenAt = presence?.LastSeenAt ?? lastUsedAt,
            Labels = presence?.Labels ?? NoLabels,
            Program = presence?.Program,
            ProtocolVersion = presence?.ProtocolVersion,
            RouterPort = presence?.RouterPort,
            Instances = observations.Find(name)?.VersionSets.Sum(s => s.Instances.Count) ?? 0,
            Draining = registry.IsDraining(name),
            DiskFreeBytes = presence?.DiskFreeBytes,
            JobCapacity = presence?.JobCapacity ?? 0,
            NoJobsBecause = presence?.NoJobsBecause,
            JobLimits = presence?.JobLimits,
            JobLimitsMissing = presence?.JobLimitsMissing,
        };
    }
}
