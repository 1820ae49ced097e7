using Microsoft.Extensions.Hosting;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Core.Pipelines;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Engine;
using Slipway.Engine.Lanes;
using Slipway.Engine.Ports;
using Slipway.Engine.Targets;

namespace Slipway.Server;

/// <summary>Runs the delivery loop as long as the server runs. When the loop ends by itself, because the store is gone for good, the server stops: it can promise nothing any more.</summary>
internal sealed class Loop(DeliveryLoop loop, AgentRegistry agents, LaneStates lanes, IStore store, TimeProvider time, IHostApplicationLifetime lifetime) : BackgroundService
{
    public static IReadOnlyDictionary<string, IMachine> Machines(IStore store) =>
        new IMachine[] { new LaneFlow(store.Generation), new PromotionFlow(), new RolloutFlow(), new CommandFlow(), new SourceFlow(), new RunFlow() }.ToDictionary(m => m.Kind);

    /// <summary>Verifications go to loopback addresses of the router only: no proxy, no redirects.</summary>
    public static HttpClient VerificationClient() => new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false }) { Timeout = Timeout.InfiniteTimeSpan };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var changed = new SemaphoreSlim(0);
        void Note() => changed.Release();
        agents.Changed += Note;
        try
        {
            var parts = new[] { loop.RunAsync(stoppingToken), TellLanesAsync(changed, stoppingToken) };
            await Task.WhenAny(parts);
            if (!stoppingToken.IsCancellationRequested)
            {
                lifetime.StopApplication();
            }

            await Task.WhenAll(parts);
        }
        finally
        {
            agents.Changed -= Note;
        }
    }

    /// <summary>When agents come or go, every lane says again what it wants, so that it is placed anew.</summary>
    private async Task TellLanesAsync(SemaphoreSlim changed, CancellationToken cancel)
    {
        var flow = new LaneFlow(store.Generation);
        var number = 0L;
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await changed.WaitAsync(cancel);
                await Task.Delay(TimeSpan.FromMilliseconds(500), time, cancel);
                while (changed.Wait(0, CancellationToken.None))
                {
                }

                var prefix = $"targets:{store.LedgerHead}:{store.Now.ToUnixTimeMilliseconds()}";
                var told = (await lanes.ListAsync(null, cancel)).Where(l => l.Stable is not null)
                    .Select(l => new NewMessage(l.Lane.Process, $"{prefix}:{number++}", flow.WriteEvent(new TargetsChanged()))).ToList();
                foreach (var some in told.Chunk(500))
                {
                    await store.AppendAsync(new Append { Events = some }, cancel);
                }
            }
            catch (StoreUnavailableException away) when (away.Retryable)
            {
                changed.Release();
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
        }
    }
}
