using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Slipway.Agent.Tests.Router;

/// <summary>An instance behind the router: a real web server that says its name and misbehaves on request.</summary>
internal sealed class RouterBackend : IAsyncDisposable
{
    public const string Role = "router-backend";
    private readonly WebApplication app;
    private readonly TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RouterBackend(string name, int port)
    {
        Name = name;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        builder.Services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.UseWebSockets();
        app.Run(AnswerAsync);
    }

    public string Name { get; }
    public int Port => new Uri(app.Urls.First()).Port;
    public string Address => $"http://127.0.0.1:{Port}";

    /// <summary>Methods, in order of arrival.</summary>
    public ConcurrentQueue<string> Methods { get; } = new();

    /// <summary>Paths asked for, in order of arrival.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();
    public ConcurrentQueue<IReadOnlyDictionary<string, string>> Headers { get; } = new();

    public static async Task<RouterBackend> StartAsync(string name, int port = 0)
    {
        var backend = new RouterBackend(name, port);
        await backend.app.StartAsync();
        return backend;
    }

    /// <summary>An address where nobody listens.</summary>
    public static string NobodyThere()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return $"http://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}";
    }

    /// <summary>As a process: NAME; its first line of output is its port.</summary>
    public static int Run(string[] args)
    {
        var backend = StartAsync(args[0]).GetAwaiter().GetResult();
        Console.WriteLine(backend.Port);
        ((IHost)backend.app).WaitForShutdownAsync().GetAwaiter().GetResult();
        return 0;
    }

    /// <summary>Lets go of every request that hangs.</summary>
    public void Release() => release.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Release();
        await app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Methods.Enqueue(context.Request.Method);
        Asked.Enqueue(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        Headers.Enqueue(context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase));
        var response = context.Response;
        switch (context.Request.Path.Value)
        {
            case "/500":
                response.StatusCode = 500;
                break;
            case "/cookie":
                response.Cookies.Append("own", "1");
                break;
            case "/hang":
                await Task.WhenAny(release.Task, Task.Delay(Timeout.Infinite, context.RequestAborted));
                break;
            case "/abort":
                context.Abort();
                return;
            case "/half":
                response.ContentLength = 1000;
                await response.WriteAsync("half");
                await response.Body.FlushAsync();
                context.Abort();
                return;
            case "/early":
                response.StatusCode = 413;
                response.ContentLength = 0;
                return;
            case "/size":
                await response.WriteAsync(await SizeAsync(context.Request.Body));
                return;
            case "/events":
                response.ContentType = "text/event-stream";
                await response.WriteAsync("data: one\n\n");
                await response.Body.FlushAsync();
                await Task.WhenAny(release.Task, Task.Delay(Timeout.Infinite, context.RequestAborted));
                await response.WriteAsync("data: two\n\n");
                return;
            case "/ws":
                await EchoAsync(context);
                return;
        }

        response.Headers["X-Slipway-Version"] = "what the instance thinks";
        await response.WriteAsync(Name);
    }

    private static async Task<string> SizeAsync(Stream body)
    {
        var buffer = new byte[65536];
        long size = 0;
        for (int read; (read = await body.ReadAsync(buffer)) > 0;)
        {
            size += read;
        }

        return size.ToString();
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[1024];
        while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } received)
        {
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
    }
}
