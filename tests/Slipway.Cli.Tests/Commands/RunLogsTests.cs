using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Slipway.Client.Api;
using Slipway.Client.Http;
using Slipway.Tests;

namespace Slipway.Cli.Tests.Commands;

public sealed class RunLogsTests
{
    private const string Log = "1000 -1 ## checked out\n1500 0 ::group::install\n1500 0 \e[32madded\e[0m 12 \e]0;title\apackages\n1600 0 ::endgroup::\n2000 1 PASS \e[1mall\n2001 1 still bold\n";

    [Fact]
    public async Task Piped_lines_are_text_alone_with_groups_indented()
    {
        await using var server = await Serving(Canned.Run("storefront-run-7", RunStateView.Succeeded, Canned.Job("build", JobStateView.Succeeded, "install", "test")), ("build", Log));
        (await CliRun.Of(server, "run", "logs", "storefront-run-7")).Out.ShouldBe("## checked out\ninstall\n  added 12 packages\nPASS all\nstill bold\n");
        (await CliRun.Of(server, "run", "logs", "storefront-run-7", "--grep", "ADDED")).Out.ShouldBe("  added 12 packages\n");
        (await CliRun.Of(server, "run", "logs", "storefront-run-7", "--job", "build", "--times", "--grep", "checked")).Out.ShouldBe("00:00:01.000 ## checked out\n");
    }

    [Fact]
    public async Task On_a_terminal_steps_have_their_names_and_looks_end_with_their_line()
    {
        await using var server = await Serving(Canned.Run("storefront-run-7", RunStateView.Succeeded, Canned.Job("build", JobStateView.Succeeded, "install", "test")), ("build", Log));
        var variables = CliRun.Toward(server);
        (await CliRun.Of(["run", "logs", "storefront-run-7"], variables, terminal: true)).Out.Replace("\e", "ESC").ShouldBe("""
            ## checked out
            ESC[1m── installESC[0m
            ESC[1minstallESC[0m
              ESC[32maddedESC[0m 12 packages
            ESC[1m── testESC[0m
            PASS ESC[1mallESC[0m
            ESC[1mstill boldESC[0m

            """);
        (await CliRun.Of(["run", "logs", "storefront-run-7", "--no-color"], variables, terminal: true)).Out.ShouldNotContain("\e");
    }

    [Fact]
    public async Task Several_jobs_are_told_apart_and_one_that_wrote_nothing_is_passed_over()
    {
        var run = Canned.Run("storefront-run-7", RunStateView.Running, Canned.Job("build", JobStateView.Succeeded, "make"), Canned.Job("lint", JobStateView.Running, "lint"), Canned.Job("publish", JobStateView.Waiting));
        await using var server = await Serving(run, ("build", "1 0 made\n"), ("lint", "1 0 fine\n"));
        (await CliRun.Of(server, "run", "logs", "storefront-run-7")).Out.ShouldBe("build   │ made\nlint    │ fine\n");
        (await CliRun.Of(server, "run", "logs", "storefront-run-7", "lint", "--json")).Out.ShouldBe("{\"run\":\"storefront-run-7\",\"job\":\"lint\",\"attempt\":1,\"at\":\"1970-01-01T00:00:00.001+00:00\",\"step\":0,\"text\":\"fine\"}\n");
        var missing = await CliRun.Of(server, "run", "logs", "storefront-run-7", "nope");
        (missing.ExitCode, missing.Error).ShouldBe((3, "slipway: storefront-run-7 has no job 'nope'.\n  → Its jobs: build, lint, publish.\n"));
        (await CliRun.Of(server, "run", "logs", "storefront-run-7", "--attempt", "1")).ExitCode.ShouldBe(2);
        (await CliRun.Of(server, "run", "logs", "storefront-run-7", "lint", "--attempt", "x")).ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task What_is_followed_goes_on_where_it_broke_off_and_over_to_the_next_attempt()
    {
        await using var server = await FakeServer.Start();
        var asked = new List<string>();
        server.On("GET /api/v1/runs/storefront-run-7", ApiClientJson.Default.RunView, Canned.Run("storefront-run-7", RunStateView.Running, Canned.Job("build", JobStateView.Running, "make")))
            .On("GET /api/v1/runs/storefront-run-7/jobs/build/log?attempt=1", context =>
            {
                var last = context.Request.Headers["Last-Event-ID"].ToString();
                asked.Add(last);
                context.Response.ContentType = "text/event-stream";
                // The connection breaks in the middle of an event.
                return context.Response.WriteAsync(last.Length == 0
                    ? "retry: 2000\n\nid: 8\ndata: 1 0 one\n\nid: 16\ndata: 2 0 t"
                    : "id: 8\ndata: 1 0 one\n\nid: 16\ndata: 2 0 two\n\n: still here\n\nid: 28\ndata: 3 0 10 %\ndata: 20 %\n\nevent: end\ndata: {\"attempt\":1,\"state\":\"waiting\",\"next\":2}\n\n");
            })
            .On("GET /api/v1/runs/storefront-run-7/jobs/build/log?attempt=2", context =>
            {
                context.Response.ContentType = "text/event-stream";
                return context.Response.WriteAsync("id: 10\ndata: 4 0 again\n\nevent: end\ndata: {\"attempt\":2,\"state\":\"succeeded\"}\n\n");
            });

        var run = await CliRun.Of(server, "run", "logs", "storefront-run-7", "--follow");

        run.Out.ShouldBe("one\ntwo\n20 %\nagain\n");
        run.ExitCode.ShouldBe(0);
        asked.ShouldBe(["", "8"]);
        (await CliRun.Of(server, "run", "logs", "storefront-run-7", "--follow", "--attempt", "2")).Out.ShouldBe("again\n");
    }

    [Fact]
    public async Task Runs_are_listed_and_then_followed()
    {
        await using var server = await FakeServer.Start();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var output = new SpokenOutput();
        server.On("GET /api/v1/status", ApiClientJson.Default.StatusView, Canned.Status())
            .On("GET /api/v1/runs", ApiClientJson.Default.PageRunView, new Page<RunView> { Items = [Canned.Run("shop-run-2", RunStateView.Running), Canned.Run("shop-run-1", RunStateView.Failed)] })
            .On("GET /api/v1/runs/shop-run-2", ApiClientJson.Default.RunView, Canned.Run("shop-run-2", RunStateView.Succeeded))
            .On("GET /api/v1/events", async context =>
            {
                context.Response.ContentType = "text/event-stream";
                context.Request.Headers["Last-Event-ID"].ToString().ShouldBe("99");
                await context.Response.WriteAsync($"id: 100\ndata: {System.Text.Json.JsonSerializer.Serialize(Canned.Entry(100, "run.ended", new JsonObject { ["run"] = "shop-run-2" }), ApiClientJson.Default.LedgerEntryView)}\n\n");
                await context.Response.Body.FlushAsync();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            });

        var following = CliRun.Of(["run", "list", "--follow"], CliRun.Toward(server), cancel: stop.Token, output: output);
        for (var i = 0; i < 300 && !output.SoFar.Contains("succeeded"); i++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        await stop.CancelAsync();
        (await following).ExitCode.ShouldBe(130);
        output.SoFar.Split('\n').SkipLast(1).Select(line => string.Join(' ', line.Split("  ")[1..4])).ShouldBe(["shop-run-1 c0ffee01 failed: because", "shop-run-2 c0ffee01 running: because", "shop-run-2 c0ffee01 succeeded: because"]);
    }

    private static async Task<FakeServer> Serving(RunView run, params (string Job, string Log)[] logs)
    {
        var server = await FakeServer.Start();
        server.On($"GET /api/v1/runs/{run.Id}", ApiClientJson.Default.RunView, run);
        foreach (var job in run.Jobs)
        {
            var request = $"GET /api/v1/runs/{run.Id}/jobs/{job.Name}/log";
            if (logs.FirstOrDefault(log => log.Job == job.Name).Log is { } text)
            {
                server.On(request, context => context.Response.WriteAsync(text));
            }
            else
            {
                server.Refuse(request, 404, "notFound", "There is no log yet.");
            }
        }

        return server;
    }
}
