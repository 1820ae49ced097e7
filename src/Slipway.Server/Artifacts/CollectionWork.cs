using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Slipway.Core.Access;
using Slipway.Core.Kernel;
using Slipway.Engine.Artifacts;
using Slipway.Engine.Ports;

namespace Slipway.Server.Artifacts;

/// <summary>Looks from time to time for what may go. A look that fails removes nothing more, and the next one begins anew.</summary>
internal sealed partial class CollectionWork(Collector collector, TimeProvider time, ILogger<CollectionWork> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Limits.CollectEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var result = await collector.CollectAsync(Actor.Slipway, Limits.CollectPatience, stoppingToken);
                if (result.Gone.Count > 0)
                {
                    LogCollected(result.Gone.Count, result.Gone.Sum(thing => thing.Bytes));
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault) when (fault is StoreUnavailableException or IOException or System.Text.Json.JsonException or NotSupportedException)
            {
                LogFailed(fault);
            }
        }
    }

    [LoggerMessage(1401, LogLevel.Information, "Removed {Count} things that retention keeps no longer, {Bytes} bytes.")]
    private partial void LogCollected(int count, long bytes);

    [LoggerMessage(1402, LogLevel.Warning, "Looking for what retention keeps no longer failed; what is not known to be unneeded stays.")]
    private partial void LogFailed(Exception fault);
}
