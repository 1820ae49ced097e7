using System.Text.Json.Nodes;
using Slipway.Core.Access;
using Slipway.Core.Kernel;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Targets;

/// <summary>Which agents are to take nothing new, kept over restarts.</summary>
public sealed class AgentDrains(IStore store, AgentRegistry registry)
{
    private const string Collection = "agentDrain";

    /// <summary>Reads what is kept into the registry; once, at the start.</summary>
    public async Task LoadAsync(CancellationToken cancel)
    {
        foreach (var document in await store.ListDocumentsAsync(Collection, null, 10_000, newestFirst: false, cancel))
        {
            registry.SetDraining(document.Key, true);
        }
    }

    public Task<Outcome<string>> DrainAsync(Actor by, string agent, RequestKey? key, CancellationToken cancel) =>
        SetAsync(by, agent, drained: true, key, cancel);

    /// <summary>Undoes a drain: the agent takes instances again.</summary>
    public Task<Outcome<string>> UndrainAsync(Actor by, string agent, RequestKey? key, CancellationToken cancel) =>
        SetAsync(by, agent, drained: false, key, cancel);

    /// <summary>An agent that was removed does not drain any more; one that is enrolled again under its name starts afresh.</summary>
    public async Task ForgetAsync(string agent, CancellationToken cancel)
    {
        await store.AppendAsync(new Append { Documents = [new DocumentWrite(Collection, agent, null)] }, cancel);
        registry.SetDraining(agent, false);
    }

    private async Task<Outcome<string>> SetAsync(Actor by, string agent, bool drained, RequestKey? key, CancellationToken cancel)
    {
        var fact = new Fact(drained ? "agent.drained" : "agent.undrained", new FactSubject(), by.Identity, new JsonObject { ["agent"] = agent });
        var append = new Append
        {
            Documents = [new DocumentWrite(Collection, agent, drained ? new JsonObject { ["by"] = by.Identity } : null)],
            Facts = registry.IsDraining(agent) == drained ? [] : [fact],
        };
        switch (await store.AppendOnceAsync(append, key, agent, cancel))
        {
            case OnceResult.KeyReused:
                return OnceResult.KeyReused.Refusal;
            case OnceResult.Repeated:
                // What somebody asked for since then stands.
                return agent;
            default:
                registry.SetDraining(agent, drained);
                return agent;
        }
    }
}
