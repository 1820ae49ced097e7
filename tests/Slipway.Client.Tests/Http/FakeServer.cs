using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Tests;

/// <summary>A real HTTP server on a free port whose answers a test gives: by <c>METHOD /path?query</c> as the client sends it.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private const string AnyQuery = "?*";
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> routes = new();

    private FakeServer(WebApplication app) => this.app = app;

    public Uri Url { get; private set; } = null!;
    public ConcurrentQueue<Received> Requests { get; } = new();

    /// <param name="port">0: a free one.</param>
    public static async Task<FakeServer> Start(int port = 0)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, port));
        var app = builder.Build();
        var server = new FakeServer(app);
        app.Run(server.Answer);
        await app.StartAsync();
        server.Url = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return server;
    }

    public FakeServer On(string request, Func<HttpContext, Task> handler)
    {
        routes[request] = handler;
        return this;
    }

    public FakeServer On<T>(string request, JsonTypeInfo<T> type, T body, int status = 200) => On(request, type, () => body, status);

    public FakeServer On<T>(string request, JsonTypeInfo<T> type, Func<T> body, int status = 200) => On(request, context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = status < 400 ? "application/json" : "application/problem+json";
        return context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(body(), type)).AsTask();
    });

    /// <summary>Whatever the query is: <c>METHOD /path</c>.</summary>
    public FakeServer OnAnyQuery<T>(string request, JsonTypeInfo<T> type, Func<IQueryCollection, T> body) => On(request + AnyQuery, context =>
    {
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(body(context.Request.Query), type)).AsTask();
    });

    public FakeServer Refuse(string request, int status, string code, string detail, string? nextStep = null) =>
        On(request, ApiClientJson.Default.ProblemDocument, new ProblemDocument { Title = code, Status = status, Code = code, Detail = detail, NextStep = nextStep }, status);

    public SlipwayClient Client(string? token = "slp_test") => new(new SlipwayClientOptions { Server = Url, Token = token });

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task Answer(HttpContext context)
    {
        var name = $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}";
        var body = context.Request.ContentType == "application/json" ? await new StreamReader(context.Request.Body).ReadToEndAsync() : null;
        Requests.Enqueue(new(name, context.Request.Headers.Authorization, context.Request.Headers["Idempotency-Key"], body));
        if (routes.TryGetValue(name, out var handler) || routes.TryGetValue($"{context.Request.Method} {context.Request.Path}{AnyQuery}", out handler))
        {
            await handler(context);
        }
        else
        {
            context.Response.StatusCode = 418;
            context.Response.ContentType = "text/plain";
            await context.Response.WriteAsync($"The test has no answer for {name}");
        }
    }
}

/// <param name="Request"><c>METHOD /path?query</c>.</param>
internal sealed record Received(string Request, string? Authorization, string? IdempotencyKey, string? Body);

