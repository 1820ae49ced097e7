using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using Slipway.Client.Agents;

namespace Slipway.Agent.Connection;

/// <summary>The other side did not keep to the protocol; the connection has been closed with the code that says so.</summary>
internal sealed class ProtocolException(string message) : Exception(message);

/// <summary>Whole messages over a WebSocket: one JSON text each, none larger than <see cref="AgentProtocol.MaxFrameBytes"/>.</summary>
internal sealed class MessageSocket(WebSocket socket)
{
    /// <summary>The next message; null when the other side has closed.</summary>
    /// <exception cref="ProtocolException">It was too large, not text or not a message.</exception>
    public async Task<FromServer?> ReceiveAsync(CancellationToken cancellation)
    {
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.GetMemory(16 * 1024), cancellation);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }
            if (part.MessageType != WebSocketMessageType.Text)
            {
                throw await CloseAsync(WebSocketCloseStatus.InvalidMessageType, "messages are text", cancellation);
            }
            buffer.Advance(part.Count);
            if (buffer.WrittenCount > AgentProtocol.MaxFrameBytes)
            {
                throw await CloseAsync(WebSocketCloseStatus.MessageTooBig, $"a message has at most {AgentProtocol.MaxFrameBytes} bytes", cancellation);
            }
            if (part.EndOfMessage)
            {
                break;
            }
        }
        try
        {
            return JsonSerializer.Deserialize(buffer.WrittenSpan, AgentProtocolJson.Default.FromServer) ?? throw new JsonException("the message is null");
        }
        catch (Exception bad) when (bad is JsonException or NotSupportedException)
        {
            // Not supported: the type discriminator is missing.
            throw await CloseAsync(WebSocketCloseStatus.InvalidPayloadData, "not a message of this protocol: " + bad.Message, cancellation);
        }
    }

    /// <returns>False when the message is too large; nothing was sent then.</returns>
    public async Task<bool> TrySendAsync(FromAgent message, CancellationToken cancellation)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(message, AgentProtocolJson.Default.FromAgent);
        if (bytes.Length > AgentProtocol.MaxFrameBytes)
        {
            return false;
        }
        await socket.SendAsync(bytes.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, cancellation);
        return true;
    }

    private async Task<ProtocolException> CloseAsync(WebSocketCloseStatus status, string why, CancellationToken cancellation)
    {
        // A close frame holds at most 123 bytes of reason.
        await socket.CloseOutputAsync(status, why.Length > 100 ? why[..100] : why, cancellation);
        return new ProtocolException(why);
    }
}
