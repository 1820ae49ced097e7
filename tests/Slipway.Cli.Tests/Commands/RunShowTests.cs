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
}
