using System.Text.Json;
using Slipway.Agent.Instances;
using Slipway.Agent.Tests.Harness;
using Slipway.Client.Agents;
using Slipway.Client.Traffic;

namespace Slipway.Agent.Tests.Traffic;

/// <summary>The router as a process that the agent starts, adopts, restarts and tells what to serve.</summary>
public sealed class RouterUnderAnAgent
{
    [Fact]
    public async Task The_router_is_started_and_given_healthy_instances_and_what_it_serves_is_read_back()
    {
        await using var agent = AgentUnderTest.Create(router: true);
        await agent.ConnectedAsync();
        await agent.Server.SendAsync(new ServerWanted { Full = true, VersionSets = [agent.Wanted(SampleService.Command())], Routes = [Route(7)] });
        var report = await agent.Server.UntilAsync(report => report.Routes is [{ Generation: 7, Port: not null }] && Endpoints(agent).Count == 1);
        report.Routes[0].Lane.ShouldBe("shop/prod");
        report.Routes[0].Port.ShouldBe(41000);
        report.Routes[0].Failure.ShouldBeNull();
        Endpoints(agent).ShouldBe([$"http://127.0.0.1:{(await agent.UntilInstanceAsync(InstanceState.Healthy)).Port}"]);
    }

    [Fact]
    public async Task A_killed_router_is_back_within_a_moment_and_has_what_it_had()
    {
        await using var agent = AgentUnderTest.Create(router: true);
        await agent.ConnectedAsync();
        await agent.Server.SendAsync(new ServerWanted { Full = true, Routes = [Route(7)] });
        await agent.Server.UntilAsync(report => report.Routes is [{ Generation: 7 }]);
        var before = RouterOf(agent)!;
        Libc.Signal(before.Pid, Libc.KillNow);
        await Until.TrueAsync(() => RouterOf(agent) is { } after && after.Pid != before.Pid, "another router");
        agent.Server.LastReport = null;
        await agent.Server.UntilAsync(report => report.Routes is [{ Generation: 7, Failure: null }]);
    }

    [Fact]
    public async Task A_restarted_agent_adopts_the_router_and_the_sequence_goes_on_rising()
    {
        await using var agent = AgentUnderTest.Create(router: true);
        await agent.ConnectedAsync();
        await agent.Server.SendAsync(new ServerWanted { Full = true, Routes = [Route(7)] });
        await agent.Server.UntilAsync(report => report.Routes is [{ Generation: 7 }]);
        var before = RouterOf(agent)!;
        await agent.EndAsync();
        RouterOf(agent).ShouldBe(before);
        agent.Server.LastReport = null;
        agent.Begin();
        await agent.Server.UntilAsync(report => report.Routes is [{ Generation: 7, Failure: null }]);
        await agent.Server.SendAsync(new ServerWanted { Full = false, Routes = [Route(8)] });
        await agent.Server.UntilAsync(report => report.Routes is [{ Generation: 8 }]);
        RouterOf(agent).ShouldBe(before);
        var sequences = File.ReadAllLines(Path.Combine(agent.Data, "router", "puts.log")).Select(line => int.Parse(line.Split(' ')[1])).ToList();
        sequences.ShouldBe(sequences.Order().Distinct());
        sequences.Count.ShouldBeInRange(2, 3, "what is served already is said once more at the most");
    }

    [Fact]
    public async Task An_instance_leaves_the_router_before_it_is_told_to_stop()
    {
        await using var agent = AgentUnderTest.Create(router: true);
        // On SIGTERM the program writes down what the router serves at that moment.
        var serves = Path.Combine(agent.Data, "router", "router.json");
        var seen = Path.Combine(agent.Data, "seen.json");
        var wanted = agent.Wanted(["sh", "-c", $"trap 'cp {serves} {seen}; kill $child; exit 0' TERM; {TestProgram.Executable} {SampleService.Role} & child=$!; while :; do wait; done"]);
        await agent.ConnectedAsync();
        await agent.Server.SendAsync(new ServerWanted { Full = true, VersionSets = [wanted], Routes = [Route(1)] });
        await Until.TrueAsync(() => Endpoints(agent).Count == 1, "the instance's endpoint in the router");
        await agent.WantAsync(wanted with { Count = 0 });
        await agent.Server.UntilAsync(report => report.VersionSets[0].Instances.Count == 0);
        Endpoints(seen).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_router_that_cannot_start_is_said_with_its_last_words()
    {
        await using var agent = AgentUnderTest.Create(router: true, with: options => options with { RouterCommand = ["sh", "-c", "echo port 7380 is in use; exit 4"] });
        await agent.ConnectedAsync();
        await agent.Server.SendAsync(new ServerWanted { Full = true, Routes = [Route(1)] });
        var report = await agent.Server.UntilAsync(report => report.Routes is [{ Failure: { } failure }] && failure.Contains("exit code 4"));
        report.Routes[0].Failure!.ShouldContain("port 7380 is in use");
        report.Routes[0].Generation.ShouldBeNull();
    }

    internal static RouterAdmin? RouterOf(AgentUnderTest agent)
    {
        var file = Path.Combine(agent.Data, "router", RouterAdmin.FileName);
        return File.Exists(file) && JsonSerializer.Deserialize(File.ReadAllText(file), RouterProtocolJson.Default.RouterAdmin) is { } admin && ProcFs.Read(admin.Pid) is { HasEnded: false } ? admin : null;
    }

    private static List<string> Endpoints(AgentUnderTest agent) => Endpoints(Path.Combine(agent.Data, "router", "router.json"));

    private static List<string> Endpoints(string file)
    {
        try
        {
            return File.Exists(file) ? [.. JsonSerializer.Deserialize(File.ReadAllText(file), RouterProtocolJson.Default.RouterConfiguration)!.Lanes.SelectMany(lane => lane.VersionSets).SelectMany(set => set.Endpoints)] : [];
        }
        catch (JsonException)
        {
            // Caught in the middle of being written; the caller looks again.
            return [];
        }
    }

    private static WantedRoute Route(long generation) => new()
    {
        Lane = "shop/prod",
        Token = new(1, generation),
        Generation = generation,
        Host = "shop.prod.localhost",
        Weights = [new("shop/prod/r1", "1.0.0", "stable", 100)],
    };
}
