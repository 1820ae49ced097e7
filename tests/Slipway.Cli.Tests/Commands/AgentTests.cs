using Slipway.Client.Api;
using Slipway.Client.Http;
using Slipway.Tests;

namespace Slipway.Cli.Tests.Commands;

/// <summary>Looking after agents.</summary>
public sealed class AgentTests
{
    private static readonly AgentView Rack = new()
    {
        Name = "rack-2", Connected = true, LastSeenAt = Canned.Earlier, Labels = new Dictionary<string, string>(), Instances = 2, JobCapacity = 2, Draining = false,
    };

    [Fact]
    public async Task A_drain_says_how_it_is_undone_and_warns_of_what_nobody_serves_any_more()
    {
        await using var server = await FakeServer.Start();
        server.On("POST /api/v1/agents/rack-2/drain", ApiClientJson.Default.AgentView, Rack with { JobCapacity = 2, Draining = true, Warnings = ["No agent takes instances of prod any more."] });

        var run = await CliRun.Of(server, "agent", "drain", "rack-2");
        run.ExitCode.ShouldBe(0);
        run.Out.ShouldBe("Nothing new is placed on rack-2; 2 instances are there now. Undo it: slipway agent undrain rack-2\n");
        run.Error.ShouldBe("! No agent takes instances of prod any more.\n");
    }

    [Fact]
    public async Task The_list_says_where_jobs_are_not_held_to_what_they_may_have()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/agents", ApiClientJson.Default.PageAgentView, new Page<AgentView>
        {
            Items =
            [
                Rack with { JobLimitsMissing = "memory of jobs is not limited: there is no cgroup hierarchy for that where the agent runs" },
                Rack with { Name = "rack-3", JobLimits = "a job has at most 6 GiB of memory, all jobs together" },
                Rack with { Name = "rack-4", JobCapacity = 0, JobLimitsMissing = "memory of jobs is not limited" },
            ],
        });
        var lines = (await CliRun.Of(server, "agent", "list")).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(5);
        lines[^1].ShouldBe("On rack-2 memory of jobs is not limited: there is no cgroup hierarchy for that where the agent runs");
    }

    [Fact]
    public async Task The_agent_that_up_runs_is_removed_only_by_who_says_yes()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/agents", ApiClientJson.Default.PageAgentView, new Page<AgentView> { Items = [Rack with { Name = "local" }] });
        var removed = 0;
        server.On("DELETE /api/v1/agents/local", context =>
        {
            removed++;
            context.Response.StatusCode = 204;
            return Task.CompletedTask;
        });

        var refused = await CliRun.Of(server, "agent", "remove", "local");
        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldContain("local is the agent that `slipway up` runs beside its server; 2 instances are there now");
        refused.Error.ShouldContain("slipway agent remove local --yes");
        removed.ShouldBe(0);

        (await CliRun.Of(server, "agent", "remove", "local", "--yes")).All.ShouldBe(
            "exit 0\nRemoved agent local. It had 2 instances, which Slipway looks after no more. Stop `slipway up` and start it again to have it back; it takes up what still runs.\n");
        removed.ShouldBe(1);
    }

    [Fact]
    public async Task Without_agents_the_way_to_one_fits_the_server()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/agents", ApiClientJson.Default.PageAgentView, new Page<AgentView> { Items = [] });
        using var home = new TemporaryFolder();
        home.File(".slipway/context.json", $$"""{"server":"{{server.Url}}","tokenFile":"{{home.File("token", "slp_test")}}"}""");

        (await CliRun.Of(server, "agent", "list")).Out.ShouldBe("No agents. Let one in: slipway agent enrol --name NAME\n");
        (await CliRun.Of(["agent", "list"], new() { ["HOME"] = home.Path })).Out.ShouldContain("Stop `slipway up` and start it again");
    }

    [Fact]
    public async Task An_undrain_says_that_the_agent_takes_instances_again()
    {
        await using var server = await FakeServer.Start();
        server.On("DELETE /api/v1/agents/rack-2/drain", ApiClientJson.Default.AgentView, Rack with { Instances = 1, Connected = false });

        (await CliRun.Of(server, "agent", "undrain", "rack-2")).All.ShouldBe("exit 0\nrack-2 takes instances again, once it is connected; 1 instance is there now.\n");
    }

    [Fact]
    public async Task A_removal_says_what_is_left_on_the_machine()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/agents", ApiClientJson.Default.PageAgentView, new Page<AgentView> { Items = [Rack] });
        server.On("DELETE /api/v1/agents/rack-2", context =>
        {
            context.Response.StatusCode = 204;
            return Task.CompletedTask;
        });

        (await CliRun.Of(server, "agent", "remove", "rack-2")).All.ShouldBe(
            "exit 0\nRemoved agent rack-2. It had 2 instances, which Slipway looks after no more: stop what still runs on that machine there.\n");
    }
}
