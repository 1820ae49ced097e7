using Slipway.Client.Api;
using Slipway.Client.Http;
using Slipway.Tests;

namespace Slipway.Cli.Tests.Watching;

public sealed class PromotionWatchTests
{
    [Fact]
    public async Task A_canary_is_followed_until_it_has_all_the_traffic()
    {
        await using var server = await Serving(
            (Canned.Promotion(PromotionStateView.Approved, reason: "its turn is next"), null),
            (Canned.Promotion(PromotionStateView.RollingOut, "p-12"), Canned.Rollout(RolloutStateView.Running, 0, 0, "1 of 1 instances healthy")),
            (Canned.Promotion(PromotionStateView.RollingOut, "p-12"), Canned.Rollout(RolloutStateView.Running, 2, 5, "analyze until 12:00:10")),
            (Canned.Promotion(PromotionStateView.RollingOut, "p-12"), Canned.Rollout(RolloutStateView.Running, 2, 5, "analyze until 12:00:10, still")),
            (Canned.Promotion(PromotionStateView.RollingOut, "p-12"), Canned.Rollout(RolloutStateView.Watching, 6, 100, "watched for 20 s")));

        Snapshot.Matches((await CliRun.Of(server, "promote", "storefront", "--to", "prod", "--watch")).All);
    }

    [Fact]
    public async Task A_rollback_fails_the_watch_and_says_why()
    {
        await using var server = await Serving(
            (Canned.Promotion(PromotionStateView.RollingOut, "p-12"), Canned.Rollout(RolloutStateView.Running, 2, 5, "analyze")),
            (Canned.Promotion(PromotionStateView.RolledBack, "p-12", "errors: canary 20.1 % vs stable 0.0 %"), Canned.Rollout(RolloutStateView.RolledBack, 2, 0, "errors: canary 20.1 % vs stable 0.0 %")));

        Snapshot.Matches((await CliRun.Of(server, "promote", "storefront", "--to", "prod", "--watch")).All);
    }

    [Fact]
    public async Task Waiting_for_an_approval_is_7()
    {
        await using var server = await Serving((Canned.Promotion(PromotionStateView.Waiting, reason: "waits for an approval"), null));

        Snapshot.Matches((await CliRun.Of(server, "promote", "storefront", "--to", "prod", "--watch")).All);
    }

    [Fact]
    public async Task Waiting_for_another_one_that_waits_for_a_person_is_7_and_names_it()
    {
        var behind = Canned.Promotion(PromotionStateView.Approved) with
        {
            Reason = "all gates are open: it waits for p-11, which is paused: inconclusive after 40 s",
            WaitsFor = new("p-11", "1.2.9", "is paused: inconclusive after 40 s", NeedsPerson: true, "slipway rollout resume|retry|skip|abort p-11"),
        };
        await using var server = await Serving((behind with { WaitsFor = behind.WaitsFor with { NeedsPerson = false } }, null), (behind, null));

        var run = await CliRun.Of(server, "rollout", "watch", "p-12");

        run.ExitCode.ShouldBe(7);
        run.Out.ShouldContain("all gates are open: it waits for p-11, which is paused: inconclusive after 40 s\n");
        run.Out.ShouldEndWith("storefront@1.3.0 → prod: waits for p-11, which is paused: inconclusive after 40 s.\n  → slipway rollout resume|retry|skip|abort p-11\n");
        (await CliRun.Of(server, "promote", "storefront", "--to", "prod")).Out.ShouldContain("p-11, which is paused: inconclusive after 40 s\n  → slipway rollout resume|retry|skip|abort p-11\n");
        (await CliRun.Of(server, "promotion", "explain", "p-12")).Out.ShouldContain("\nThe one before it: slipway rollout resume|retry|skip|abort p-11\n");
    }

    [Fact]
    public async Task What_takes_long_is_told_of_and_what_is_the_same_is_not_told_twice()
    {
        var running = (Canned.Promotion(PromotionStateView.RollingOut, "p-12"), Canned.Rollout(RolloutStateView.Running, 2, 5, "analyze until 12:00:10"));
        await using var server = await Serving(
            (Canned.Promotion(PromotionStateView.Approved, reason: "approved"), null), (Canned.Promotion(PromotionStateView.RollingOut, reason: "rolling out"), null), running,
            (running.Item1, Canned.Rollout(RolloutStateView.Running, 3, 5, "analyze until 12:00:10")), running, running,
            (Canned.Promotion(PromotionStateView.Succeeded, "p-12"), Canned.Rollout(RolloutStateView.Succeeded, 6, 100, "all went well")));

        var run = await CliRun.Of(["rollout", "watch", "p-12"], CliRun.Toward(server), time: CliRun.Hurried());

        run.ExitCode.ShouldBe(0);
        var lines = run.Out.TrimEnd().Split('\n');
        lines.ShouldContain(line => line.Contains("still running, ") && line.EndsWith("5 %: analyze until 12:00:10"));
        lines.Count(line => line.EndsWith("running           5 %  analyze until 12:00:10")).ShouldBe(1);
        run.Out.ShouldNotContain("approved  approved");
    }

    [Theory]
    [InlineData("resume", "resume", "skip", "abort")]
    [InlineData("retry", "retry", "abort")]
    [InlineData("approve", "approve", "skip", "abort")]
    public async Task A_pause_without_an_end_is_7_and_names_what_may_be_done(string first, params string[] actions)
    {
        await using var server = await Serving((Canned.Promotion(PromotionStateView.RollingOut, "p-12"), Canned.Rollout(RolloutStateView.Paused, 2, 5, "inconclusive after 40 s") with { Actions = actions }));

        var run = await CliRun.Of(server, "rollout", "watch", "p-12");

        run.ExitCode.ShouldBe(7);
        run.Out.ShouldContain($"→ slipway rollout {first} p-12, or slipway rollout abort p-12");
    }

    [Fact]
    public async Task A_timeout_is_6_and_says_that_it_goes_on()
    {
        await using var server = await Serving((Canned.Promotion(PromotionStateView.RollingOut, "p-12"), Canned.Rollout(RolloutStateView.Running, 2, 5, "analyze")));

        var run = await CliRun.Of(server, "promote", "storefront", "--to", "prod", "--timeout", "1500ms");

        run.ExitCode.ShouldBe(6);
        run.Error.ShouldContain("slipway rollout watch p-12");
    }

    [Fact]
    public async Task Rollout_watch_goes_on_through_the_watch_period()
    {
        await using var server = await Serving(
            (Canned.Promotion(PromotionStateView.RollingOut, "p-12"), Canned.Rollout(RolloutStateView.Watching, 6, 100, "watched for 20 s")),
            (Canned.Promotion(PromotionStateView.Succeeded, "p-12"), Canned.Rollout(RolloutStateView.Succeeded, 6, 100, "all went well")));

        var run = await CliRun.Of(server, "rollout", "watch", "p-12");

        run.ExitCode.ShouldBe(0);
        run.Out.ShouldContain("watched for 20 s");
        run.Out.ShouldContain("done. All went well.");
    }

    [Fact]
    public async Task With_json_every_change_is_a_document_on_a_line()
    {
        await using var server = await Serving(
            (Canned.Promotion(PromotionStateView.RollingOut, "p-12"), Canned.Rollout(RolloutStateView.Running, 2, 5, "analyze")),
            (Canned.Promotion(PromotionStateView.Succeeded, "p-12"), Canned.Rollout(RolloutStateView.Succeeded, 6, 100, "done")));

        var run = await CliRun.Of(server, "promote", "storefront", "--to", "prod", "--watch", "--json");

        var lines = run.Out.TrimEnd().Split('\n');
        lines.Length.ShouldBe(2);
        var last = System.Text.Json.Nodes.JsonNode.Parse(lines[1])!;
        last["promotion"]!["state"]!.GetValue<string>().ShouldBe("succeeded");
        last["rollout"]!["id"]!.GetValue<string>().ShouldBe("p-12");
    }

    [Fact]
    public async Task A_server_that_restarts_does_not_end_the_watch()
    {
        var server = await Serving((Canned.Promotion(PromotionStateView.RollingOut, "p-12"), Canned.Rollout(RolloutStateView.Running, 2, 5, "analyze")));
        var port = server.Url.Port;
        var output = new SpokenOutput();
        var watching = CliRun.Of(["rollout", "watch", "p-12"], CliRun.Toward(server), output: output);
        await Until(() => server.Requests.Any(request => request.Request == "GET /api/v1/rollouts/p-12"));
        await server.DisposeAsync();
        await Until(() => output.SoFar.Contains("the server does not answer"));
        await using var again = await FakeServer.Start(port);
        Serve(again, (Canned.Promotion(PromotionStateView.Succeeded, "p-12"), Canned.Rollout(RolloutStateView.Succeeded, 6, 100, "all went well")));

        var run = await watching;

        run.ExitCode.ShouldBe(0);
        run.Out.ShouldContain("all went well");
    }

    [Fact]
    public async Task On_a_terminal_a_block_lives_and_the_end_stays()
    {
        await using var server = await Serving(
            (Canned.Promotion(PromotionStateView.RollingOut, "p-12"), Canned.Rollout(RolloutStateView.Running, 2, 5, "analyze until 12:00:10")),
            (Canned.Promotion(PromotionStateView.Succeeded, "p-12"), Canned.Rollout(RolloutStateView.Succeeded, 6, 100, "all went well")));

        var run = await CliRun.Of(["rollout", "watch", "p-12", "--no-color"], new() { ["SLIPWAY_SERVER"] = server.Url.AbsoluteUri }, terminal: true);

        Snapshot.Matches(run.Out.Replace("\e", "ESC"));
    }

    /// <summary>A server whose promotion moves on by one snapshot each time that it is read; the last one stays.</summary>
    private static async Task<FakeServer> Serving(params (PromotionView, RolloutView?)[] snapshots) => Serve(await FakeServer.Start(), snapshots);

    private static FakeServer Serve(FakeServer server, params (PromotionView Promotion, RolloutView? Rollout)[] snapshots)
    {
        var at = -1;
        return server
            .On("POST /api/v1/promotions", ApiClientJson.Default.PromotionView, () => snapshots[0].Promotion, 201)
            .On("GET /api/v1/promotions/p-12", ApiClientJson.Default.PromotionView, () => snapshots[at = Math.Min(at + 1, snapshots.Length - 1)].Promotion)
            .On("GET /api/v1/rollouts/p-12", ApiClientJson.Default.RolloutView, () => snapshots[at].Rollout!);
    }

    private static async Task Until(Func<bool> condition)
    {
        for (var i = 0; i < 300 && !condition(); i++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        condition().ShouldBeTrue();
    }
}
