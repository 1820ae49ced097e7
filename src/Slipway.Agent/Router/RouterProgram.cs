using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Slipway.Agent.Instances;
using Slipway.Client.Traffic;

namespace Slipway.Agent.Router;

/// <summary>
/// The router as a process: the HTTP data plane of its host. It serves the last configuration from disk before any agent shows up, takes new ones on its admin port, and
/// outlives the agent and the server.
/// </summary>
public static class RouterProgram
{
    /// <summary>Runs until it is cancelled or gets SIGTERM or SIGINT; then it takes no new connections and finishes the requests under way.</summary>
    /// <returns>0 when it was told to stop; 1 when it could not start, with the reason on standard error.</returns>
    public static async Task<int> RunAsync(RouterOptions options, CancellationToken cancellationToken = default)
    {
        try
        {
            RouterFiles.CreateDirectory(options.DataDirectory);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return await CannotStartAsync($"Its data directory cannot be made: {fault.Message}");
        }

        FileStream held;
        try
        {
            held = RouterFiles.Lock(options.DataDirectory);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return await CannotStartAsync($"Another router runs with {options.DataDirectory}, or it cannot be written to: {fault.Message}");
        }

        await using (held)
        {
            return await RunLockedAsync(options, cancellationToken);
        }
    }

    private static async Task<int> RunLockedAsync(RouterOptions options, CancellationToken cancellationToken)
    {
        await using var app = Build(options);
        var requests = app.Services.GetRequiredService<RequestRouting>();
        var routing = app.Services.GetRequiredService<Routing>();
        var (token, metricsToken) = (Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
        var book = app.Services.GetRequiredService<TallyBook>();
        var admin = new RouterAdminPort(routing, book, requests, token, metricsToken);
        var adminPort = options.AdminPort;
        app.Run(context => context.Connection.LocalPort == Volatile.Read(ref adminPort) ? admin.HandleAsync(context) : requests.HandleAsync(context));

        // Hosts are served as soon as the port is open; nothing that arrives in between is told that it is unknown.
        requests.HttpPort = options.HttpPort;
        routing.Own([.. new[] { options.HttpPort, options.AdminPort }.Where(p => p != 0)]);
        routing.LoadLast();
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException fault)
        {
            return await CannotStartAsync($"{fault.Message} Stop what listens there, or choose another port.");
        }

        var ports = app.Urls.Select(BindingAddress.Parse).Where(a => a.Port > 0).Select(a => a.Port).ToList();
        requests.HttpPort = options.HttpPort != 0 ? options.HttpPort : ports[0];
        Volatile.Write(ref adminPort, options.AdminPort != 0 ? options.AdminPort : ports[1]);
        routing.Own([requests.HttpPort, adminPort]);
        try
        {
            RouterFiles.WriteMetrics(options.DataDirectory, adminPort, metricsToken);
            RouterFiles.WriteAdmin(options.DataDirectory, new RouterAdmin(adminPort, Environment.ProcessId, book.Incarnation, ProcFs.Read(Environment.ProcessId)!.Value.StartTime, token, requests.HttpPort));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            await app.StopAsync(CancellationToken.None);
            return await CannotStartAsync($"{RouterAdmin.FileName} cannot be written: {fault.Message}");
        }

        await app.WaitForShutdownAsync(cancellationToken);
        return 0;
    }

    private static WebApplication Build(RouterOptions options)
    {
        // Empty: no configuration from the working directory or the environment can change what the router listens on.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "slipway-router", ContentRootPath = options.DataDirectory });
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.UseUtcTimestamp = true;
        });
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning);

        // The forwarder would write a line for every failed request; they are counted instead.
        builder.Logging.AddFilter("Yarp", LogLevel.None);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, options));
        builder.Services.AddSingleton<LanePorts>();
        builder.Services.AddSingleton<IConnectionListenerFactory>(services => services.GetRequiredService<LanePorts>());
        builder.Services.AddHttpForwarder();
        builder.Services.AddSingleton(options).AddSingleton(options.TimeProvider);
        builder.Services.AddSingleton(services => new InFlight(options.TimeProvider));
        builder.Services.AddSingleton(services => new TallyBook(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), services.GetRequiredService<InFlight>(), options.TimeProvider));
        builder.Services.AddSingleton<Routing>().AddSingleton<RequestCopies>().AddSingleton<RequestRouting>();
        builder.Services.AddHostedService<RouterUpkeep>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.StopTimeout);
        builder.Services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);
        return builder.Build();
    }

    private static void Listen(KestrelServerOptions kestrel, RouterOptions options)
    {
        kestrel.AddServerHeader = false;

        // Bodies pass as they come, as large and as slow as the two sides agree on. Header bytes too: the other half is the endpoint's.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
        kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
        kestrel.Listen(IPAddress.Loopback, options.HttpPort);
        kestrel.Listen(IPAddress.Loopback, options.AdminPort);
        kestrel.Listen(new LanePortsEndPoint());
    }

    private static async Task<int> CannotStartAsync(string why)
    {
        await Console.Error.WriteLineAsync($"The router cannot start. {why}");
        return 1;
    }
}
