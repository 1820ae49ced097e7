using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Slipway.Client.Http;

namespace Slipway.Cli.Tests.Hosting;

/// <summary><c>slipway up</c> as a process, with its agent and router.</summary>
public sealed class UpTests
{
    [Fact]
    public async Task Up_starts_server_agent_and_router_and_Ctrl_C_stops_them_all()
    {
        using var home = new TemporaryFolder();
        using var up = await Running.Start(home);

        using var client = up.Client();
        await up.AgentIsConnected(client);
        (await CliRun.Of(["status"], new() { ["HOME"] = home.Path })).Out.ShouldContain("No services yet.");
        (File.GetUnixFileMode(Path.Combine(home.Path, ".slipway", "context.json")) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)).ShouldBe(UnixFileMode.None);
        var agent = up.AgentPid();

        (await up.Interrupt()).ShouldBe(0);

        up.Output.ShouldContain("Everything is stopped.");
        Directory.Exists($"/proc/{agent}").ShouldBeFalse();
        up.ProcessesLeft().ShouldBeEmpty();
    }

    [Fact]
    public async Task An_agent_that_is_killed_is_started_again_and_an_up_that_is_killed_is_taken_over()
    {
        using var home = new TemporaryFolder();
        int second;
        using (var up = await Running.Start(home))
        {
            using var client = up.Client();
            await up.AgentIsConnected(client);
            var first = up.AgentPid();
            using (var agent = Process.GetProcessById(first))
            {
                agent.Kill();
            }

            await Running.Until(() => up.AgentPid() != first, "a new agent");
            second = up.AgentPid();
            up.Kill();
            Directory.Exists($"/proc/{second}").ShouldBeTrue("the agent outlives the server");
        }

        using var again = await Running.Start(home);
        using var clientAgain = again.Client();
        await again.AgentIsConnected(clientAgain);
        again.AgentPid().ShouldNotBe(second);
        (await again.Interrupt()).ShouldBe(0);
        again.ProcessesLeft().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_with_the_way_out()
    {
        using var home = new TemporaryFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var run = await CliRun.Of(["up", "--port", port.ToString()], new() { ["HOME"] = home.Path }, home.Path);

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain($"Port {port} is taken");
        run.Error.ShouldContain("--port");
    }

    [Fact]
    public async Task A_platform_file_that_is_not_valid_is_told_with_every_place()
    {
        using var home = new TemporaryFolder();
        home.File(".slipway/platform/platform.yaml", "environments:\n  dev: { promot: auto }\n");

        var run = await CliRun.Of(["up", "--port", "0"], new() { ["HOME"] = home.Path }, home.Path);

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain("platform.yaml:2:");
    }

    private sealed class Running : IDisposable
    {
        private readonly Process process;
        private readonly string data;
        private readonly Uri server;
        private readonly Task<string> rest;

        private Running(Process process, string data, Uri server)
        {
            this.process = process;
            this.data = data;
            this.server = server;
            rest = process.StandardOutput.ReadToEndAsync();
        }

        public string Output => rest.GetAwaiter().GetResult();

        public static async Task<Running> Start(TemporaryFolder home)
        {
            var data = Path.Combine(home.Path, "data");
            var start = new ProcessStartInfo(
                "dotnet", [Path.Combine(AppContext.BaseDirectory, "slipway.dll"), "up", "--data", data, "--port", "0", "--router-port", FreePort().ToString(CultureInfo.InvariantCulture)])
            {
                RedirectStandardOutput = true,
                RedirectStandardInput = true,
            };
            start.Environment["HOME"] = home.Path;
            start.Environment["DOTNET_CLI_HOME"] = home.Path;
            start.Environment.Remove("SLIPWAY_HOME");
            var process = Process.Start(start)!;
            string? line;
            Uri? server = null;
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
            while ((line = await process.StandardOutput.ReadLineAsync(patience.Token)) is not null && !line.StartsWith("Ctrl-C", StringComparison.Ordinal))
            {
                if (line.Trim().StartsWith("page", StringComparison.Ordinal))
                {
                    server = new Uri(line.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
                }
            }

            return new Running(process, data, server.ShouldNotBeNull());
        }

        public SlipwayClient Client() => new(new() { Server = server, Token = File.ReadAllText(Path.Combine(data, "admin-token")).Trim() });

        public int AgentPid() => int.Parse(File.ReadAllText(Path.Combine(data, "agent.pid")).Split(' ')[0], CultureInfo.InvariantCulture);

        public async Task AgentIsConnected(SlipwayClient client)
        {
            for (var i = 0; i < 600; i++)
            {
                var agents = await client.Agents(cancel: TestContext.Current.CancellationToken);
                if (agents.Items.Any(agent => agent is { Name: "local", Connected: true }))
                {
                    return;
                }

                await Task.Delay(200, TestContext.Current.CancellationToken);
            }

            throw new TimeoutException($"The agent has not connected. Its log:\n{File.ReadAllText(Path.Combine(data, "logs", "agent.log"))}");
        }

        public async Task<int> Interrupt()
        {
            using (var kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]))
            {
                await kill.WaitForExitAsync();
            }

            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            await process.WaitForExitAsync(patience.Token);
            return process.ExitCode;
        }

        public void Kill()
        {
            process.Kill();
            process.WaitForExit();
        }

        /// <summary>Command lines of whatever still works on this data directory.</summary>
        public IReadOnlyList<string> ProcessesLeft() =>
        [
            .. from folder in Directory.GetDirectories("/proc")
               where int.TryParse(Path.GetFileName(folder), out _)
               let line = Read(Path.Combine(folder, "cmdline"))
               where line.Contains(data, StringComparison.Ordinal)
               select line,
        ];

        public static async Task Until(Func<bool> condition, string what)
        {
            for (var i = 0; i < 600; i++)
            {
                if (condition())
                {
                    return;
                }

                await Task.Delay(100, TestContext.Current.CancellationToken);
            }

            throw new TimeoutException($"Waited in vain for {what}.");
        }

        public void Dispose()
        {
            if (!process.HasExited)
            {
                process.Kill();
            }

            process.Dispose();
        }

        private static string Read(string file)
        {
            try
            {
                return File.ReadAllText(file).Replace('\0', ' ');
            }
            catch (IOException)
            {
                return "";
            }
        }

        private static int FreePort()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
    }
}
