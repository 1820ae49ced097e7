using Slipway.Core.Promotions;
using Slipway.Engine.Access;
using Slipway.Engine.Lanes;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Promotions;

/// <summary>Has promotions that wait ask their gates again, because something that gates look at has changed.</summary>
public sealed class WaitingPromotions(IStore store, LaneStates lanes)
{
    private static readonly PromotionFlow Flow = new();

    /// <param name="service">Null: of every service.</param>
    /// <param name="environment">Null: into every environment.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task TouchAsync(string? service, string? environment, CancellationToken cancel)
    {
        // A key of its own each time: the index of what changed is given later, so the ledger's head would be the same for two changes close together.
        var key = Secret.NewName("touched");
        var events = (await lanes.ListAsync(service, cancel))
            .Where(l => environment is null || l.Lane.Environment == environment)
            .SelectMany(l => l.Queue)
            .Select(q => new NewMessage(PromotionFlow.ProcessOf(q.Id), key, Flow.WriteEvent(new GatesTouched())))
            .ToList();
        if (events.Count > 0)
        {
            await store.AppendAsync(new Append { Events = events }, cancel);
        }
    }
}
