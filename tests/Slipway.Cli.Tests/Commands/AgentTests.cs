using Slipway.Client.Api;
using Slipway.Client.Http;
using Slipway.Tests;

namespace Slipway.Cli.Tests.Commands;

/// <summary>Looking after agents.</summary>
public sealed class AgentTests
{
    private static readonly AgentView Rack = new()
    {
        Name = "rack-2", Connected = true, LastSeenAt = Canned.Earlier, Labels = new Dictionary<string, string>(), Instances = 2, Draining = false,
    };

    [Fact]
    public async Task A_drain_says_how_it_is_undone_and_warns_of_what_nobody_serves_any_more()
    {
        await using var server = await FakeServer.Start();
        server.On("POST /api/v1/agents/rack-2/drain", ApiClientJson.Default.AgentView, Rack with { Draining = true, Warnings = ["No agent takes instances of prod any more."] });

        var run = await CliRun.Of(server, "agent", "drain", "rack-2");
        run.ExitCode.ShouldBe(0);
        run.Out.ShouldBe("Nothing new is placed on rack-2; 2 instances are there now. Undo it: slipway agent undrain rack-2\n");
        run.Error.ShouldBe("! No agent takes instances of prod any more.\n");
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
