using System.Net;
using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Slipway.Client.Agents;
using Slipway.Client.Traffic;

namespace Slipway.Agent.Connection;

/// <summary>What the connection needs of the agent.</summary>
internal interface IConnectedAgent
{
    AgentHello Hello { get; }

    /// <summary>It looks after instances, or should: it goes on whatever the server says of its token.</summary>
    bool HasWork { get; }
    AgentReport Report();
    void Want(ServerWanted wanted);
    AgentAnswer Answer(ServerQuestion question);

    /// <summary>What the router counted since a reading, or all that it keeps; null when there is no router to ask or nothing new.</summary>
    Task<RouterCounts?> ReadCountsAsync(RouterCounts? since, CancellationToken cancellation);
}

/// <summary>
/// The one connection to the server, outgoing, made again whenever it breaks. Nothing waits for it: what was wanted last is kept up without it, and
/// every new connection begins with all that the other side needs to know.
/// </summary>
internal sealed class ServerConnection(AgentOptions options, IConnectedAgent agent, ILogger logger) : IDisposable
{
    private const int WaitingAnswers = 64;
    private readonly TimeProvider _time = options.Time;
    private readonly WakeUp _changed = new();
    private readonly RetryNotes _notes = new(options.Time);

    private readonly Lock _renewing = new();
    private CancellationTokenSource _renewed = new();

    // The server has let this agent in before: a token that it refuses now may be put right, and what runs is not given up for it.
    private bool _wasLetIn;

    // When the server let it in on the connection that is being made.
    private long? _welcomed;

    /// <summary>There is something new to report.</summary>
    public void MarkChanged() => _changed.Set();

    /// <summary>What the hello says has changed: the connection is made anew with it.</summary>
    public void Renew()
    {
        CancellationTokenSource before;
        lock (_renewing)
        {
            (before, _renewed) = (_renewed, new());
        }
        before.Cancel();
        before.Dispose();
    }

    /// <returns>The reason for which the server refuses this agent for good.</returns>
    public async Task<string> RunAsync(CancellationToken cancellation)
    {
        if (options.Server.Scheme == "http" && !options.Server.IsLoopback)
        {
            AgentLog.TokenUnencrypted(logger, options.Server);
        }
        for (var failures = 0; ;)
        {
            _welcomed = null;
            string why;
            try
            {
                why = await ConnectOnceAsync(cancellation);
            }
            catch (RefusedException refused)
            {
                AgentLog.Refused(logger, refused.Message);
                return refused.Message;
            }
            catch (Exception broken) when (broken is WebSocketException or ProtocolException or IOException or HttpRequestException or UnauthorizedAccessException
                || (broken is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                why = broken switch
                {
                    OperationCanceledException => "no answer in time",
                    WebSocketException { WebSocketErrorCode: WebSocketError.ConnectionClosedPrematurely } => "the connection broke off",
                    _ => broken.Message,
                };
            }
            failures = ReconnectSchedule.Failures(failures, _welcomed is { } since ? _time.GetElapsedTime(since) : null);
            if (_notes.IsNews(why))
            {
                AgentLog.NotConnected(logger, ServerName, why);
            }
            await Task.Delay(ReconnectSchedule.After(failures), _time, cancellation);
        }
    }

    private async Task<string> ConnectOnceAsync(CancellationToken cancellation)
    {
        using var socket = new ClientWebSocket();
        socket.Options.Proxy = null;
        socket.Options.KeepAliveInterval = AgentLimits.KeepAliveInterval;
        socket.Options.KeepAliveTimeout = AgentLimits.KeepAliveTimeout;
        socket.Options.CollectHttpResponseDetails = true;
        if (options.ReadToken() is { } token)
        {
            socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
        }
        if (await OpenAsync(socket, cancellation) is { } notOpened)
        {
            return notOpened;
        }
        var messages = new MessageSocket(socket);
        CancellationToken renewed;
        lock (_renewing)
        {
            renewed = _renewed.Token;
        }
        await messages.TrySendAsync(agent.Hello, cancellation);
        if (await ReceiveWelcomeAsync(messages, cancellation) is not { } welcome)
        {
            return "the server closed the connection before it answered";
        }
        if (welcome.ProtocolVersion is < AgentProtocol.OldestVersion or > AgentProtocol.Version)
        {
            throw new RefusedException($"the server speaks version {welcome.ProtocolVersion} of the agent protocol; this agent speaks {AgentProtocol.OldestVersion} to {AgentProtocol.Version}");
        }
        _wasLetIn = true;
        _welcomed = _time.GetTimestamp();
        _notes.Forget();
        AgentLog.Connected(logger, options.Server, welcome.ProtocolVersion, welcome.Installation);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, renewed);
        try
        {
            return await ServeAsync(messages, either.Token);
        }
        catch (OperationCanceledException) when (renewed.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return "the agent has something new to say of itself";
        }
    }

    private async Task<string?> OpenAsync(ClientWebSocket socket, CancellationToken cancellation)
    {
        var address = new UriBuilder(options.Server) { Scheme = options.Server.Scheme == "https" ? "wss" : "ws", Path = AgentProtocol.Path }.Uri;
        using var late = new CancellationTokenSource(AgentLimits.Connect, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            await socket.ConnectAsync(address, either.Token);
            return null;
        }
        catch (WebSocketException) when (socket.HttpStatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            var refused = $"the agent's token is not accepted ({(int)socket.HttpStatusCode}): it is mistyped, has expired, was revoked, or is not an agent's";
            return _wasLetIn || agent.HasWork
                ? $"{refused}; what runs here goes on. `slipway agent enrol --name {options.Name}` makes a new one"
                : throw new RefusedException(refused);
        }
        catch (WebSocketException) when (socket.HttpStatusCode != 0)
        {
            return (int)socket.HttpStatusCode is 429 or >= 500
                ? $"it answered with HTTP status {(int)socket.HttpStatusCode}"
                : $"it answered with HTTP status {(int)socket.HttpStatusCode}, as no Slipway server does: is this its address?";
        }
        catch (WebSocketException unreached)
        {
            return $"{Innermost(unreached).Message.TrimEnd('.')}; is `slipway server` or `slipway up` running there?";
        }
    }

    private string ServerName => options.Server.GetLeftPart(UriPartial.Authority);

    private static Exception Innermost(Exception exception) => exception.InnerException is { } inner ? Innermost(inner) : exception;

    private async Task<ServerWelcome?> ReceiveWelcomeAsync(MessageSocket messages, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(AgentLimits.Welcome, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        return await messages.ReceiveAsync(either.Token) switch
        {
            null => null,
            ServerWelcome welcome => welcome,
            ServerRefusal { Retry: false } refusal => throw new RefusedException(refusal.Reason),
            ServerRefusal refusal => throw new ProtocolException("the server refuses for now: " + refusal.Reason),
            var other => throw new ProtocolException($"the server began with {other.GetType().Name} instead of a welcome"),
        };
    }

    private async Task<string> ServeAsync(MessageSocket messages, CancellationToken cancellation)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var answers = Channel.CreateBounded<AgentAnswer>(new BoundedChannelOptions(WaitingAnswers) { FullMode = BoundedChannelFullMode.Wait });
        var receive = ReceiveLoopAsync(messages, answers.Writer, both.Token);
        var send = SendLoopAsync(messages, answers.Reader, both.Token);
        var first = await Task.WhenAny(receive, send);
        await both.CancelAsync();
        try
        {
            await (first == receive ? send : receive);
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
        {
            // Stopped because the other one ended; what counts is why that one did.
        }
        await first;
        return "the server closed the connection";
    }

    private async Task ReceiveLoopAsync(MessageSocket messages, ChannelWriter<AgentAnswer> answers, CancellationToken cancellation)
    {
        while (await messages.ReceiveAsync(cancellation) is { } message)
        {
            switch (message)
            {
                case ServerWanted wanted:
                    agent.Want(wanted);
                    break;
                case ServerQuestion question:
                    await answers.WriteAsync(agent.Answer(question), cancellation);
                    _changed.Set();
                    break;
                case ServerRefusal { Retry: false } refusal:
                    throw new RefusedException(refusal.Reason);
                case ServerRefusal refusal:
                    throw new ProtocolException("the server refuses for now: " + refusal.Reason);
                case ServerWelcome:
                    throw new ProtocolException("the server sent a second welcome");
            }
        }
    }

    private async Task SendLoopAsync(MessageSocket messages, ChannelReader<AgentAnswer> answers, CancellationToken cancellation)
    {
        RouterCounts? counted = null;
        long? reported = null, asked = null;
        var changed = true;
        while (true)
        {
            while (answers.TryRead(out var answer))
            {
                await SendAnswerAsync(messages, answer, cancellation);
            }
            if (reported is null || _time.GetElapsedTime(reported.Value) is var since && (since >= AgentLimits.ReportEvery || (changed && since >= AgentLimits.ReportSpacing)))
            {
                // The time is taken first: a change during the report is in the next one.
                reported = _time.GetTimestamp();
                changed = false;
                await SendReportAsync(messages, agent.Report(), cancellation);
            }
            if (asked is null || _time.GetElapsedTime(asked.Value) >= AgentLimits.CountsEvery)
            {
                asked = _time.GetTimestamp();
                counted = await SendCountsAsync(messages, counted, cancellation) ?? counted;
            }
            var untilReport = (changed ? AgentLimits.ReportSpacing : AgentLimits.ReportEvery) - _time.GetElapsedTime(reported.Value);
            var untilCounts = AgentLimits.CountsEvery - _time.GetElapsedTime(asked.Value);
            var wait = untilReport < untilCounts ? untilReport : untilCounts;
            changed |= await _changed.WaitAsync(wait, _time, cancellation);
        }
    }

    private async Task SendReportAsync(MessageSocket messages, AgentReport report, CancellationToken cancellation)
    {
        if (!await messages.TrySendAsync(report, cancellation) && !await messages.TrySendAsync(AgentMessages.Shorten(report), cancellation))
        {
            AgentLog.ReportTooLarge(logger, AgentProtocol.MaxFrameBytes);
        }
    }

    private async Task<RouterCounts?> SendCountsAsync(MessageSocket messages, RouterCounts? since, CancellationToken cancellation)
    {
        if (await agent.ReadCountsAsync(since, cancellation) is not { } counts)
        {
            return null;
        }
        foreach (var report in AgentMessages.Split(counts))
        {
            await messages.TrySendAsync(report, cancellation);
        }
        return counts;
    }

    // Text of control characters grows sixfold as JSON, so a tail that was asked for properly may still be too large.
    private static async Task SendAnswerAsync(MessageSocket messages, AgentAnswer answer, CancellationToken cancellation)
    {
        while (!await messages.TrySendAsync(answer, cancellation))
        {
            var text = answer.Text ?? "";
            answer = answer with { Text = text[(text.Length / 2)..] };
        }
    }

    public void Dispose()
    {
        _changed.Dispose();
        _renewed.Dispose();
    }

    private sealed class RefusedException(string message) : Exception(message);
}
