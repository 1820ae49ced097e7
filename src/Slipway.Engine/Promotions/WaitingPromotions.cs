namespace Slipway.Engine.Promotions;

/// <summary>Has promotions that wait ask their gates again, because something that gates look at has changed.</summary>
public class WaitingPromotions
{
    /// <param name="service">Null: of every service.</param>
    /// <param name="environment">Null: into every environment.</param>
    public virtual Task TouchAsync(string? service, string? environment, CancellationToken cancel) => Task.CompletedTask;
}
