using System.Threading.Channels;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;

namespace Slipway.Cli.Watching;

/// <summary>Follows a promotion and its rollout: asks every second, and at once when the event stream tells of something.</summary>
internal sealed class PromotionWatch(Invocation run, SlipwayClient client, string id, WatchUntil until, TimeSpan? timeout)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1), PatienceWithServer = TimeSpan.FromMinutes(1);
    private readonly Channel<bool> news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>The exit status.</summary>
    public async Task<int> Follow()
    {
        using var deadline = timeout is { } limit ? new CancellationTokenSource(limit, run.Shell.Time) : new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(run.Cancel, deadline.Token);
        var listening = Listen(stop.Token);
        try
        {
            return await Follow(WatchScreen.For(run), stop.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !run.Cancel.IsCancellationRequested)
        {
            throw new CliException(ExitCodes.TimedOut, $"Not at its end after {Words.Span(timeout!.Value)}; it goes on.", $"slipway rollout watch {id}");
        }
        catch (OperationCanceledException)
        {
            await run.Shell.Error.WriteLineAsync($"It goes on: slipway rollout watch {id}");
            throw;
        }
        finally
        {
            await stop.CancelAsync();
            await listening;
        }
    }

    private async Task<int> Follow(WatchScreen screen, CancellationToken cancel)
    {
        var seen = run.Now;
        while (true)
        {
            try
            {
                var snapshot = await Read(cancel);
                seen = run.Now;
                var end = WatchEnd.Of(snapshot, until, run.Now);
                screen.Show(snapshot, end);
                if (end is not null)
                {
                    return end.ExitCode;
                }
            }
            catch (ServerUnreachableException exception) when (run.Now - seen < PatienceWithServer)
            {
                // A server that restarts goes on with the rollout, and so does who watches it.
                screen.Unreachable(exception);
            }

            await Wait(cancel);
        }
    }

    private async Task<WatchSnapshot> Read(CancellationToken cancel)
    {
        var promotion = await client.Promotion(id, cancel);
        return new(promotion, promotion.Rollout is { } rollout ? await client.Rollout(rollout, cancel) : null);
    }

    private async Task Wait(CancellationToken cancel)
    {
        using var interval = new CancellationTokenSource(Interval, run.Shell.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, interval.Token);
        try
        {
            await news.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // The interval is over: look again without news.
        }
    }

    private async Task Listen(CancellationToken cancel)
    {
        try
        {
            await foreach (var _ in client.Events(new LedgerFilter(Promotion: id), cancel: cancel))
            {
                news.Writer.TryWrite(true);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ServerUnreachableException or SlipwayApiException)
        {
            // Without the stream a change is seen up to a second later.
        }
    }
}
