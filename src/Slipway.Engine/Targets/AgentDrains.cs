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

    public async Task<Outcome<string>> DrainAsync(Actor by, string agent, RequestKey? key, CancellationToken cancel)
    {
        var append = new Append
        {
            Documents = [new DocumentWrite(Collection, agent, new JsonObject { ["by"] = by.Identity })],
            Facts = registry.IsDraining(agent) ? [] : [new Fact("agent.drained", new FactSubject(), by.Identity, new JsonObject { ["agent"] = agent })],
        };
        if (await store.AppendOnceAsync(append, key, agent, cancel) is OnceResult.KeyReused)
        {
            return OnceResult.KeyReused.Refusal;
        }

        registry.SetDraining(agent, true);
        return agent;
    }

    /// <summary>An agent that was removed does not drain any more; one that is enrolled again under its name starts afresh.</summary>
    public async Task ForgetAsync(string agent, CancellationToken cancel)
    {
        await store.AppendAsync(new Append { Documents = [new DocumentWrite(Collection, agent, null)] }, cancel);
        registry.SetDraining(agent, false);
    }
}
