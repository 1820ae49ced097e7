using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Net;
using EndToEnd.Harness;
using Slipway.Client.Http;

namespace Slipway.Bench.Platform;

/// <summary><c>slipway up</c> in a data directory of its own; all that it started goes with it.</summary>
internal sealed class UpProcess : IAsyncDisposable
{
    private readonly DirectoryInfo home = Directory.CreateTempSubdirectory("slipway-bench-");
    private readonly int port = FreePort(), routerPort = FreePort();
    private readonly string program = BuiltProgram.Path;
    private Process? process;

    public string Home => home.FullName;
    public int Pid => process!.Id;
    public Uri Server => new($"http://127.0.0.1:{port}");

    /// <param name="platform">The text of platform.yaml.</param>
    public async Task StartAsync(string platform, CancellationToken cancel)
    {
        var file = Path.Combine(home.FullName, "data", "platform", "platform.yaml");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, platform, cancel);
        process = Process.Start(Command("up", "--data", Path.Combine(home.FullName, "data"), "--port", Text(port), "--router-port", Text(routerPort)))!;
        while (await process.StandardOutput.ReadLineAsync(cancel) is { } line && !line.StartsWith("Ctrl-C", StringComparison.Ordinal))
        {
        }

        using var client = Client();
        while (!(await client.Agents(cancel: cancel)).Items.Any(agent => agent.Connected))
        {
            await Task.Delay(50, cancel);
        }
    }

    public SlipwayClient Client() => new(new() { Server = Server, Token = File.ReadAllText(Path.Combine(home.FullName, "data", "admin-token")).Trim() });

    /// <summary>A command against it.</summary>
    public ProcessStartInfo Command(params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardInput = true, WorkingDirectory = home.FullName };
        start.Environment["HOME"] = home.FullName;
        start.Environment.Remove("SLIPWAY_SERVER");
        start.Environment.Remove("SLIPWAY_TOKEN");
        return start;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            // Ctrl-C stops what runs too.
            using (var interrupt = Process.Start("kill", ["-INT", Text(process.Id)]))
            {
                await interrupt.WaitForExitAsync();
            }

            await process.WaitForExitAsync();
            process.Dispose();
        }

        home.Delete(recursive: true);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
