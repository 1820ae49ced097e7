using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Slipway.Client.Api;
using Slipway.Engine.Access;
using Slipway.Engine.Ports;
using Slipway.Server.Api;

namespace Slipway.Server.Ledger;

/// <summary>The event streams that are open: bounded in number, cut when their token is revoked or the server stops.</summary>
internal sealed class EventStreams(IStore store, Tokens tokens, Sessions sessions, Revocations revocations, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private int open;

    public int Open() => Volatile.Read(ref open);

    /// <summary>A stream of what comes after an index (null: from now on); null when too many are open.</summary>
    public EventStream? Open(Caller caller, long? after, LedgerFilter filter) => TryEnter() ? new EventStream(this, caller, after ?? store.LedgerHead, filter) : null;

    /// <summary>Takes a place among those that are open; false when there is none.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref open) <= ApiLimits.MostEventStreams)
        {
            return true;
        }

        Leave();
        return false;
    }

    /// <summary>Gives the place back.</summary>
    public void Leave() => Interlocked.Decrement(ref open);

    /// <summary>The answer's headers.</summary>
    public static void Begin(HttpResponse response)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
    }

    /// <summary>Whether a stream's caller still may read. Revocations on another node, expiry and sign-out are seen by this; those on this node cut the stream at once.</summary>
    public async Task<bool> MayGoOnAsync(Caller caller, CancellationToken cancel) =>
        caller.ExpiresAt > store.Now
        && await tokens.CallerOfAsync(caller.Token, cancel) is not null
        && (caller.Session is null || await sessions.LivesAsync(caller.Session, cancel));

    public async Task RunAsync(HttpContext context, Caller caller, long after, LedgerFilter filter)
    {
        try
        {
            using var watch = revocations.Of(caller.Token);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, watch.Revoked, lifetime.ApplicationStopping);
            await SendAsync(context, caller, after, filter, ended.Token);
        }
        catch (OperationCanceledException)
        {
            // The reader went away, its token was revoked, or the server stops: each ends the stream, and the reader may come back with Last-Event-ID.
        }
        finally
        {
            Leave();
        }
    }

    private async Task SendAsync(HttpContext context, Caller caller, long after, LedgerFilter filter, CancellationToken cancel)
    {
        var response = context.Response;
        Begin(response);
        await response.WriteAsync("retry: 2000\n\n", cancel);
        await response.Body.FlushAsync(cancel);
        var checkedAt = time.GetUtcNow();
        while (true)
        {
            if (time.GetUtcNow() - checkedAt >= ApiLimits.Heartbeat)
            {
                if (!await MayGoOnAsync(caller, cancel))
                {
                    return;
                }

                checkedAt = time.GetUtcNow();
            }

            // The head is taken before reading: everything up to it is in what is read, so that a filter that matches nothing still moves on.
            var head = store.LedgerHead;
            var entries = await store.ReadLedgerAsync(after, ApiLimits.DefaultPage, filter, cancel);
            foreach (var entry in entries)
            {
                var json = JsonSerializer.Serialize(LedgerViews.Of(entry), ApiJson.Of<LedgerEntryView>());
                await response.WriteAsync($"id: {entry.Index}\ndata: {json}\n\n", cancel);
            }

            var full = entries.Count == ApiLimits.DefaultPage;
            after = entries.Count == 0 ? Math.Max(after, head) : full ? entries[^1].Index : Math.Max(head, entries[^1].Index);
            if (entries.Count > 0)
            {
                await response.Body.FlushAsync(cancel);
            }

            if (!full && !await NewsAsync(after, cancel))
            {
                await response.WriteAsync(": still here\n\n", cancel);
                await response.Body.FlushAsync(cancel);
            }
        }
    }

    /// <summary>False when the time for a heartbeat came first.</summary>
    private async Task<bool> NewsAsync(long after, CancellationToken cancel)
    {
        using var heartbeat = new CancellationTokenSource(ApiLimits.Heartbeat, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, heartbeat.Token);
        try
        {
            await store.WaitForLedgerAsync(after, either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
    }
}

/// <summary>An answer that goes on: ledger entries as server-sent events.</summary>
internal sealed class EventStream(EventStreams owner, Caller caller, long after, LedgerFilter filter) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => owner.RunAsync(httpContext, caller, after, filter);
}
