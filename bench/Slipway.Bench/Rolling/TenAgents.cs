using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using EndToEnd.Harness;
using Slipway.Bench.Platform;
using Slipway.Client.Api;

namespace Slipway.Bench.Rolling;

/// <summary><c>slipway up</c>, drained, and beside its own agent so many others, each with a router of its own, as if each were another host.</summary>
internal sealed class TenAgents : IAsyncDisposable
{
    private readonly List<Process> agents = [];

    private TenAgents()
    {
    }

    public UpProcess Up { get; } = new();

    /// <summary>Where each router takes requests.</summary>
    public List<int> RouterPorts { get; } = [];

    public static async Task<TenAgents> StartAsync(int count, CancellationToken cancel)
    {
        var hosts = new TenAgents();
        try
        {
            await hosts.BeginAsync(count, cancel);
            return hosts;
        }
        catch
        {
            await hosts.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in agents)
        {
            agent.Kill();
            await agent.WaitForExitAsync();
            agent.Dispose();
        }

        // Routers and instances outlive their agents by design.
        foreach (var pid in Processes.Of(Path.Combine(Up.Home, "host-")).Keys)
        {
            try
            {
                Processes.Kill(pid);
            }
            catch (ArgumentException)
            {
                // It has just ended by itself.
            }
        }

        await Up.DisposeAsync();
    }

    private async Task BeginAsync(int count, CancellationToken cancel)
    {
        await Up.StartAsync("environments:\n  prod: { promote: manual, traffic: expected, target: { bench: host } }\n", cancel);
        using var client = Up.Client();
        for (var n = 1; n <= count; n++)
        {
            var (name, port) = ($"host-{n:00}", FreePort());
            var token = await client.EnrolAgent(new EnrolAgent { Name = name }, cancel);
            var data = Path.Combine(Up.Home, name);
            var command = Up.Command("agent", "--server", Up.Server.AbsoluteUri, "--name", name, "--data", data, "--jobs", "0", "--label", "bench=host", "--router-port", RollingBenchmark.Text(port), "--log", data + ".log");
            command.Environment["SLIPWAY_TOKEN"] = token.Secret;
            agents.Add(Process.Start(command)!);
            RouterPorts.Add(port);
        }

        while ((await client.Agents(cancel: cancel)).Items.Count(agent => agent.Connected) <= count)
        {
            await Task.Delay(50, cancel);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
