using Slipway.Client.Api;
using Slipway.Client.Http;
using Slipway.Tests;

namespace Slipway.Cli.Tests.Commands;

public sealed class TestCommandTests
{
    [Fact]
    public async Task A_run_s_tests_are_summed_up_and_those_that_need_a_person_come_first()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/runs/shop-run-7/tests?limit=50", ApiClientJson.Default.RunTestsView, Tests());

        Snapshot.Matches((await CliRun.Of(server, "run", "tests", "shop-run-7")).All);
    }

    [Fact]
    public async Task What_failed_is_told_in_full_and_no_message_twice()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/runs/shop-run-7/tests?outcome=failed&limit=50", ApiClientJson.Default.RunTestsView, Tests() with { Items = [.. Tests().Items.Take(2)], Coverage = null });

        Snapshot.Matches((await CliRun.Of(server, "run", "tests", "shop-run-7", "--failed")).All);
    }

    [Fact]
    public async Task Pages_are_read_until_there_are_enough()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/runs/shop-run-7/tests?limit=2", ApiClientJson.Default.RunTestsView, Tests() with { Items = [.. Tests().Items.Take(1)], Next = "a" });
        server.On("GET /api/v1/runs/shop-run-7/tests?after=a&limit=1", ApiClientJson.Default.RunTestsView, Tests() with { Items = [Tests().Items[1]], Next = "b" });

        var run = await CliRun.Of(server, "run", "tests", "shop-run-7", "--limit", "2");
        run.Out.ShouldContain("Cart.removes");
        run.Out.ShouldContain("Cart.sums");
        run.Out.ShouldContain("There are more");
    }

    [Fact]
    public async Task A_run_without_reports_says_where_tests_come_from()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/runs/shop-run-7/tests?limit=50", ApiClientJson.Default.RunTestsView, Tests() with { Passed = 0, Failed = 0, Skipped = 0, Items = [], Coverage = null, Matching = 0 });

        (await CliRun.Of(server, "run", "tests", "shop-run-7")).Out.ShouldBe("shop-run-7: no tests were reported\nA step whose `report` names its files (`slipway docs slipway` shows how) has its tests here when its job has ended.\n");
    }

    [Fact]
    public async Task A_service_s_tests_have_a_letter_for_each_run()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/services/shop/tests?show=flaky&limit=50", ApiClientJson.Default.ServiceTestsView, new ServiceTestsView
        {
            Service = "shop", Matching = 2, Runs = [.. Enumerable.Range(0, 5).Select(n => new TestedRunView { Run = $"shop-run-{7 - n}", Commit = "c0ffee", At = Canned.Earlier })],
            Items =
            [
                new()
                {
                    Name = "Cart.removes", Standing = TestStandingView.StillFailing, FailingSince = "shop-run-6", Flaky = "turned between passing and failing 4 times in the last 20 runs", Milliseconds = 12,
                    History = [TestSquareView.Failed, TestSquareView.Failed, TestSquareView.Passed, TestSquareView.Skipped, TestSquareView.None], Quarantine = Quarantined(),
                },
                new() { Name = "Cart.sums", Standing = TestStandingView.Passing, Flaky = "failed and passed on commit c0ffee01", Milliseconds = 0.25, History = [TestSquareView.Both, .. Enumerable.Repeat(TestSquareView.Passed, 4)] },
            ],
        });

        Snapshot.Matches((await CliRun.Of(server, "test", "list", "shop", "--show", "flaky")).All);
        (await CliRun.Of(server, "test", "list", "shop", "--show", "flakey")).All.ShouldContain("Did you mean flaky?");
    }

    [Fact]
    public async Task A_quarantine_has_an_owner_an_end_and_a_reason()
    {
        await using var server = await FakeServer.Start();
        server.On("POST /api/v1/services/shop/quarantine", ApiClientJson.Default.QuarantineView, Quarantined(), 201);

        (await CliRun.Of(server, "test", "quarantine", "shop", "Cart.removes", "--until", "+14d", "--why", "races")).ExitCode.ShouldNotBe(0);
        var run = await CliRun.Of(server, "test", "quarantine", "shop", "Cart.removes", "--owner", "shop-team", "--until", "+14d", "--why", "races");
        run.Out.ShouldContain("Lift it: slipway test lift shop \"Cart.removes\"");
        server.Requests.Last().Body.ShouldBe("""{"name":"Cart.removes","owner":"shop-team","until":"2026-03-15T12:00:00+00:00","why":"races"}""");
    }

    [Fact]
    public async Task Lifting_finds_the_test_by_its_name()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/services/shop/quarantine", ApiClientJson.Default.PageQuarantineView, new Page<QuarantineView> { Items = [Quarantined()] });
        server.On("DELETE /api/v1/services/shop/quarantine/0123456789abcdef?why=mended", context =>
        {
            context.Response.StatusCode = 204;
            return Task.CompletedTask;
        });

        (await CliRun.Of(server, "test", "quarantined", "shop")).Out.ShouldContain("shop-team");
        (await CliRun.Of(server, "test", "lift", "shop", "Cart.removes", "--why", "mended")).Out.ShouldBe("'Cart.removes' of shop counts again, for jobs that begin from now on.\n");
    }

    private static RunTestsView Tests() => new()
    {
        Run = "shop-run-7", Service = "shop", Passed = 118, Failed = 2, Skipped = 3, NewlyFailing = 1, Fixed = 1, Flaky = 1, Quarantined = 1, Left = 0, Matching = 123,
        Coverage = new() { Covered = 8123, Valid = 10_003, Before = new("shop-run-6", 8100, 10_003), Packages = [], PackagesLeft = 0 },
        Items =
        [
            new()
            {
                Name = "Cart.removes an item", Outcome = TestOutcomeView.Failed, Standing = TestStandingView.NewlyFailing, FailingSince = "shop-run-7", Quarantined = false, Jobs = ["test (20)", "test (22)"], Milliseconds = 412,
                Message = "expected 1 to be 2", Stack = "AssertionError: expected 1 to be 2\n    at cart.test.js:14:22",
            },
            new() { Name = "Cart.sums", Outcome = TestOutcomeView.Failed, Standing = TestStandingView.StillFailing, FailingSince = "shop-run-3", Quarantined = true, Flaky = "failed and passed on commit c0ffee01", Jobs = ["test (20)"], Milliseconds = 12_040, Message = "late" },
            new() { Name = "Cart.adds", Outcome = TestOutcomeView.Passed, Standing = TestStandingView.Fixed, Quarantined = false, Jobs = ["test (20)", "test (22)"], Milliseconds = 0.25 },
        ],
    };

    private static QuarantineView Quarantined() => new()
    {
        Id = "0123456789abcdef", Service = "shop", Name = "Cart.removes", Owner = "shop-team", Until = CliRun.Now.AddDays(14), Why = "races", By = "admin", At = Canned.Earlier, InForce = true,
    };
}
