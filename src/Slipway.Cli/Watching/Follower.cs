using System.Threading.Channels;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;

namespace Slipway.Cli.Watching;

/// <summary>
/// Follows something that goes on at the server until it has ended: looks every second, and at once when the event stream tells of something.
/// Where the time is over or somebody ends the following, it says with which command it can be taken up <paramref name="again"/>.
/// </summary>
internal sealed class Follower(Invocation run, SlipwayClient client, LedgerFilter about, TimeSpan? timeout, string again)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1), PatienceWithServer = TimeSpan.FromMinutes(1);
    private readonly Channel<bool> news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>The exit status that <paramref name="look"/> gives when it sees the end; null goes on. A server that does not answer for a moment is told by <paramref name="unreachable"/>.</summary>
    public async Task<int> Follow(Func<CancellationToken, Task<int?>> look, Action<ServerUnreachableException> unreachable)
    {
        using var deadline = timeout is { } limit ? new CancellationTokenSource(limit, run.Shell.Time) : new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(run.Cancel, deadline.Token);
        var listening = Listen(stop.Token);
        try
        {
            return await ToTheEnd(look, unreachable, stop.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !run.Cancel.IsCancellationRequested)
        {
            throw new CliException(ExitCodes.TimedOut, $"Not at its end after {Words.Span(timeout!.Value)}; it goes on.", again);
        }
        catch (OperationCanceledException)
        {
            await run.Shell.Error.WriteLineAsync($"It goes on: {again}");
            throw;
        }
        finally
        {
            await stop.CancelAsync();
            await listening;
        }
    }

    private async Task<int> ToTheEnd(Func<CancellationToken, Task<int?>> look, Action<ServerUnreachableException> unreachable, CancellationToken cancel)
    {
        var seen = run.Now;
        while (true)
        {
            try
            {
                if (await look(cancel) is { } end)
                {
                    return end;
                }

                seen = run.Now;
            }
            catch (ServerUnreachableException exception) when (run.Now - seen < PatienceWithServer)
            {
                // A server that restarts goes on with what it does, and so does who watches it.
                unreachable(exception);
            }

            await Wait(cancel);
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

    private async Task Listen(CancellationToken cancel)
    {
        try
        {
            await foreach (var _ in client.Events(about, cancel: cancel))
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
