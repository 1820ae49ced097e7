using Microsoft.AspNetCore.Http;
using Slipway.Client.Api;
using Slipway.Client.Http;
using Slipway.Tests;

namespace Slipway.Cli.Tests.Load;

public sealed class LoadCommandTests
{
    [Fact]
    public async Task Where_no_terminal_is_lines_say_how_it_goes_and_the_end_tells_the_numbers_also_when_it_is_interrupted()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /", context =>
        {
            context.Response.Headers["X-Slipway-Version"] = "1.0.0";
            return context.Response.WriteAsync("hello");
        });
        server.On("GET /api/v1/services/storefront/environments/prod", ApiClientJson.Default.LaneView, () => Canned.Lane("prod", "1.0.0", LaneHealth.Healthy) with { Url = server.Url.AbsoluteUri });
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(3));

        // A second is a hundred here.
        var run = await CliRun.Of(["load", "storefront", "--env", "prod", "--rps", "1", "--for", "1h"], CliRun.Toward(server), time: CliRun.Hurried(), cancel: enough.Token);

        run.ExitCode.ShouldBe(0);
        var lines = run.Out.Split('\n');
        lines[0].ShouldContain(" s  ");
        lines[0].ShouldContain("1.0.0: ");
        lines.ShouldContain(line => line.Contains("1 wanted", StringComparison.Ordinal));
        lines.ShouldContain(line => line.StartsWith("1.0.0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Another_router_gets_the_requests_that_are_meant_for_the_service()
    {
        await using var server = await FakeServer.Start();
        await using var other = await FakeServer.Start();
        var hosts = new System.Collections.Concurrent.ConcurrentBag<string>();
        other.On("GET /", context =>
        {
            hosts.Add(context.Request.Host.Host);
            context.Response.Headers["X-Slipway-Version"] = "2.0.0";
            return context.Response.WriteAsync("hello");
        });
        server.On("GET /api/v1/services/storefront/environments/prod", ApiClientJson.Default.LaneView, () => Canned.Lane("prod", "1.0.0", LaneHealth.Healthy) with { Url = $"http://storefront.prod.localhost:{server.Url.Port}/" });

        var run = await CliRun.Of(["load", "storefront", "--env", "prod", "--rps", "20", "--for", "1s", "--router", $"127.0.0.1:{other.Url.Port}"], CliRun.Toward(server), time: TimeProvider.System);

        run.ExitCode.ShouldBe(0, run.All);
        run.Out.ShouldContain($"to http://storefront.prod.localhost:{other.Url.Port}/");
        run.Out.ShouldContain("2.0.0");
        hosts.ShouldNotBeEmpty();
        hosts.ShouldAllBe(host => host == "storefront.prod.localhost");
    }
}
