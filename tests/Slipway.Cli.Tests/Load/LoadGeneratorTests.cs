using Microsoft.AspNetCore.Http;
using Slipway.Cli.Load;
using Slipway.Client.Api;
using Slipway.Client.Http;
using Slipway.Tests;

namespace Slipway.Cli.Tests.Load;

public sealed class LoadGeneratorTests
{
    [Fact]
    public async Task Every_request_is_counted_once_by_the_version_that_answered()
    {
        await using var server = await FakeServer.Start();
        var count = 0;
        server.On("GET /", context =>
        {
            var n = Interlocked.Increment(ref count);
            context.Response.Headers["X-Slipway-Version"] = n % 10 == 0 ? "2.0.0" : "1.0.0";
            context.Response.StatusCode = n % 20 == 0 ? 500 : 200;
            return context.Response.WriteAsync("hello");
        });

        var report = await Run(new() { Url = server.Url, RequestsPerSecond = 100 }, TimeSpan.FromSeconds(2));

        report.Requests.ShouldBe(count);
        report.UnderWay.ShouldBe(0);
        report.Versions.Select(version => version.Version).ShouldBe(["1.0.0", "2.0.0"]);
        report.Versions.Sum(version => version.Requests).ShouldBe(count);
        report.Versions[1].Errors.ShouldBe(count / 20);
        report.Errors.ShouldBe(count / 20);
        report.Failed.ShouldBe(count / 20);
        report.Versions[0].Statuses.Keys.ShouldBe(["200"]);
        report.Versions[0].P50Millis.ShouldNotBeNull();
        report.Versions[0].P99Millis!.Value.ShouldBeGreaterThanOrEqualTo(report.Versions[0].P50Millis!.Value);
    }

    [Fact]
    public async Task A_request_is_sent_when_it_is_due_and_not_a_period_later()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /", context => context.Response.WriteAsync("hello"));
        var report = await Run(new() { Url = server.Url, RequestsPerSecond = 1 }, TimeSpan.FromSeconds(2.5));
        report.Requests.ShouldBeInRange(2, 3);
        report.Versions[0].P50Millis!.Value.ShouldBeLessThan(900);
    }

    [Fact]
    public async Task A_service_that_is_slow_gets_no_fewer_requests()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /", async context => await Task.Delay(TimeSpan.FromSeconds(1), context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default));

        var report = await Run(new() { Url = server.Url, RequestsPerSecond = 50 }, TimeSpan.FromSeconds(3));

        // A closed loop of a few connections would have sent a few. The bound leaves room for a busy machine.
        report.Requests.ShouldBeGreaterThan(100);
        report.Versions[0].P50Millis!.Value.ShouldBeGreaterThan(900);
    }

    [Fact]
    public async Task What_is_not_answered_is_counted_with_its_reason()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /", context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });

        var report = await Run(new() { Url = server.Url, RequestsPerSecond = 20 }, TimeSpan.FromSeconds(1));

        report.Good.ShouldBe(0);
        report.Unanswered["connection"].ShouldBe(report.Requests);
    }

    [Fact]
    public async Task Past_the_bound_requests_are_left_out_and_said_to_be()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /", async context => await Task.Delay(TimeSpan.FromMinutes(1), context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default));

        var report = await Run(new() { Url = server.Url, RequestsPerSecond = 100, MostUnderWay = 5, Timeout = TimeSpan.FromSeconds(2) }, TimeSpan.FromSeconds(1));

        report.Requests.ShouldBe(5);
        report.Unanswered["timeout"].ShouldBe(5);
        report.LeftOut.ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task The_command_reports_in_json()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /", context => context.Response.WriteAsync("hello"));
        server.On("GET /api/v1/services/shop/environments/prod", ApiClientJson.Default.LaneView, Canned.Lane("prod", "1.0.0", LaneHealth.Healthy) with { Service = "shop", Url = $"http://shop.prod.localhost:{server.Url.Port}" });

        var run = await CliRun.Of(server, "load", "shop", "--env", "prod", "--rps", "20", "--for", "1s", "--json");

        run.ExitCode.ShouldBe(0);
        var report = System.Text.Json.JsonSerializer.Deserialize(run.Out, LoadJson.Default.LoadReport)!;
        report.Requests.ShouldBeGreaterThan(0);
        report.Good.ShouldBe(report.Requests);
        report.Versions.ShouldHaveSingleItem().Version.ShouldBe("none");
    }

    [Fact]
    public async Task Load_that_reaches_nothing_but_a_router_without_the_lane_fails_and_says_so()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /", context =>
        {
            context.Response.StatusCode = 404;
            return context.Response.WriteAsync("""{"title":"Unknown host"}""");
        });
        server.On("GET /api/v1/services/shop/environments/field", ApiClientJson.Default.LaneView, Canned.Lane("field", "1.0.0", LaneHealth.Healthy) with { Service = "shop", Url = $"http://shop.field.localhost:{server.Url.Port}", Router = "r1" });

        var run = await CliRun.Of(server, "load", "shop", "--env", "field", "--rps", "20", "--for", "1s");

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain("Nothing reached shop: every answer was the router's own (404: ");
        run.Error.ShouldContain("See where it answers: slipway status shop (its router is that of the agent r1;");
    }

    [Fact]
    public async Task A_lane_that_serves_nothing_is_said_to()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/services/shop/environments/prod", ApiClientJson.Default.LaneView, Canned.Lane("prod", null, LaneHealth.Empty) with { Service = "shop" });

        var run = await CliRun.Of(server, "load", "shop", "--env", "prod", "--rps", "20");

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain("slipway promote shop --to prod");
    }

    private static async Task<LoadReport> Run(LoadTarget target, TimeSpan length)
    {
        using var generator = new LoadGenerator(target);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        end.CancelAfter(length);
        await generator.Run(end.Token);
        return generator.Report();
    }
}
