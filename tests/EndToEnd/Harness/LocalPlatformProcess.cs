using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Slipway.Client.Http;

namespace EndToEnd.Harness;

/// <summary><c>slipway up</c> as users start it: a process, with its agent, router and instances. It can be killed and started again on the same data.</summary>
internal sealed class LocalPlatformProcess : IAsyncDisposable
{
    public const string OnlyProd = """
        environments:
          prod: { promote: manual, traffic: expected, concurrency: newestWins }

        """;

    private readonly TemporaryFolder home = new();
    private readonly int port = FreePort(), routerPort = FreePort();
    private IReadOnlyList<string> arguments = [];
    private Process? process;
    private Task<string> output = Task.FromResult("");

    private LocalPlatformProcess()
    {
    }

    public string Home => home.Path;
    public string Data => home.In("data");
    public Uri Server => new($"http://127.0.0.1:{port}");
    public string Port => port.ToString(CultureInfo.InvariantCulture);
    public string RouterPort => routerPort.ToString(CultureInfo.InvariantCulture);
    public int ServerPid => process!.Id;
    public int AgentPid => int.Parse(File.ReadAllText(home.In("data", "agent.pid")).Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>Null: it does not run now.</summary>
    public int? RouterPid => Processes.Of(Data).Where(found => found.Value.Contains(" router ", StringComparison.Ordinal)).Select(found => (int?)found.Key).FirstOrDefault();

    /// <param name="platform">The text of platform.yaml; null: what a new installation gets.</param>
    public static LocalPlatformProcess NotStarted(string? platform = null, IReadOnlyList<string>? arguments = null)
    {
        var platformProcess = new LocalPlatformProcess { arguments = arguments ?? [] };
        if (platform is not null)
        {
            platformProcess.home.File("data/platform/platform.yaml", platform);
        }

        return platformProcess;
    }

    /// <param name="platform">As <see cref="NotStarted"/>.</param>
    /// <param name="arguments">More arguments of <c>slipway up</c>.</param>
    public static async Task<LocalPlatformProcess> Start(string? platform = null, IReadOnlyList<string>? arguments = null)
    {
        var started = NotStarted(platform, arguments);
        await started.StartAgain();
        return started;
    }

    /// <summary>Returns when the server answers and the agent is connected.</summary>
    public async Task StartAgain()
    {
        process?.Dispose();
        process = Launch(["up", "--data", Data, "--port", Port, "--router-port", RouterPort, .. arguments], errorApart: false);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line && !line.StartsWith("Ctrl-C", StringComparison.Ordinal))
        {
        }

        process.HasExited.ShouldBeFalse("slipway up has ended");
        output = process.StandardOutput.ReadToEndAsync();
        using var client = Client();
        await Until.True(
            async () => (await client.Agents(cancel: TestContext.Current.CancellationToken)).Items.Any(agent => agent is { Name: "local", Connected: true }),
            "the agent's connection", context: () => File.ReadAllText(home.In("data", "logs", "agent.log")));
    }

    public SlipwayClient Client() => new(new() { Server = Server, Token = File.ReadAllText(home.In("data", "admin-token")).Trim() });

    /// <summary>SIGKILL to the server; agent, router and instances are left as they are.</summary>
    public void KillServer()
    {
        process!.Kill();
        process.WaitForExit();
    }

    /// <summary>Ctrl-C, or other signals one after the other. The exit status and what it printed since it was up.</summary>
    public async Task<(int ExitCode, string Output)> Interrupt(params string[] signals)
    {
        foreach (var signal in signals.DefaultIfEmpty("-INT"))
        {
            using var kill = Process.Start("kill", [signal, $"{ServerPid}"]);
            await kill.WaitForExitAsync();
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await process!.WaitForExitAsync(patience.Token);
        return (process.ExitCode, await output);
    }

    /// <summary>A command against this platform, to its end.</summary>
    public async Task<(int ExitCode, string Out, string Error)> Run(params IReadOnlyList<string> line)
    {
        using var command = Launch(line, errorApart: true);
        var written = command.StandardOutput.ReadToEndAsync();
        var complained = command.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(6));
        await command.WaitForExitAsync(patience.Token);
        return (command.ExitCode, await written, await complained);
    }

    /// <summary>A command that goes on; it ends with this at the latest.</summary>
    public Process StartInBackground(Dictionary<string, string> variables, params IReadOnlyList<string> line) => Launch(line, errorApart: false, variables);

    public async ValueTask DisposeAsync()
    {
        await EndAll();
        process?.Dispose();
        home.Dispose();
    }

    /// <summary>Ends all that it started, also what outlives the server by design.</summary>
    public async Task EndAll()
    {
        if (process is { HasExited: false })
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        // The agent first: it would start again what ends.
        foreach (var isAgent in (bool[])[true, false])
        {
            foreach (var (pid, _) in Processes.Of(home.Path).Where(found => !isAgent || found.Value.Contains(" agent ", StringComparison.Ordinal)))
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
        }

        await Until.True(() => Processes.Of(home.Path).Count == 0, "the end of what was started");
    }

    /// <param name="errorApart">Else what it complains of goes to the test's own output.</param>
    private Process Launch(IReadOnlyList<string> command, bool errorApart, Dictionary<string, string>? variables = null)
    {
        var start = new ProcessStartInfo(BuiltProgram.Path, command)
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            RedirectStandardError = errorApart,
            WorkingDirectory = home.Path,
        };
        start.Environment["HOME"] = home.Path;
        start.Environment.Remove("SLIPWAY_HOME");
        start.Environment.Remove("SLIPWAY_SERVER");
        start.Environment.Remove("SLIPWAY_TOKEN");
        foreach (var (name, value) in variables ?? [])
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
