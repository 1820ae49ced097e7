using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Slipway.Agent.Router;

/// <summary>What recurs: the sweep of requests under way, and the upkeep.</summary>
internal sealed partial class RouterUpkeep(InFlight inFlight, Routing routing, TallyBook book, RouterOptions options, ILogger<RouterUpkeep> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(
                EveryAsync(RouterLimits.SweepPeriod, () =>
                {
                    inFlight.Sweep();
                    return Task.CompletedTask;
                }, stoppingToken),
                EveryAsync(RouterLimits.UpkeepPeriod, async () =>
                {
                    book.Forget();
                    await routing.UpkeepAsync(stoppingToken);
                }, stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task EveryAsync(TimeSpan period, Func<Task> work, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(period, options.TimeProvider);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await work();
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // A bug here must not take the data plane with it: requests go on, and the next turn tries again.
                Failed(fault);
            }
        }
    }

    [LoggerMessage(EventId = 331, Level = LogLevel.Error, Message = "The upkeep failed.")]
    private partial void Failed(Exception fault);
}
