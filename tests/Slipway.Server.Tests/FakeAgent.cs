using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Slipway.Client.Agents;
using Slipway.Core.Access;

namespace Slipway.Server.Tests;

/// <summary>Speaks the protocol as an agent does, over a real WebSocket.</summary>
internal sealed class FakeAgent(ClientWebSocket socket) : IAsyncDisposable
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<FakeAgent> ConnectAsync(RunningServer running, string name, string? token = null, Func<AgentHello, AgentHello>? hello = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + (token ?? await running.TokenOfAsync(Role.Agent, name)));
        await socket.ConnectAsync(new UriBuilder(running.Server.Url) { Scheme = "ws", Path = AgentProtocol.Path }.Uri, Cancel);
        var agent = new FakeAgent(socket);
        var greeting = new AgentHello { ProtocolVersion = 1, Agent = name, Program = "fake 1", Incarnation = "i", RouterPort = 7380, Labels = new Dictionary<string, string> { ["zone"] = "a" } };
        await agent.SendAsync(hello?.Invoke(greeting) ?? greeting);
        return agent;
    }

    public Task SendAsync(FromAgent message) => SendAsync(JsonSerializer.Serialize(message, AgentProtocolJson.Default.FromAgent));

    public async Task SendAsync(string text) => await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, Cancel);

    public async Task<T> NextAsync<T>() where T : FromServer
    {
        // A snapshot that says nothing new may come between.
        for (var skipped = 0; skipped < 3; skipped++)
        {
            var text = await TextAsync() ?? throw new InvalidOperationException("The connection was closed.");
            if (JsonSerializer.Deserialize(text, AgentProtocolJson.Default.FromServer) is T message)
            {
                return message;
            }
        }

        throw new InvalidOperationException($"No {typeof(T).Name} came.");
    }

    public async Task EndsAsync()
    {
        try
        {
            while (await TextAsync() is not null)
            {
            }
        }
        catch (WebSocketException)
        {
            // A connection that is cut is an end, too.
        }
    }

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        await Task.CompletedTask;
    }

    private async Task<string?> TextAsync()
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(TimeSpan.FromSeconds(30));
        using var message = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), late.Token);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return Encoding.UTF8.GetString(message.ToArray());
            }
        }
    }
}
