using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Slipway.Client.Agents;
using Slipway.Client.Artifacts;

namespace Slipway.Agent.Tests.Harness;

/// <summary>The server's side of the agent protocol: real HTTP and WebSockets, and a test that says what comes over them.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    public const string Token = "slp_test_token";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly WebApplication _app;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private WebSocket? _socket;

    public FakeServer(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Map(AgentProtocol.Path, ConnectAsync);
        _app.MapGet(AgentProtocol.ArtifactPath + "/{digest}", (string digest, HttpContext context) =>
        {
            ArtifactTokens.Enqueue(context.Request.Headers.Authorization.ToString());
            return Artifacts.TryGetValue(digest, out var bytes) ? Results.Bytes(bytes) : Results.NotFound();
        });
        Jobs.Map(_app);
        Caches.Map(_app);
        _app.StartAsync().GetAwaiter().GetResult();
        Address = new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public Uri Address { get; }
    public ConcurrentDictionary<string, byte[]> Artifacts { get; } = new();
    public JobEndpoints Jobs { get; } = new();
    public CacheEndpoints Caches { get; } = new();
    public ConcurrentQueue<string> ArtifactTokens { get; } = new();
    public ConcurrentQueue<AgentHello> Hellos { get; } = new();
    public ConcurrentQueue<AgentAnswer> Answers { get; } = new();
    public ConcurrentQueue<AgentTrafficReport> Traffic { get; } = new();
    public ConcurrentQueue<WebSocketCloseStatus?> Closes { get; } = new();
    public ConcurrentQueue<AgentReport> Reports { get; } = new();
    public volatile AgentReport? LastReport;

    /// <summary>What the server answers a hello with.</summary>
    public FromServer Greeting { get; set; } = new ServerWelcome { ProtocolVersion = AgentProtocol.Version, Installation = "test" };

    /// <summary>What comes right after the welcome.</summary>
    public ServerWanted? Snapshot { get; set; }

    public async Task SendAsync(FromServer message) => await SendRawAsync(JsonSerializer.SerializeToUtf8Bytes(message, AgentProtocolJson.Default.FromServer));

    public async Task SendRawAsync(byte[] bytes, WebSocketMessageType type = WebSocketMessageType.Text)
    {
        await _sending.WaitAsync();
        try
        {
            await _socket!.SendAsync(bytes.AsMemory(), type, true, _stop.Token);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Breaks the connection without a goodbye.</summary>
    public void Break() => _socket?.Abort();

    public string AddArtifact(byte[] packed)
    {
        var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(packed));
        Artifacts[digest] = packed;
        return digest;
    }

    /// <summary>An artifact of a few small files.</summary>
    public string AddArtifact(params (string Name, string Content)[] files)
    {
        var directory = Directory.CreateTempSubdirectory("slipway-artifact-").FullName;
        try
        {
            foreach (var (name, content) in files)
            {
                File.WriteAllText(Path.Combine(directory, name), content);
            }
            using var packed = new MemoryStream();
            ArtifactPacker.Pack(directory, packed).ShouldBeOfType<PackOutcome.Packed>();
            return AddArtifact(packed.ToArray());
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    public Task<AgentReport> UntilAsync(Func<AgentReport, bool> reported) => Until.TrueAsync(
        () => LastReport is { } report && reported(report) ? report : null, Patience,
        () => "the last report was " + (LastReport is null ? "none" : JsonSerializer.Serialize<FromAgent>(LastReport, AgentProtocolJson.Default.FromAgent)));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket?.Abort();
        await _app.DisposeAsync();
        _stop.Dispose();
        _sending.Dispose();
    }

    private async Task ConnectAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization != "Bearer " + Token)
        {
            context.Response.StatusCode = 401;
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        try
        {
            Hellos.Enqueue((AgentHello)(await ReceiveAsync(socket))!);
            _socket = socket;
            await SendAsync(Greeting);
            if (Snapshot is not null)
            {
                await SendAsync(Snapshot);
            }
            while (await ReceiveAsync(socket) is { } message)
            {
                switch (message)
                {
                    case AgentReport report:
                        LastReport = report;
                        Reports.Enqueue(report);
                        break;
                    case AgentAnswer answer:
                        Answers.Enqueue(answer);
                        break;
                    case AgentTrafficReport traffic:
                        Traffic.Enqueue(traffic);
                        break;
                }
            }
            Closes.Enqueue(socket.CloseStatus);
        }
        catch (Exception broken) when (broken is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            Closes.Enqueue(null);
        }
    }

    private async Task<FromAgent?> ReceiveAsync(WebSocket socket)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, _stop.Token);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }
            whole.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return JsonSerializer.Deserialize(whole.ToArray(), AgentProtocolJson.Default.FromAgent);
            }
        }
    }
}
