using System.Collections.Concurrent;
using System.Net.WebSockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Slipway.Client.Agents;
using Slipway.Engine.Analysis;
using Slipway.Engine.Access;
using Slipway.Engine.Pipelines;
using Slipway.Engine.Ports;
using Slipway.Engine.Targets;
using Slipway.Engine.Traffic;

namespace Slipway.Server.Agents;

/// <summary>Where agents connect: tells each what should be on it, and passes on what it says is.</summary>
internal sealed partial class AgentHub(
    IStore store, WantedSignal signal, AgentRegistry registry, TargetObservations observations, TrafficIntake traffic, JudgeDesk judge, JobIntake jobs,
    Tokens tokens, Revocations revocations, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<AgentHub> log)
{
    private const int MostJobs = 256;
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HelloTimeout = TimeSpan.FromSeconds(10), CloseTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Pulses come from this process alone; what another node wrote, and expiry, are seen this often.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StorePause = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, AgentConnection> connections = new(StringComparer.Ordinal);

    /// <summary>Runs one connection until it ends.</summary>
    public async Task RunAsync(WebSocket socket, Caller caller, CancellationToken aborted)
    {
        using var watch = revocations.Of(caller.Token);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(aborted, lifetime.ApplicationStopping);
        using var connection = new AgentConnection(socket, time, ended);
        using var revoked = watch.Revoked.Register(() => connection.Leave(new ServerRefusal { Reason = "The agent's token was revoked.", Retry = false }));
        ServerRefusal? refusal = null;
        try
        {
            refusal = await ServeAsync(connection, caller);
        }
        catch (Exception broken) when (broken is AgentProtocolException or FormatException)
        {
            refusal = new ServerRefusal { Reason = broken.Message, Retry = true };
        }
        catch (Exception gone) when (gone is OperationCanceledException or WebSocketException)
        {
            // The agent went away, was too slow, or the server stops.
        }

        using var late = new CancellationTokenSource(CloseTimeout, time);
        try
        {
            await connection.SendLastAsync(refusal, late.Token);
        }
        catch (Exception gone) when (gone is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            // It does not listen any more; there is nobody to tell.
            socket.Abort();
        }

        if (refusal is not null)
        {
            LogRefused(refusal.Reason);
        }
    }

    /// <summary>Ends an agent's connection, if it has one here. Nothing that it still says is heeded.</summary>
    public async Task DisconnectAsync(string agent, ServerRefusal refusal, CancellationToken cancel)
    {
        if (connections.TryRemove(agent, out var connection))
        {
            connection.Leave(refusal);
            await Task.WhenAny(connection.Gone, Task.Delay(CloseTimeout, TimeProvider.System, cancel));
        }
    }

    /// <summary>Null when the agent left by itself.</summary>
    private async Task<ServerRefusal?> ServeAsync(AgentConnection connection, Caller caller)
    {
        var (hello, refusal) = await GreetAsync(connection, caller);
        if (hello is null)
        {
            return refusal;
        }

        var version = Math.Min(hello.ProtocolVersion, AgentProtocol.Version);
        await connection.SendAsync(new ServerWelcome { ProtocolVersion = version, Installation = store.Installation }, connection.Ended);
        TakePlace(hello.Agent, connection);
        var presence = new AgentPresence
        {
            Name = hello.Agent, Connected = true, LastSeenAt = time.GetUtcNow(), SeenStamp = time.GetTimestamp(), Labels = hello.Labels, Program = hello.Program, ProtocolVersion = version, RouterPort = hello.RouterPort,
            JobCapacity = Math.Clamp(hello.JobCapacity, 0, MostJobs), NoJobsBecause = hello.NoJobsBecause, JobLimits = hello.JobLimits, JobLimitsMissing = hello.JobLimitsMissing,
        };
        registry.Put(presence);
        LogConnected(hello.Agent, hello.Program);
        try
        {
            var telling = TellAsync(connection, hello.Agent, caller);
            var hearing = HearAsync(connection, presence);
            var first = await Task.WhenAny(telling, hearing);
            if (first == telling && telling.IsCompletedSuccessfully)
            {
                // The agent was told to leave: let it close its side.
                await Task.WhenAny(hearing, Task.Delay(CloseTimeout, time, CancellationToken.None));
            }

            await connection.EndAsync();
            await Task.WhenAll(telling, hearing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await first;
            return null;
        }
        finally
        {
            connection.MarkGone();

            // A newer connection of the same agent may have taken this one's place: then it is not gone.
            if (connections.TryRemove(new KeyValuePair<string, AgentConnection>(hello.Agent, connection)) && registry.Find(hello.Agent) is { } last)
            {
                registry.Put(last with { Connected = false });
                LogGone(hello.Agent);
            }
        }
    }

    private async Task<(AgentHello? Hello, ServerRefusal? Refusal)> GreetAsync(AgentConnection connection, Caller caller)
    {
        using var late = new CancellationTokenSource(HelloTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(connection.Ended, late.Token);
        if (await connection.ReceiveAsync(either.Token) is not AgentHello hello)
        {
            return (null, new ServerRefusal { Reason = "The first message of a connection is 'hello'.", Retry = false });
        }

        if (hello.Agent != caller.Agent)
        {
            return (null, new ServerRefusal { Reason = $"The token is that of the agent '{caller.Agent}', not of '{hello.Agent}'.", Retry = false });
        }

        return hello.ProtocolVersion < AgentProtocol.OldestVersion
            ? (null, new ServerRefusal { Reason = $"The agent speaks version {hello.ProtocolVersion} of the protocol; this server needs {AgentProtocol.OldestVersion} or newer. Upgrade the agent.", Retry = false })
            : (hello, null);
    }

    private void TakePlace(string agent, AgentConnection connection)
    {
        AgentConnection? before = null;
        connections.AddOrUpdate(agent, connection, (_, old) =>
        {
            before = old;
            return connection;
        });
        before?.Leave(new ServerRefusal { Reason = "Another connection of this agent took this one's place.", Retry = false });
    }

    /// <summary>Tells what should be: at once when it changes, and questions between. Returns after telling the agent to leave.</summary>
    private async Task TellAsync(AgentConnection connection, string agent, Caller caller)
    {
        var wanted = new WantedMessages();
        var cancel = connection.Ended;
        while (true)
        {
            var changed = signal.Next;
            if (await ReadAsync(agent, caller, cancel) is not { } rows)
            {
                await Task.Delay(StorePause, time, cancel);
                continue;
            }

            if (wanted.Next(rows) is { } message)
            {
                await connection.SendAsync(message, cancel);
            }

            while (!changed.IsCompleted)
            {
                while (connection.Questions.TryRead(out var question))
                {
                    await connection.SendAsync(question, cancel);
                }

                if (connection.Leaving.IsCompletedSuccessfully)
                {
                    await connection.SendLastAsync(await connection.Leaving, cancel);
                    return;
                }

                using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                var again = Task.Delay(LookAgain, time, stop.Token);
                var first = await Task.WhenAny(changed, connection.Leaving, connection.Questions.WaitToReadAsync(stop.Token).AsTask(), again);
                await stop.CancelAsync();
                cancel.ThrowIfCancellationRequested();
                if (first == again)
                {
                    break;
                }
            }
        }
    }

    /// <summary>Null while the store is away: the agent keeps what it was told, and stays.</summary>
    private async Task<IReadOnlyList<WantedRow>?> ReadAsync(string agent, Caller caller, CancellationToken cancel)
    {
        try
        {
            return await tokens.CallerOfAsync(caller.Token, cancel) is null
                ? throw new AgentProtocolException("The agent's token is no longer valid.")
                : await store.ReadWantedAsync(agent, cancel);
        }
        catch (StoreUnavailableException away)
        {
            LogStoreAway(away, agent);
            return null;
        }
    }

    private async Task HearAsync(AgentConnection connection, AgentPresence presence)
    {
        while (await connection.ReceiveAsync(connection.Ended) is { } message)
        {
            if (!IsCurrent(presence.Name, connection))
            {
                // It was removed, or another connection took its place: it is only waited for to close.
                continue;
            }

            presence = presence with { LastSeenAt = time.GetUtcNow(), SeenStamp = time.GetTimestamp(), DiskFreeBytes = (message as AgentReport)?.DiskFreeBytes ?? presence.DiskFreeBytes };
            try
            {
                await TakeAsync(connection, presence.Name, message);
            }
            catch (StoreUnavailableException away)
            {
                // Reports are whole states: the next one, within seconds, makes up for this one.
                LogStoreAway(away, presence.Name);
            }

            if (IsCurrent(presence.Name, connection))
            {
                registry.Put(presence);
            }
        }
    }

    private bool IsCurrent(string agent, AgentConnection connection) => connections.TryGetValue(agent, out var current) && current == connection;

    private Task TakeAsync(AgentConnection connection, string agent, FromAgent message)
    {
        switch (message)
        {
            case AgentReport report:
                return ReportAsync(agent, report, connection.Ended);
            case AgentTrafficReport counted:
                return CountedAsync(agent, counted, connection.Ended);
            case AgentAnswer answer:
                connection.Answer(answer);
                return Task.CompletedTask;
            default:
                throw new AgentProtocolException("'hello' comes once, at the beginning.");
        }
    }

    private async Task CountedAsync(string agent, AgentTrafficReport counted, CancellationToken cancel)
    {
        var readings = AgentReports.Readings(agent, counted.Counts);
        await traffic.ReportAsync(agent, readings, counted.More ? null : DateTimeOffset.FromUnixTimeMilliseconds(counted.Counts.At), cancel);
        if (!counted.More)
        {
            await judge.CountsCameAsync([.. readings.Select(r => r.Lane).Distinct()], cancel);
        }
    }

    private async Task ReportAsync(string agent, AgentReport report, CancellationToken cancel)
    {
        await observations.ReportAsync(agent, AgentReports.VersionSets(agent, report), AgentReports.Routes(agent, report), cancel);
        await jobs.ReportAsync(agent, AgentReports.Jobs(agent, report), cancel);
    }

    [LoggerMessage(1101, LogLevel.Information, "The agent {Agent} ({Program}) is connected.")]
    private partial void LogConnected(string agent, string program);

    [LoggerMessage(1102, LogLevel.Warning, "The agent {Agent} is gone.")]
    private partial void LogGone(string agent);

    [LoggerMessage(1104, LogLevel.Warning, "The store is away; the agent {Agent} keeps what it has.")]
    private partial void LogStoreAway(Exception fault, string agent);

    [LoggerMessage(1103, LogLevel.Warning, "An agent's connection was ended: {Reason}")]
    private partial void LogRefused(string reason);
}
