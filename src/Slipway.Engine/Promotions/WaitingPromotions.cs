using Slipway.Core.Promotions;
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
        var head = store.LedgerHead;
        var events = (await lanes.ListAsync(service, cancel))
            .Where(l => environment is null || l.Lane.Environment == environment)
            .SelectMany(l => l.Queue)
            .Select(q => new NewMessage(PromotionFlow.ProcessOf(q.Id), $"touched:{head}", Flow.WriteEvent(new GatesTouched())))
            .ToList();
        if (events.Count > 0)
        {
            await store.AppendAsync(new Append { Events = events }, cancel);
        }
    }
}
