using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;
using Slipway.Client.Agents;

namespace Slipway.Server.Agents;

/// <summary>The agent broke the protocol; the connection ends with this reason.</summary>
internal sealed class AgentProtocolException(string message) : Exception(message);

/// <summary>One agent's WebSocket: whole messages in and out, each bounded in size and time, and questions that wait for their answers.</summary>
internal sealed class AgentConnection(WebSocket socket, TimeProvider time, CancellationTokenSource ended) : IDisposable
{
    private const int MostQuestions = 64;
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(10);
    private readonly Channel<FromServer> questions = Channel.CreateBounded<FromServer>(new BoundedChannelOptions(MostQuestions) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    private readonly ConcurrentDictionary<string, TaskCompletionSource<AgentAnswer>> asked = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim sending = new(1);
    private readonly TaskCompletionSource<ServerRefusal> leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long questionNumber;

    /// <summary>Cancelled when the connection is to end, whatever the reason.</summary>
    public CancellationToken Ended { get; } = ended.Token;

    public ChannelReader<FromServer> Questions => questions.Reader;

    /// <summary>Completes with the reason when the server wants the connection to end.</summary>
    public Task<ServerRefusal> Leaving => leaving.Task;

    /// <summary>Completes when nothing more comes of it.</summary>
    public Task Gone => gone.Task;

    public void MarkGone() => gone.TrySetResult();

    /// <summary>Asks for the end: the agent is told why, and is cut off if it does not take that in time.</summary>
    public void Leave(ServerRefusal refusal)
    {
        if (leaving.TrySetResult(refusal))
        {
            try
            {
                ended.CancelAfter(SendTimeout);
            }
            catch (ObjectDisposedException)
            {
                // It has ended already.
            }
        }
    }

    /// <summary>Ends it now. A receive that is under way aborts the socket.</summary>
    public Task EndAsync() => ended.CancelAsync();

    /// <summary>Says why, and that nothing more will come.</summary>
    public async Task SendLastAsync(ServerRefusal? refusal, CancellationToken cancel)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
        {
            return;
        }

        if (refusal is not null)
        {
            await SendAsync(refusal, cancel);
        }

        await socket.CloseOutputAsync(refusal is null ? WebSocketCloseStatus.NormalClosure : WebSocketCloseStatus.PolicyViolation, null, cancel);
    }

    /// <summary>The next message; null when the agent has closed the connection.</summary>
    /// <exception cref="AgentProtocolException">The frame is too large, not text, or not a message.</exception>
    public async Task<FromAgent?> ReceiveAsync(CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            var length = 0;
            while (true)
            {
                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.CopyTo(larger, 0);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }

                var part = await socket.ReceiveAsync(buffer.AsMemory(length), cancel);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    return null;
                }

                length += part.Count;
                if (length > AgentProtocol.MaxFrameBytes)
                {
                    throw new AgentProtocolException($"A message has more than {AgentProtocol.MaxFrameBytes} bytes.");
                }

                if (part.MessageType != WebSocketMessageType.Text)
                {
                    throw new AgentProtocolException("Messages are text.");
                }

                if (part.EndOfMessage)
                {
                    return Read(buffer.AsSpan(0, length));
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <exception cref="OperationCanceledException">The agent took too long to take it, or the connection ended.</exception>
    /// <exception cref="AgentProtocolException">The message is larger than agents take.</exception>
    public async Task SendAsync(FromServer message, CancellationToken cancel)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(message, AgentProtocolJson.Default.FromServer);
        if (bytes.Length > AgentProtocol.MaxFrameBytes)
        {
            throw new AgentProtocolException($"What is wanted on this agent takes {bytes.Length} bytes; a message has {AgentProtocol.MaxFrameBytes} at most. Spread the services over more agents.");
        }

        using var late = new CancellationTokenSource(SendTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        await sending.WaitAsync(either.Token);
        try
        {
            await socket.SendAsync(bytes, WebSocketMessageType.Text, endOfMessage: true, either.Token);
        }
        finally
        {
            sending.Release();
        }
    }

    /// <summary>The agent's answer; null when it does not come in time.</summary>
    public async Task<AgentAnswer?> AskAsync(Func<string, ServerQuestion> question, TimeSpan atMost, CancellationToken cancel)
    {
        var id = $"q{Interlocked.Increment(ref questionNumber)}";
        var answer = new TaskCompletionSource<AgentAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        asked[id] = answer;
        try
        {
            return questions.Writer.TryWrite(question(id)) ? await answer.Task.WaitAsync(atMost, time, cancel) : null;
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            asked.TryRemove(id, out _);
        }
    }

    /// <summary>An answer to a question that nobody waits for any more is dropped.</summary>
    public void Answer(AgentAnswer answer)
    {
        if (asked.TryGetValue(answer.Question, out var waiting))
        {
            waiting.TrySetResult(answer);
        }
    }

    public void Dispose() => sending.Dispose();

    private static FromAgent Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, AgentProtocolJson.Default.FromAgent) ?? throw new AgentProtocolException("A message is null.");
        }
        catch (Exception wrong) when (wrong is JsonException or NotSupportedException)
        {
            throw new AgentProtocolException("A message is not one of this protocol version.");
        }
    }
}
