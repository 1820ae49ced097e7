using Microsoft.Extensions.Hosting;
using Slipway.Engine.Analysis;

namespace Slipway.Server.Analysis;

/// <summary>Compares lanes with themselves as long as the server runs.</summary>
internal sealed class SelfWatchWork(SelfWatch watch) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => watch.RunAsync(stoppingToken);
}
