using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Client.Agents;
using Slipway.Core.Access;
using Slipway.Core.Kernel;
using Slipway.Core.Releases;
using Slipway.Core.Targets;
using Slipway.Engine.Ports;
using Slipway.Engine.Targets;

namespace Slipway.Server.Tests;

public sealed class AgentRosterTests
{
    private static readonly LaneId Lane = new("shop", "prod");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_drain_is_undone_by_undrain_and_repeats_of_either_change_nothing()
    {
        await using var running = await RunningServer.StartAsync();
        await using var agent = await ConnectedAsync(running, "one");
        await running.Admin.SendAsync("POST", "/api/v1/agents/one/drain").StatusAsync(200);
        await running.Admin.SendAsync("POST", "/api/v1/agents/one/drain").StatusAsync(200);
        for (var i = 0; i < 2; i++)
        {
            var back = await running.Admin.SendAsync("DELETE", "/api/v1/agents/one/drain").JsonAsync();
            back["draining"]!.GetValue<bool>().ShouldBeFalse();
            back["warnings"].ShouldBeNull();
        }

        running.Part<AgentRegistry>().Eligible(new Dictionary<string, string>()).ShouldHaveSingleItem().Name.ShouldBe("one");
        await running.SettledHeadAsync();
        (await running.SentencesAsync("limit=1000", 1)).Where(s => s.Contains("the agent one", StringComparison.Ordinal))
            .ShouldBe(["admin drains the agent one.", "admin lets the agent one take instances again."]);

        (await running.Admin.SendAsync("DELETE", "/api/v1/agents/oen/drain").ProblemAsync(404, "notFound")).NextStep!.ShouldBe("Did you mean 'one'?");
        var deployer = await running.AsAsync(Role.Deployer);
        await deployer.SendAsync("DELETE", "/api/v1/agents/one/drain").ProblemAsync(403, "notAllowed");
    }

    [Fact]
    public async Task Draining_the_last_agent_of_an_environment_is_done_and_warned_of()
    {
        await using var running = await RunningServer.StartAsync();
        await using var one = await ConnectedAsync(running, "one");
        await using var two = await ConnectedAsync(running, "two");
        (await running.Admin.SendAsync("POST", "/api/v1/agents/one/drain").JsonAsync())["warnings"].ShouldBeNull();
        (await DoctorAsync(running, "environment prod")).ShouldBeNull();

        var last = await running.Admin.SendAsync("POST", "/api/v1/agents/two/drain").JsonAsync();
        last["draining"]!.GetValue<bool>().ShouldBeTrue();
        last["warnings"]!.AsArray().ShouldHaveSingleItem()!.GetValue<string>().ShouldStartWith("No agent takes instances of dev, prod any more.");
        (await DoctorAsync(running, "agent two"))!["detail"]!.GetValue<string>().ShouldBe("drained: it takes no new instances");
        var prod = (await DoctorAsync(running, "environment prod"))!;
        prod["state"]!.GetValue<string>().ShouldBe("missing");
        prod["detail"]!.GetValue<string>().ShouldBe("no agent takes instances of prod: one is drained, two is drained");
    }

    [Fact]
    public async Task The_doctor_names_a_ring_that_a_rollout_would_wait_at()
    {
        await using var running = await ReleaseTests.WithServiceAsync();
        await using var one = await ConnectedAsync(running, "one", new() { ["ring"] = "inner", ["region"] = "eu" });
        const string Rings = "service: shop\nrun: { command: ./run }\nrollout: { strategy: ring, rings: [ { name: inner, target: { ring: inner } }, { name: europe, target: { region: eu } }, { name: rest, target: { region: us, disk: fast } } ] }\n";
        await ReleaseTests.UploadAsync(running, ReleaseTests.Archive(("run", "#!/bin/sh\n")), "1.0.0", Rings).StatusAsync(201);

        (await DoctorAsync(running, "ring inner of shop")).ShouldBeNull();
        (await DoctorAsync(running, "ring europe of shop"))!["detail"]!.GetValue<string>().ShouldBe("shop@1.0.0 would wait for it in dev, prod: each agent with its labels is in a ring before it");
        var rest = (await DoctorAsync(running, "ring rest of shop"))!;
        (rest["state"]!.GetValue<string>(), rest["detail"]!.GetValue<string>()).ShouldBe(("warning", "shop@1.0.0 would wait for it in dev, prod: no agent with disk=fast, region=us takes instances"));
        rest["nextStep"]!.GetValue<string>().ShouldBe("Undrain an agent, or let one join with --label disk=fast --label region=us.");

        await using var two = await ConnectedAsync(running, "two", new() { ["region"] = "us", ["disk"] = "fast" });
        (await DoctorAsync(running, "ring rest of shop")).ShouldBeNull();
    }

    [Fact]
    public async Task The_doctor_says_what_jobs_are_held_to_and_warns_where_they_are_not()
    {
        await using var running = await RunningServer.StartAsync();
        await using var one = await FakeAgent.ConnectAsync(running, "one", hello: hello => hello with { JobCapacity = 2, JobLimits = "a job has at most 4096 processes" });
        await using var two = await FakeAgent.ConnectAsync(running, "two", hello: hello => hello with { JobCapacity = 2, JobLimits = "a job has at most 4096 processes", JobLimitsMissing = "memory of jobs is not limited: no cgroup" });
        await Until.TrueAsync(() => running.Part<AgentRegistry>().All.Count == 2);
        var held = (await DoctorAsync(running, "jobs on one"))!;
        (held["state"]!.GetValue<string>(), held["detail"]!.GetValue<string>()).ShouldBe(("ok", "a job has at most 4096 processes"));
        var missing = (await DoctorAsync(running, "jobs on two"))!;
        (missing["state"]!.GetValue<string>(), missing["detail"]!.GetValue<string>()).ShouldBe(("warning", "memory of jobs is not limited: no cgroup"));
        (await running.Admin.SendAsync("GET", "/api/v1/agents").JsonAsync())["items"]!.AsArray().Single(agent => agent!["name"]!.GetValue<string>() == "two")!["jobLimitsMissing"]!.GetValue<string>().ShouldBe("memory of jobs is not limited: no cgroup");
    }

    [Fact]
    public async Task The_doctor_names_an_agent_that_was_there_and_is_away()
    {
        await using var running = await RunningServer.StartAsync();
        await using var one = await ConnectedAsync(running, "one");
        await using var two = await ConnectedAsync(running, "two");
        (await DoctorAsync(running, "agent two")).ShouldBeNull();
        await two.DisposeAsync();
        await Until.TrueAsync(() => running.Part<AgentRegistry>().Find("two") is { Connected: false });
        (await DoctorAsync(running, "agent two"))!["detail"]!.GetValue<string>().ShouldStartWith("not connected; last seen ");

        // Enrolled by every server for the agent beside it, whether there is one or not.
        (await DoctorAsync(running, "agent local")).ShouldBeNull();
    }

    [Fact]
    public async Task Nothing_of_a_removed_agent_counts_any_more()
    {
        await using var running = await RunningServer.StartAsync();
        await using var agent = await ConnectedAsync(running, "one");
        await WantAsync(running, "one");
        await agent.SendAsync(new AgentReport { VersionSets = [], Routes = [new ObservedRoute { Lane = "shop/prod", Token = new Token(1, 7), Generation = 4, Port = 5000 }] });
        await Until.TrueAsync(() => running.Part<TargetObservations>().Seen(Lane).TrafficGeneration == 4);

        await running.Admin.SendAsync("DELETE", "/api/v1/agents/one").StatusAsync(204);
        running.Part<TargetObservations>().Find("one").ShouldBeNull();
        running.Part<TargetObservations>().Seen(Lane).TrafficGeneration.ShouldBeNull();
        running.Part<AgentRegistry>().Find("one").ShouldBeNull();
        (await running.Store.ReadWantedAsync("one", Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_all_instances_the_one_that_ended_most_often_is_told_with_why()
    {
        await using var running = await RunningServer.StartAsync();
        await using var one = await ConnectedAsync(running, "one");
        await using var two = await ConnectedAsync(running, "two");
        foreach (var (agent, name, lapses) in new[] { (one, "one", 1), (two, "two", 2) })
        {
            await WantAsync(running, name);
            await agent.SendAsync(new AgentReport
            {
                Routes = [],
                VersionSets = [new ObservedVersionSet
                {
                    VersionSet = "shop/prod/0123456789ab", Token = new Token(1, 7), Wanted = 1,
                    Instances = [new ObservedInstance { Instance = name, State = InstanceState.BackOff, Restarts = 5, Lapses = lapses, Failure = new InstanceFailure("exited", $"It ended on {name}.", "Look.") }],
                }],
            });
        }

        await Until.TrueAsync(() => running.Part<TargetObservations>().Seen(Lane).VersionSets is [{ Existing: 2 }]);
        running.Part<TargetObservations>().Seen(Lane).VersionSets[0].Lapses.ShouldBe(new InstanceLapses(2, new TargetFailure("exited", "It ended on two.", "Look.")));
    }

    [Fact]
    public async Task A_name_whose_agent_is_connected_is_not_enrolled_again()
    {
        await using var running = await RunningServer.StartAsync();
        await using var agent = await ConnectedAsync(running, "one");
        var problem = await running.Admin.SendAsync("POST", "/api/v1/agents", """{"name":"one"}""").ProblemAsync(409, "alreadyConnected");
        problem.NextStep!.ShouldContain("Choose another name");
        problem.NextStep!.ShouldContain("slipway agent remove one");
    }

    [Fact]
    public async Task The_token_of_a_lost_machine_ends_with_the_new_one()
    {
        await using var running = await RunningServer.StartAsync();
        var lost = (await running.Admin.SendAsync("POST", "/api/v1/agents", """{"name":"one"}""").JsonAsync(201))["secret"]!.GetValue<string>();
        var found = (await running.Admin.SendAsync("POST", "/api/v1/agents", """{"name":"one"}""").JsonAsync(201))["secret"]!.GetValue<string>();
        await running.Client(lost).SendAsync("GET", AgentProtocol.Path).ProblemAsync(401, "unknownToken");
        await using var agent = await FakeAgent.ConnectAsync(running, "one", found);
        await agent.NextAsync<ServerWelcome>();
    }

    [Fact]
    public async Task Tokens_for_a_new_identity_that_are_made_at_the_same_time_are_all_made()
    {
        await using var running = await RunningServer.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i =>
            running.Admin.SendAsync("POST", "/api/v1/tokens", $$"""{"name":"t{{i}}","identity":"fresh","role":"viewer"}""").StatusAsync(201)));
    }

    private static async Task<FakeAgent> ConnectedAsync(RunningServer running, string name, Dictionary<string, string>? labels = null)
    {
        var agent = await FakeAgent.ConnectAsync(running, name, hello: greeting => greeting with { Labels = labels ?? greeting.Labels });
        await agent.NextAsync<ServerWelcome>();
        await Until.TrueAsync(() => running.Part<AgentRegistry>().Find(name) is { Connected: true });
        return agent;
    }

    private static async Task<JsonNode?> DoctorAsync(RunningServer running, string line) =>
        (await running.Admin.SendAsync("GET", "/api/v1/doctor").JsonAsync())["lines"]!.AsArray().SingleOrDefault(l => l!["name"]!.GetValue<string>() == line);

    private static async Task WantAsync(RunningServer running, string agent)
    {
        var wanted = new VersionSetWanted
        {
            Count = 1,
            Spec = new VersionSetSpec
            {
                Id = "shop/prod/0123456789ab", Lane = Lane, Version = "1.0", Revision = new string('0', 64), ArtifactDigest = "sha256:00", ArtifactBytes = 1, Run = new RunSpec { Command = ["./run"] },
            },
        };
        var row = new WantedRow(
            agent, VersionSetWanted.ResourceOf(wanted.Spec.Id), JsonSerializer.Serialize(wanted, TargetsJson.Default.VersionSetWanted), new FencingToken(1, 1), Lane.Process);
        (await running.Store.WriteWantedAsync(null, [row], Cancel)).ShouldBeEmpty();
    }
}
