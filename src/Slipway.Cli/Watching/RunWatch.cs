using System.Threading.Channels;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Watching;

/// <summary>Follows a run to its end: asks every second, and at once when the event stream tells of something.</summary>
internal sealed class RunWatch(Invocation run, string id, TimeSpan? timeout)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1), PatienceWithServer = TimeSpan.FromMinutes(1);
    private readonly Channel<bool> news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>The exit status: 0 it succeeded, 1 it did not, 6 the time was over before.</summary>
    public async Task<int> Follow()
    {
        using var deadline = timeout is { } limit ? new CancellationTokenSource(limit, run.Shell.Time) : new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(run.Cancel, deadline.Token);
        Task listening = Task.CompletedTask;
        try
        {
            var first = await run.Client.Run(id, stop.Token);
            listening = Listen(first.Service, stop.Token);
            return await Follow(RunScreen.For(run), first, stop.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !run.Cancel.IsCancellationRequested)
        {
            throw new CliException(ExitCodes.TimedOut, $"Not at its end after {Words.Span(timeout!.Value)}; it goes on.", $"slipway run show {id} --watch");
        }
        catch (OperationCanceledException)
        {
            await run.Shell.Error.WriteLineAsync($"It goes on: slipway run show {id} --watch");
            throw;
        }
        finally
        {
            await stop.CancelAsync();
            await listening;
        }
    }

    private async Task<int> Follow(RunScreen screen, RunView view, CancellationToken cancel)
    {
        var seen = run.Now;
        while (true)
        {
            screen.Show(view);
            if (view.EndedAt is not null)
            {
                return view.State == RunStateView.Succeeded ? ExitCodes.Done : ExitCodes.Failed;
            }

            await Wait(cancel);
            try
            {
                view = await run.Client.Run(id, cancel);
                seen = run.Now;
            }
            catch (ServerUnreachableException exception) when (run.Now - seen < PatienceWithServer)
            {
                // A server that restarts goes on with the run, and so does who watches it.
                screen.Unreachable(exception);
            }
        }
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

    private async Task Listen(string service, CancellationToken cancel)
    {
        try
        {
            await foreach (var _ in run.Client.Events(new LedgerFilter(Service: service), cancel: cancel))
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
