using Slipway.Client.Api;
using Slipway.Client.Http;
using Slipway.Tests;

namespace Slipway.Cli.Tests.Commands;

public sealed class RunShowTests
{
    [Fact]
    public async Task A_job_says_of_each_cache_whose_it_was_or_why_there_was_none()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/runs/shop-run-7", ApiClientJson.Default.RunView, new RunView
        {
            Id = "shop-run-7", Service = "shop", State = RunStateView.Succeeded, Reason = "made shop@1.0.0", Commit = new string('c', 40), Branch = "main", Subject = "One", Version = "1.0.0",
            RequestedBy = "slipway", RequestedAt = Canned.Earlier,
            Jobs =
            [
                new()
                {
                    Name = "build", State = JobStateView.Succeeded, Outcome = JobOutcomeView.Succeeded, Attempt = 1, Needs = [], Steps = [],
                    Caches =
                    [
                        new() { Name = "npm", Hit = true, From = "main", Bytes = 12_300_000, Seconds = 3.4, Saved = false },
                        new() { Name = "nuget", Hit = false, Why = "nothing is kept yet for what shop.csproj says now", Saved = true, Bytes = 4200 },
                        new() { Name = "go", Hit = false, Why = "the server answered 503", Saved = false, WhyNotSaved = "the agent's disk is full" },
                        new() { Name = "pip", Hit = false, Why = "nothing is kept yet for what uv.lock says now" },
                    ],
                },
            ],
        });
        var run = await CliRun.Of(server, "run", "show", "shop-run-7");
        run.ExitCode.ShouldBe(0);
        string[] lines = [.. run.Out.Split('\n').Select(line => line.TrimEnd())];
        lines.ShouldContain(line => line.StartsWith("  + cache npm ", StringComparison.Ordinal) && line.EndsWith(" 3 s  12.3 MB of main", StringComparison.Ordinal));
        lines.ShouldContain(line => line.StartsWith("  - cache nuget ", StringComparison.Ordinal) && line.EndsWith(" nothing is kept yet for what shop.csproj says now; saved 4.2 kB", StringComparison.Ordinal));
        lines.ShouldContain(line => line.StartsWith("  - cache go ", StringComparison.Ordinal) && line.EndsWith(" the server answered 503; not saved: the agent's disk is full", StringComparison.Ordinal));
        lines.ShouldContain(line => line.StartsWith("  - cache pip ", StringComparison.Ordinal) && line.EndsWith(" nothing is kept yet for what uv.lock says now", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failed_run_says_its_exit_status_once_and_ends_with_the_way_to_its_log()
    {
        await using var server = await FakeServer.Start();
        var failed = Canned.Job("build (linux)", JobStateView.Failed, "make", "pack");
        failed = failed with { Steps = [failed.Steps[0] with { ExitCode = 127, Note = "exit status 127: a command was not found" }, failed.Steps[1] with { ExitCode = 2, Note = "3 tests failed" }] };
        server.On("GET /api/v1/runs/shop-run-7", ApiClientJson.Default.RunView, Canned.Run("shop-run-7", RunStateView.Failed, Canned.Job("lint", JobStateView.Succeeded, "lint"), failed));
        var output = (await CliRun.Of(server, "run", "show", "shop-run-7")).Out;
        output.ShouldContain("  exit status 127: a command was not found");
        output.ShouldNotContain("exit status 127, ");
        output.ShouldContain("  exit status 2, 3 tests failed");
        output.ShouldEndWith("\n→ slipway run logs shop-run-7 'build (linux)'\n");
    }

    [Fact]
    public async Task A_step_that_was_cancelled_is_shown_with_its_end()
    {
        await using var server = await FakeServer.Start();
        var job = Canned.Job("build", JobStateView.Cancelled, "make");
        job = job with { EndedAt = Canned.Earlier.AddSeconds(20), Steps = [job.Steps[0] with { State = RunStepStateView.Cancelled }] };
        server.On("GET /api/v1/runs/shop-run-7", ApiClientJson.Default.RunView, Canned.Run("shop-run-7", RunStateView.Cancelled, job));
        var output = (await CliRun.Of(server, "run", "show", "shop-run-7")).Out;
        output.Split('\n').ShouldContain(line => line.StartsWith("  ■ make ", StringComparison.Ordinal) && line.EndsWith(" 20 s  cancelled", StringComparison.Ordinal));
        output.ShouldNotContain("→");
    }

    [Theory]
    [InlineData(null, null, null, "No runs yet. The branch main of /srv/shop has not been looked at.")]
    [InlineData("c0ffee0123456789c0ffee0123456789c0ffee01", null, null, "No runs yet. The newest commit c0ffee01 is being read.")]
    [InlineData("c0ffee0123456789c0ffee0123456789c0ffee01", "the commit has no slipway.yaml", null, "No runs. The newest commit c0ffee01 made no run: the commit has no slipway.yaml")]
    [InlineData(null, null, "/srv/shop has no branch 'main' any more", "No runs. The repository cannot be read: /srv/shop has no branch 'main' any more")]
    public async Task A_list_without_runs_says_why_there_is_none(string? head, string? problem, string? away, string said)
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/runs?service=shop", ApiClientJson.Default.PageRunView, new Page<RunView> { Items = [] })
            .On("GET /api/v1/services/shop/source", ApiClientJson.Default.SourceView, new SourceView { Service = "shop", Repository = "/srv/shop", Branch = "main", Head = head, Waiting = [], Problem = problem, ProblemCommit = problem is null ? null : head, Away = away });
        (await CliRun.Of(server, "run", "list", "shop")).Out.ShouldBe(said + "\n");
    }
}
