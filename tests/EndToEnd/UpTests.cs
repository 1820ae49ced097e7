using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using EndToEnd.Harness;

namespace EndToEnd;

/// <summary><c>slipway up</c>, from its start to its end.</summary>
public sealed class UpTests
{
    [Fact]
    public async Task Up_starts_server_agent_and_router_and_Ctrl_C_stops_them_all()
    {
        await using var platform = await LocalPlatformProcess.Start();
        await Until.True(() => platform.RouterPid is not null, "the router");
        (await platform.Run("status")).Out.ShouldContain("No services yet.");
        (File.GetUnixFileMode(Path.Combine(platform.Home, ".slipway", "context.json")) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)).ShouldBe(UnixFileMode.None);

        var (exitCode, output) = await platform.Interrupt();

        exitCode.ShouldBe(0);
        output.ShouldContain("Everything is stopped.");
        Processes.Of(platform.Data).ShouldBeEmpty();
        var (status, _, error) = await platform.Run("status");
        status.ShouldBe(5);
        error.ShouldContain("no `slipway up` runs here");
    }

    [Fact]
    public async Task A_second_signal_while_it_stops_is_answered_and_nothing_is_left_behind()
    {
        await using var platform = await LocalPlatformProcess.Start();
        await Until.True(() => platform.RouterPid is not null, "the router");

        var (exitCode, output) = await platform.Interrupt("-INT", "-TERM", "-TERM");

        exitCode.ShouldBe(0);
        output.ShouldContain("Everything is stopped.");
        Processes.Of(platform.Data).ShouldBeEmpty();
        File.Exists(Path.Combine(platform.Home, ".slipway", "context.json")).ShouldBeFalse();
    }

    [Fact]
    public async Task With_keep_the_router_runs_on_and_the_next_up_adopts_it()
    {
        await using var platform = await LocalPlatformProcess.Start(arguments: ["--keep"]);
        await Until.True(() => platform.RouterPid is not null, "the router");
        var router = platform.RouterPid;

        (await platform.Interrupt()).ExitCode.ShouldBe(0);

        platform.RouterPid.ShouldBe(router);
        var (exitCode, _, error) = await platform.Run("up", "--data", platform.Data, "--port", "0", "--router-port", "7999");
        exitCode.ShouldBe(1);
        error.ShouldContain($"takes requests on port {platform.RouterPort}, not 7999");
        await platform.StartAgain();
        platform.RouterPid.ShouldBe(router);
        (await platform.Interrupt()).ExitCode.ShouldBe(0);
        platform.RouterPid.ShouldBe(router);
    }

    [Fact]
    public async Task An_agent_that_is_killed_is_started_again_and_an_up_that_is_killed_is_taken_over()
    {
        await using var platform = await LocalPlatformProcess.Start();
        var first = platform.AgentPid;
        Processes.Kill(first);
        await Until.True(() => platform.AgentPid != first, "a new agent");
        var second = platform.AgentPid;
        platform.KillServer();
        Processes.Runs(second).ShouldBeTrue("the agent outlives the server");

        await platform.StartAgain();

        // The agent is kept, and the jobs that it runs with it.
        platform.AgentPid.ShouldBe(second);
        Processes.Of(platform.Data).Values.Count(line => line.Contains(" agent ", StringComparison.Ordinal)).ShouldBe(1);
        (await platform.Interrupt()).ExitCode.ShouldBe(0);
        Processes.Of(platform.Data).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_second_up_on_the_same_data_is_refused()
    {
        await using var platform = await LocalPlatformProcess.Start();

        var (exitCode, _, error) = await platform.Run("up", "--data", platform.Data, "--port", "0");

        exitCode.ShouldBe(1);
        error.ShouldContain("Another `slipway up` runs on");
        error.ShouldContain("--data");
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_with_the_way_out()
    {
        await using var platform = LocalPlatformProcess.NotStarted();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var (exitCode, _, error) = await platform.Run("up", "--port", $"{port}", "--router-port", platform.RouterPort);

        exitCode.ShouldBe(1);
        error.ShouldContain($"port {port} is taken");
        error.ShouldContain("--port");
    }

    [Fact]
    public async Task A_router_port_that_is_taken_is_named_with_the_way_out_and_nothing_is_started()
    {
        await using var platform = LocalPlatformProcess.NotStarted();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var (exitCode, output, error) = await platform.Run("up", "--data", platform.Data, "--port", "0", "--router-port", $"{port}");

        exitCode.ShouldBe(1);
        output.ShouldNotContain("Slipway runs");
        error.ShouldContain($"port {port} is taken");
        error.ShouldContain("--router-port");
        Processes.Of(platform.Data).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_second_up_leaves_the_commands_to_the_first_and_says_how_to_reach_it()
    {
        await using var platform = await LocalPlatformProcess.Start();
        var context = Path.Combine(platform.Home, ".slipway", "context.json");
        var before = await File.ReadAllTextAsync(context, TestContext.Current.CancellationToken);
        var data = Path.Combine(platform.Home, "second");
        using var second = platform.StartInBackground([], "up", "--data", data, "--port", "0", "--router-port", "0");
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var said = "";
        while (!said.Contains("Ctrl-C", StringComparison.Ordinal))
        {
            said += await second.StandardOutput.ReadLineAsync(patience.Token) + "\n";
        }

        said.ShouldContain(platform.Server.GetLeftPart(UriPartial.Authority));
        said.ShouldContain("export SLIPWAY_SERVER=");
        said.ShouldContain(Path.Combine(data, "admin-token"));
        using (var kill = Process.Start("kill", ["-INT", $"{second.Id}"]))
        {
            await kill.WaitForExitAsync(patience.Token);
        }

        await second.WaitForExitAsync(patience.Token);

        (await File.ReadAllTextAsync(context, TestContext.Current.CancellationToken)).ShouldBe(before);
        (await platform.Run("status")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_platform_file_that_is_not_valid_is_told_with_every_place()
    {
        await using var platform = LocalPlatformProcess.NotStarted("environments:\n  dev: { promot: auto }\n  prod: { after: [tset] }\n");

        var (exitCode, _, error) = await platform.Run("up", "--data", platform.Data, "--port", "0", "--router-port", "0");

        exitCode.ShouldBe(2);
        error.ShouldContain("platform.yaml:2:");
        error.ShouldContain("platform.yaml:3:");
    }
}
