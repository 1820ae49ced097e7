using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Slipway.Agent.Instances;
using Slipway.Client.Traffic;

namespace Slipway.Agent.Tests.Harness;

/// <summary>A process with a router's admin port and nothing behind it: it keeps the configuration it is given and counts what a file tells it to.</summary>
internal static class FakeRouter
{
    public const string Role = "fake-router";
    public static IReadOnlyList<string> Command { get; } = [TestProgram.Executable, Role];

    public static int Run(string[] args)
    {
        var data = args[Array.IndexOf(args, "--data") + 1];
        var file = Path.Combine(data, "router.json");
        var incarnation = $"fake-{Environment.ProcessId}";
        var token = $"token-of-{Environment.ProcessId}";
        var inForce = File.Exists(file) ? JsonSerializer.Deserialize(File.ReadAllText(file), RouterProtocolJson.Default.RouterConfiguration) : null;
        var puts = 0;
        var sequence = 0L;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        using var app = builder.Build();
        app.Use((context, next) => context.Request.Headers.Authorization == "Bearer " + token ? next(context) : Results.Unauthorized().ExecuteAsync(context));
        app.MapGet("/config", () => inForce is null ? Results.NotFound() : Results.Json(inForce, RouterProtocolJson.Default.RouterConfiguration));
        app.MapPut("/config", async (HttpContext context) =>
        {
            var next = await context.Request.ReadFromJsonAsync(RouterProtocolJson.Default.RouterConfiguration);
            if (inForce is not null && next!.Sequence <= inForce.Sequence)
            {
                return Results.Conflict();
            }
            inForce = next;
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(inForce!, RouterProtocolJson.Default.RouterConfiguration));
            await File.AppendAllTextAsync(Path.Combine(data, "puts.log"), $"{++puts} {next!.Sequence}\n");
            return Results.Json(new RouterApplied(inForce!.Sequence, Ports()), RouterProtocolJson.Default.RouterApplied);
        });
        app.MapGet("/counts", () => Results.Json(
            new RouterCounts
            {
                Incarnation = incarnation,
                Sequence = ++sequence,
                At = 0,
                Sets = [],
                Ports = Ports(),
            },
            RouterProtocolJson.Default.RouterCounts));
        Dictionary<string, int> Ports() => (inForce?.Lanes ?? []).Select((lane, index) => (lane.Host, 41000 + index)).ToDictionary();
        app.StartAsync().GetAwaiter().GetResult();
        var port = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        var admin = new RouterAdmin(port, Environment.ProcessId, incarnation, ProcFs.Read(Environment.ProcessId)!.Value.StartTime, token);
        var temporary = Path.Combine(data, "admin.tmp");
        File.WriteAllText(temporary, JsonSerializer.Serialize(admin, RouterProtocolJson.Default.RouterAdmin));
        File.Move(temporary, Path.Combine(data, RouterAdmin.FileName), overwrite: true);
        ((IHost)app).WaitForShutdownAsync().GetAwaiter().GetResult();
        return 0;
    }
}
