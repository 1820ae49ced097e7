using Microsoft.Extensions.Hosting;
using Slipway.Engine.Pipelines;

namespace Slipway.Server.Pipelines;

/// <summary>Looks at repositories and gives out jobs as long as the server runs. When one of both ends by itself, the store is gone for good, and the server stops.</summary>
internal sealed class PipelineWork(SourceWatch watch, JobDispatcher dispatcher, IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var parts = new[] { watch.RunAsync(stoppingToken), dispatcher.RunAsync(stoppingToken) };
        await Task.WhenAny(parts);
        if (!stoppingToken.IsCancellationRequested)
        {
            lifetime.StopApplication();
        }

        await Task.WhenAll(parts);
    }
}
