using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Slipway.Core.Access;
using Slipway.Engine.Environments;
using Slipway.Engine.Ports;
using Slipway.Engine.Targets;
using Slipway.Server.Access;
using Slipway.Server.Agents;
using Slipway.Server.Api;
using Slipway.Server.Environments;
using Slipway.Server.Hooks;
using Slipway.Server.OpenApi;
using Slipway.Server.Operations;
using Slipway.Server.Pipelines;
using Slipway.Server.Web;
using Slipway.Storage.Sqlite;

namespace Slipway.Server;

/// <summary>A running server.</summary>
public sealed class SlipwayServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly SqliteStore? store;

    private SlipwayServer(WebApplication app, Uri url, SqliteStore? store)
    {
        this.app = app;
        this.store = store;
        Url = url;
    }

    /// <summary>Where it answers, such as <c>http://127.0.0.1:7300</c>.</summary>
    public Uri Url { get; }

    internal IServiceProvider Parts => app.Services;

    /// <summary>For who runs the server in its own process: makes an identity with that role, and a token of it in a file that only this user can read.</summary>
    /// <returns>The token's secret.</returns>
    public Task<string> IssueTokenAsync(string file, string identity, Role role, TimeSpan life, CancellationToken cancel = default) =>
        app.Services.GetRequiredService<TokenFile>().IssueAsync(file, identity, identity, role, identity, life, agent: null, cancel);

    /// <summary>Starts a server; it takes requests when this returns, and the admin token's file is there.</summary>
    /// <exception cref="ServerStartException">The port is taken, the data directory or the platform folder cannot be used, or another server has the store open.</exception>
    /// <exception cref="InvalidOperationException">An endpoint names no permission.</exception>
    public static async Task<SlipwayServer> StartAsync(ServerOptions options, CancellationToken cancel = default)
    {
        SqliteStore? store = null;
        try
        {
            DataDirectory.Make(options.DataDirectory);
            // Before the host tries: its log would tell of it with a stack trace.
            if (!ListeningPort.IsFree(options.Bind, options.Port))
            {
                throw PortTaken(options.Port);
            }

            var (platform, texts) = PlatformFolder.Load(options);
            store = await SqliteStore.OpenAsync(DataDirectory.StoreIn(options.DataDirectory), options.Time);
            return await StartAsync(options, new ServerParts { Store = store, Jobs = store, Tests = store, Platform = new Platform(platform), PlatformTexts = texts }, null, store, cancel);
        }
        catch (Exception fault)
        {
            if (store is not null)
            {
                await store.DisposeAsync();
            }

            switch (fault)
            {
                case IOException { InnerException: AddressInUseException }:
                    throw PortTaken(options.Port, fault);
                case IOException or UnauthorizedAccessException:
                    throw new ServerStartException($"The data directory cannot be used: {fault.Message}", "Choose another one with --data, or see to its permissions and space.", inner: fault);
                case StoreUnavailableException:
                    throw new ServerStartException(fault.Message, "Stop the other server, or choose another directory with --data.", inner: fault);
                default:
                    throw;
            }
        }
    }

    private static ServerStartException PortTaken(int port, Exception? inner = null) =>
        new($"The port {port} is taken by another program.", "Stop that program, or choose another port with --port.", inner: inner);

    /// <param name="owned">Closed with the server.</param>
    internal static async Task<SlipwayServer> StartAsync(ServerOptions options, ServerParts parts, Action<IEndpointRouteBuilder>? moreRoutes, SqliteStore? owned, CancellationToken cancel)
    {
        var app = Build(options, parts);
        try
        {
            Use(app);
            Map(app);
            moreRoutes?.Invoke(app);
            EndpointCheck.Run(((IEndpointRouteBuilder)app).DataSources);
            await app.Services.GetRequiredService<AgentDrains>().LoadAsync(cancel);
            await app.Services.GetRequiredService<TemplateFolder>().LoadAsync(cancel);
            await app.Services.GetRequiredService<TokenFile>().EnsureAllAsync(options.DataDirectory, cancel);
            await app.StartAsync(cancel);
            var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            return new SlipwayServer(app, new Uri(address), owned);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Cancelled when the server ends, also by itself: without its store it can promise nothing.</summary>
    public CancellationToken Stopping => app.Lifetime.ApplicationStopping;

    /// <summary>Takes no new requests, ends streams, and waits for what is under way.</summary>
    public Task StopAsync(CancellationToken cancel = default) => app.StopAsync(cancel);

    /// <summary>Stops, and closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await app.DisposeAsync();
        if (store is not null)
        {
            await store.DisposeAsync();
        }
    }

    private static WebApplication Build(ServerOptions options, ServerParts parts)
    {
        // Empty: no settings files, no ASPNETCORE_ variables: the options say all there is to say.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Slipway.Server", ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = ApiLimits.MostBodyBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Listen(options.Bind, options.Port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddRouting();
        builder.Services.AddLogging();
        if (options.Logging is not null)
        {
            builder.Services.AddSingleton(options.Logging);
        }

        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        ApiDescription.Add(builder.Services);
        Composition.Add(builder.Services, options, parts);
        return builder.Build();
    }

    /// <summary>What every request passes through, in this order.</summary>
    private static void Use(WebApplication app)
    {
        var services = app.Services;
        app.Use(next => context => services.GetRequiredService<Metrics>().CountAsync(context, next));
        app.Use(next => context => SecurityHeaders.InvokeAsync(context, next));
        app.Use(next => context => services.GetRequiredService<Faults>().InvokeAsync(context, next));
        app.Use(next => context => services.GetRequiredService<HostCheck>().InvokeAsync(context, next));
        app.UseRouting();
        app.Use(next => context => services.GetRequiredService<AccessGate>().InvokeAsync(context, next));
        app.Use(next => context => OnceFilter.InvokeAsync(context, next));
        app.UseWebSockets();
        app.Use(next => context => services.GetRequiredService<WebApp>().InvokeAsync(context, next));
    }

    private static void Map(WebApplication app)
    {
        ApiRoutes.Map(app);
        AgentRoutes.Map(app);
        JobRoutes.Map(app);
        CacheRoutes.Map(app);
        TestRoutes.Map(app);
        RootRoutes.Map(app);
        HookRoutes.Map(app);
        SignIn.Map(app);
        DocsPage.Map(app);
        app.MapOpenApi("/openapi/{documentName}.json").OpenToAnyone("Describes what the published source does.");
    }

    /// <summary>Signals are for who holds the server; the usual lifetime would stop it beneath them.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
