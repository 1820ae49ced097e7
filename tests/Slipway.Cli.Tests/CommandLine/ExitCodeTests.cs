using System.Net;
using System.Net.Sockets;
using Slipway.Tests;

namespace Slipway.Cli.Tests.CommandLine;

public sealed class ExitCodeTests
{
    [Theory]
    [InlineData(400, 2)]
    [InlineData(401, 4)]
    [InlineData(403, 4)]
    [InlineData(404, 3)]
    [InlineData(409, 1)]
    [InlineData(413, 2)]
    [InlineData(500, 1)]
    [InlineData(503, 5)]
    public async Task A_refusal_s_status_decides(int status, int exitCode)
    {
        await using var server = await FakeServer.Start();
        server.Refuse("GET /api/v1/rollouts/r-1", status, "code", "No such luck.", "try again");

        var run = await CliRun.Of(server, "rollout", "show", "r-1");

        run.ExitCode.ShouldBe(exitCode);
        run.Out.ShouldBeEmpty();
        run.Error.ShouldBe("slipway: No such luck.\n  → Try again.\n");
    }

    [Fact]
    public async Task Nobody_listening_is_5()
    {
        var run = await CliRun.Of(["status", "--server", $"http://127.0.0.1:{FreePort()}"]);

        run.ExitCode.ShouldBe(5);
        run.Error.ShouldContain("nothing listens there");
        run.Error.ShouldContain("slipway up");
    }

    [Fact]
    public async Task No_server_known_is_5()
    {
        var run = await CliRun.Of(["status"]);

        run.ExitCode.ShouldBe(5);
        run.Error.ShouldContain("No server is known");
    }

    [Fact]
    public async Task Ctrl_C_is_130()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/status", context => Task.Delay(TimeSpan.FromMinutes(1), context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default));
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        (await CliRun.Of(["status"], new() { ["SLIPWAY_SERVER"] = server.Url.AbsoluteUri }, cancel: cancel.Token)).ExitCode.ShouldBe(130);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
