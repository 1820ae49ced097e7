using Slipway.Cli.Commands;
using Slipway.Client.Api;
using Slipway.Client.Http;
using Slipway.Tests;

namespace Slipway.Cli.Tests.Commands;

public sealed class StatusTests
{
    [Fact]
    public async Task The_board_is_one_line_for_each_lane()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/status", ApiClientJson.Default.StatusView, Canned.Status());

        Snapshot.Matches((await CliRun.Of(server, "status")).All);
    }

    [Fact]
    public async Task One_service_is_shown_in_full()
    {
        await using var server = await FakeServer.Start();
        var status = Canned.Status();
        server.On("GET /api/v1/status?service=storefront", ApiClientJson.Default.StatusView, status with { Services = [status.Services[0]] });
        server.Refuse("GET /api/v1/services/storefront/source", 404, "notFound", "'storefront' has no repository.");

        Snapshot.Matches((await CliRun.Of(server, "status", "storefront")).All);
    }

    [Fact]
    public async Task A_hold_is_told_beside_its_lane_by_its_first_sentence()
    {
        await using var server = await FakeServer.Start();
        var status = Canned.Status();
        var lane = Canned.Lane("dev", "1.2.0", LaneHealth.Healthy) with
        {
            Holds = [new HoldView { Id = "h-1", Service = "storefront", Environment = "dev", Version = "2.0.0", Why = "2.0.0 failed here: GET / answered 500. It wrote last: ]. Make the health path answer 200.", By = "slipway", At = Canned.Earlier }],
        };
        server.On("GET /api/v1/status", ApiClientJson.Default.StatusView, status with { Services = [status.Services[0] with { Lanes = [lane] }] });

        (await CliRun.Of(server, "status")).Out.ShouldContain("2.0.0 is held: failed here: GET / answered 500 …");
    }

    [Fact]
    public async Task Paragraphs_are_one_line_in_every_table()
    {
        const string Why = "the program listens but was not healthy within 30s: GET /healthz answered 503. Make the health path answer 200. Its output: slipway instance logs storefront-5";
        await using var server = await FakeServer.Start();
        var moving = new MovingView { Id = "p-12", Version = "1.3.0", Kind = PromotionKindView.Promotion, State = PromotionStateView.RollingOut, Rollout = RolloutStateView.Paused, Weight = 30, Reason = $"failed: {Why}" };
        var status = Canned.Status();
        server.On("GET /api/v1/status", ApiClientJson.Default.StatusView, status with
        {
            Services = [status.Services[0] with { Lanes = [Canned.Lane("dev", "1.2.0", LaneHealth.Healthy, moving), Canned.Lane("prod", "1.2.0", LaneHealth.Down) with { NeedsAttention = $"1.3.0 failed: {Why}" }] }],
        });
        server.On("GET /api/v1/rollouts", ApiClientJson.Default.PageRolloutView, new Page<RolloutView> { Items = [Canned.Rollout(RolloutStateView.Paused, 2, 5, Why)] });
        server.On("GET /api/v1/promotions", ApiClientJson.Default.PagePromotionView, new Page<PromotionView> { Items = [Canned.Promotion(PromotionStateView.Failed, reason: Why)] });
        server.On("GET /api/v1/holds", ApiClientJson.Default.PageHoldView, new Page<HoldView> { Items = [new() { Id = "h-1", Service = "storefront", Environment = "dev", Version = "1.3.0", Why = Why, By = "slipway", At = Canned.Earlier }] });

        foreach (var command in new[] { "status", "rollout list", "promotion list", "hold list" })
        {
            var text = (await CliRun.Of(server, command.Split(' '))).Out;
            text.ShouldContain("the program listens but was not healthy within 30s: GET /healthz answered 503 …", Case.Sensitive, command);
            text.ShouldNotContain("Make the health path", Case.Sensitive, command);
        }

        (await CliRun.Of(server, "hold", "list")).Out.ShouldEndWith("Reasons that end with … are whole with --json.\n");
        (await CliRun.Of(server, "hold", "list", "--json")).Out.ShouldContain("Its output: slipway instance logs storefront-5");
    }

    [Theory]
    [InlineData("short", "short")]
    [InlineData("One sentence.", "One sentence.")]
    [InlineData("One. Two.", "One …")]
    [InlineData("one line\nand another", "one line …")]
    [InlineData("errors: not enough evidence yet: canary 0.24 % of 412 (surely below 1.6 %) vs stable 0.18 % of 1655, ratio 1.34 (0.0–11.2)", "errors: not enough evidence yet: canary 0.24 % of 412 (surely below 1.6 %) vs stable 0.18 % of 1655 …")]
    [InlineData(null, "")]
    public void A_reason_in_brief_is_its_first_sentence(string? whole, string brief) => Texts.InBrief(whole).ShouldBe(brief);

    [Fact]
    public async Task A_service_s_newest_commit_is_told_of_when_its_run_failed_or_it_made_none()
    {
        await using var server = await FakeServer.Start();
        var status = Canned.Status();
        var bad = Canned.Run("storefront-run-6", RunStateView.Failed) with { Reason = "build: exit status 1" };
        var source = new SourceView { Service = "storefront", Repository = "/srv/shop", Branch = "main", Head = bad.Commit, Waiting = [] };
        server.On("GET /api/v1/status?service=storefront", ApiClientJson.Default.StatusView, status with { Services = [status.Services[0]] })
            .On("GET /api/v1/services/storefront/source", ApiClientJson.Default.SourceView, source)
            .On("GET /api/v1/runs?service=storefront", ApiClientJson.Default.PageRunView, new Page<RunView> { Items = [Canned.Run("storefront-run-7", RunStateView.Succeeded) with { Commit = new string('a', 40) }, bad] });
        (await CliRun.Of(server, "status", "storefront")).Out.ShouldContain("\n\nThe newest commit c0ffee01: storefront-run-6 failed: build: exit status 1 → slipway run show storefront-run-6\n");

        server.On("GET /api/v1/services/storefront/source", ApiClientJson.Default.SourceView, source with { Problem = "the commit has no slipway.yaml", ProblemCommit = source.Head });
        (await CliRun.Of(server, "status", "storefront")).Out.ShouldContain("\n\nThe newest commit c0ffee01 made no run: the commit has no slipway.yaml → slipway service show storefront\n");
    }

    [Fact]
    public async Task Of_many_holds_the_newest_are_shown_a_line_each()
    {
        await using var server = await FakeServer.Start();
        var status = Canned.Status();
        var why = "the new version answers a fifth of its requests with an error, as was seen on the canary";
        var lane = Canned.Lane("prod", "1.2.0", LaneHealth.Healthy) with
        {
            Holds = [.. Enumerable.Range(1, 7).Select(i => new HoldView { Id = $"h-{i}", Service = "storefront", Environment = "prod", Version = $"2.{i}.0", Why = why, By = "slipway", At = Canned.Earlier.AddSeconds(i) })],
        };
        server.On("GET /api/v1/status?service=storefront", ApiClientJson.Default.StatusView, status with { Services = [status.Services[0] with { Lanes = [lane] }] });
        server.Refuse("GET /api/v1/services/storefront/source", 404, "notFound", "'storefront' has no repository.");

        var run = await CliRun.Of(["status", "storefront", "--no-color"], CliRun.Toward(server), terminal: true);

        run.Out.ShouldContain("2.7.0 and 6 more are held: the");
        run.Out.ShouldContain("2.7.0 by slipway, 2 min ago (h-7): the new version answers a fifth of its requests");
        run.Out.ShouldContain("lift one: slipway hold lift ID");
        run.Out.ShouldContain("2.3.0 by slipway");
        run.Out.ShouldNotContain("2.2.0 by slipway");
        run.Out.ShouldContain("and 2 more: slipway hold list storefront --env prod");
        run.Out.Split('\n').Where(line => line.Contains("by slipway")).ShouldAllBe(line => line.Length <= 100);
    }

    [Fact]
    public async Task An_empty_installation_says_what_to_do_first()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/status", ApiClientJson.Default.StatusView, Canned.Status() with { Services = [], Environments = [] });

        (await CliRun.Of(server, "status")).Out.ShouldBe("No services yet. Add one: slipway service add NAME\n");
    }

    [Fact]
    public async Task With_json_there_is_one_document_and_nothing_else()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/status", ApiClientJson.Default.StatusView, Canned.Status());

        var run = await CliRun.Of(server, "status", "--json");

        run.ExitCode.ShouldBe(0);
        var read = System.Text.Json.JsonSerializer.Deserialize(run.Out, ApiClientJson.Default.StatusView)!;
        read.Services[0].Lanes[2].Moving!.Rollout.ShouldBe(RolloutStateView.Running);
        read.Services[0].Lanes[0].Since.ShouldBe(Canned.Earlier);
    }

    [Fact]
    public async Task Colours_are_for_terminals_that_want_them()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/status", ApiClientJson.Default.StatusView, Canned.Status());
        var variables = new Dictionary<string, string> { ["SLIPWAY_SERVER"] = server.Url.AbsoluteUri };

        (await CliRun.Of(["status"], variables, terminal: true)).Out.ShouldContain("\e[32mhealthy 2/2\e[0m");
        (await CliRun.Of(["status", "--no-color"], variables, terminal: true)).Out.ShouldNotContain("\e");
        (await CliRun.Of(["status"], new(variables) { ["NO_COLOR"] = "1" }, terminal: true)).Out.ShouldNotContain("\e");
        (await CliRun.Of(["status"], variables)).Out.ShouldNotContain("\e");
    }
}
