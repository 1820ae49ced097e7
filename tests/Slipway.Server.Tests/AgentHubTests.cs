using System.Text.Json;
using Slipway.Client.Agents;
using Slipway.Client.Traffic;
using Slipway.Core.Access;
using Slipway.Core.Kernel;
using Slipway.Core.Releases;
using Slipway.Core.Targets;
using Slipway.Core.Traffic;
using Slipway.Engine.Ports;
using Slipway.Engine.Targets;
using Slipway.Engine.Traffic;

namespace Slipway.Server.Tests;

public sealed class AgentHubTests
{
    private static readonly LaneId Lane = new("shop", "prod");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_agent_hears_all_that_is_wanted_and_then_what_changes()
    {
        await using var running = await RunningServer.StartAsync();
        await WantAsync(running, Row(count: 2, counter: 1), Route(generation: 1, counter: 1));
        await using var agent = await FakeAgent.ConnectAsync(running, "one");
        (await agent.NextAsync<ServerWelcome>()).Installation.ShouldBe(running.Store.Installation);

        var first = await agent.NextAsync<ServerWanted>();
        first.Full.ShouldBeTrue();
        var set = first.VersionSets.ShouldHaveSingleItem();
        set.VersionSet.ShouldBe("shop/prod/0123456789ab");
        set.Count.ShouldBe(2);
        set.Token.ShouldBe(new Token(1, 1));
        set.Command.ShouldBe(["./run", "--now"]);
        set.Health.Path.ShouldBe("/healthz");
        var route = first.Routes.ShouldHaveSingleItem();
        route.Host.ShouldBe("shop.prod.localhost");
        route.Weights.ShouldHaveSingleItem().Arm.ShouldBe("stable");

        await WantAsync(running, Row(count: 3, counter: 2));
        var change = await agent.NextAsync<ServerWanted>();
        change.Full.ShouldBeFalse();
        change.VersionSets.ShouldHaveSingleItem().Count.ShouldBe(3);
        change.Routes.ShouldBeEmpty();

        await WantAsync(running, Route(generation: 1, counter: 3) with { Body = null });
        var without = await agent.NextAsync<ServerWanted>();
        without.Full.ShouldBeTrue();
        without.VersionSets.Count.ShouldBe(1);
        without.Routes.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_an_agent_reports_reaches_the_engine()
    {
        await using var running = await RunningServer.StartAsync();
        await using var agent = await FakeAgent.ConnectAsync(running, "one");
        await agent.NextAsync<ServerWelcome>();
        await agent.SendAsync(Report());
        await agent.SendAsync(new AgentTrafficReport
        {
            Counts = new RouterCounts
            {
                Incarnation = "r1", Sequence = 1, At = 1,
                Sets = [new VersionSetCounts
                {
                    Lane = "shop/prod", Generation = 4, VersionSet = "shop/prod/0123456789ab", Version = "1.0", Arm = "canary", Weight = 5,
                    Total = new OutcomeCounts(9, 9, 1, 0, 0, 0), Seconds = [new SecondCounts(100, new OutcomeCounts(9, 9, 1, 0, 0, 0), [3, 9], [])],
                }],
            },
        });

        var observations = running.Part<TargetObservations>();
        await Eventually(() => observations.Find("one")?.VersionSets.Count == 1);
        var set = observations.Find("one")!.VersionSets[0];
        set.Token.ShouldBe(new FencingToken(1, 7));
        set.Instances.ShouldHaveSingleItem().Condition.ShouldBe(InstanceCondition.BackOff);
        set.Instances[0].Failure!.Code.ShouldBe("exited");
        observations.Find("one")!.Routes.ShouldHaveSingleItem().Lane.ShouldBe(Lane);
        await Eventually(() => running.Part<TrafficIntake>().Since(Lane, 0).Count == 1);
        var reading = running.Part<TrafficIntake>().Since(Lane, 0)[0];
        reading.Source.Arm.ShouldBe(Arm.Canary);
        reading.Source.Agent.ShouldBe("one");
        reading.Seconds.ShouldHaveSingleItem().Errors5xx.ShouldBe(1);

        var view = (await running.Admin.SendAsync("GET", "/api/v1/agents").JsonAsync())["items"]!.AsArray().Single(a => a!["name"]!.GetValue<string>() == "one")!;
        view["connected"]!.GetValue<bool>().ShouldBeTrue();
        view["labels"]!["zone"]!.GetValue<string>().ShouldBe("a");
        view["instances"]!.GetValue<int>().ShouldBe(1);
        view["diskFreeBytes"]!.GetValue<long>().ShouldBe(42);
        view["routerPort"]!.GetValue<int>().ShouldBe(7380);
        await agent.DisposeAsync();
        await Eventually(() => running.Part<AgentRegistry>().Find("one") is { Connected: false });
    }

    [Fact]
    public async Task An_agent_is_refused_with_its_reason()
    {
        await using var running = await RunningServer.StartAsync();
        await using (var old = await FakeAgent.ConnectAsync(running, "one", hello: h => h with { ProtocolVersion = 0 }))
        {
            var refusal = await old.NextAsync<ServerRefusal>();
            refusal.Reason.ShouldContain("Upgrade the agent");
            refusal.Retry.ShouldBeFalse();
        }

        await using (var other = await FakeAgent.ConnectAsync(running, "one", hello: h => h with { Agent = "two" }))
        {
            (await other.NextAsync<ServerRefusal>()).Reason.ShouldContain("not of 'two'");
        }

        await using (var newer = await FakeAgent.ConnectAsync(running, "one", hello: h => h with { ProtocolVersion = 99 }))
        {
            (await newer.NextAsync<ServerWelcome>()).ProtocolVersion.ShouldBe(AgentProtocol.Version);
        }

        await running.Admin.SendAsync("GET", AgentProtocol.Path).ProblemAsync(403, "notAllowed");
        await running.Anonymous.SendAsync("GET", AgentProtocol.Path).ProblemAsync(401, "notSignedIn");
        await (await running.AsAsync(Role.Agent, "plain")).SendAsync("GET", AgentProtocol.Path).ProblemAsync(426, "webSocketOnly");
    }

    [Theory]
    [InlineData("this is not JSON")]
    [InlineData("""{"type":"surprise"}""")]
    [InlineData("null")]
    [InlineData("""{"type":"report","versionSets":[],"routes":[{"lane":"no-slash","token":{"generation":1,"counter":1}}]}""")]
    public async Task An_agent_that_breaks_the_protocol_is_cut_off_and_the_others_go_on(string frame)
    {
        await using var running = await RunningServer.StartAsync();
        await using var good = await FakeAgent.ConnectAsync(running, "good");
        await good.NextAsync<ServerWelcome>();
        await good.NextAsync<ServerWanted>();
        await using var bad = await FakeAgent.ConnectAsync(running, "bad");
        await bad.NextAsync<ServerWelcome>();
        await bad.SendAsync(frame);
        await bad.EndsAsync();
        await WantAsync(running, Row(count: 1, counter: 1, agent: "good"));
        (await good.NextAsync<ServerWanted>()).VersionSets.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Agents_stay_while_the_store_is_away_and_hear_what_changed_when_it_is_back()
    {
        await using var running = await RunningServer.StartAsync();
        await using var agent = await FakeAgent.ConnectAsync(running, "one");
        await agent.NextAsync<ServerWelcome>();
        await agent.NextAsync<ServerWanted>();
        await WantAsync(running, Row(count: 1, counter: 1));
        await agent.NextAsync<ServerWanted>();
        await running.Database.WriteWantedAsync(null, [Row(count: 2, counter: 2)], Cancel);
        running.Store.Fault = () => new StoreUnavailableException("gone", retryable: true);
        running.Part<WantedSignal>().Pulse();
        await agent.SendAsync(Report());
        await Task.Delay(300, Cancel);
        running.Store.Fault = null;
        (await agent.NextAsync<ServerWanted>()).VersionSets.ShouldHaveSingleItem().Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_message_that_is_too_large_ends_the_connection()
    {
        await using var running = await RunningServer.StartAsync();
        await using var agent = await FakeAgent.ConnectAsync(running, "one");
        await agent.NextAsync<ServerWelcome>();
        await agent.SendAsync(new string(' ', AgentProtocol.MaxFrameBytes + 1));
        await agent.EndsAsync();
    }

    [Fact]
    public async Task A_second_connection_of_an_agent_takes_the_firsts_place()
    {
        await using var running = await RunningServer.StartAsync();
        var token = await running.TokenOfAsync(Role.Agent, "one");
        await using var first = await FakeAgent.ConnectAsync(running, "one", token);
        await first.NextAsync<ServerWelcome>();
        await first.NextAsync<ServerWanted>();
        await using var second = await FakeAgent.ConnectAsync(running, "one", token);
        await second.NextAsync<ServerWelcome>();
        (await first.NextAsync<ServerRefusal>()).Retry.ShouldBeFalse();
        await first.EndsAsync();
        await second.NextAsync<ServerWanted>();
        await WantAsync(running, Row(count: 1, counter: 1));
        (await second.NextAsync<ServerWanted>()).VersionSets.Count.ShouldBe(1);
        running.Part<AgentRegistry>().Find("one")!.Connected.ShouldBeTrue();
    }

    [Fact]
    public async Task An_agent_that_reads_nothing_blocks_no_other()
    {
        await using var running = await RunningServer.StartAsync();
        await using var deaf = await FakeAgent.ConnectAsync(running, "deaf");
        await using var good = await FakeAgent.ConnectAsync(running, "good");
        await good.NextAsync<ServerWelcome>();
        await good.NextAsync<ServerWanted>();
        var large = new string('x', 400_000);
        for (var counter = 1; counter <= 40; counter++)
        {
            await WantAsync(running, Row(1, counter, "deaf", large), Row(1, counter, "good"));
            (await good.NextAsync<ServerWanted>()).VersionSets[0].Token.Counter.ShouldBe(counter);
        }
    }

    [Fact]
    public async Task Removing_an_agent_revokes_its_token_and_cuts_its_connection()
    {
        await using var running = await RunningServer.StartAsync();
        var made = await running.Admin.SendAsync("POST", "/api/v1/agents", """{"name":"host-1"}""").JsonAsync(201);
        made["token"]!["roles"]![0]!.GetValue<string>().ShouldBe("agent");
        var token = made["secret"]!.GetValue<string>();
        await using var agent = await FakeAgent.ConnectAsync(running, "host-1", token);
        await agent.NextAsync<ServerWelcome>();
        var drained = await running.Admin.SendAsync("POST", "/api/v1/agents/host-1/drain").JsonAsync();
        drained["draining"]!.GetValue<bool>().ShouldBeTrue();
        running.Part<AgentRegistry>().Eligible(new Dictionary<string, string>()).ShouldBeEmpty();
        await running.Admin.SendAsync("DELETE", "/api/v1/agents/host-1").StatusAsync(204);
        await agent.EndsAsync();
        await running.Client(token).SendAsync("GET", AgentProtocol.Path).ProblemAsync(401, "unknownToken");
        await running.Admin.SendAsync("DELETE", "/api/v1/agents/host-1").ProblemAsync(404, "notFound");
        await running.Admin.SendAsync("POST", "/api/v1/agents/host-1/drain").ProblemAsync(404, "notFound");
    }

    [Fact]
    public async Task The_end_of_an_instances_output_is_asked_of_its_agent()
    {
        await using var running = await RunningServer.StartAsync();
        await using var agent = await FakeAgent.ConnectAsync(running, "one");
        await agent.NextAsync<ServerWelcome>();
        await agent.SendAsync(Report());
        await Eventually(() => running.Part<TargetObservations>().Find("one") is not null);
        var asking = running.Admin.SendAsync("GET", "/api/v1/instances/i-1/logs?tail=100");
        var question = await agent.NextAsync<ServerQuestion>();
        question.Instance.ShouldBe("i-1");
        question.TailBytes.ShouldBe(100);
        await agent.SendAsync(new AgentAnswer { Question = question.Question, Text = "hello\n" });
        (await (await asking).Content.ReadAsStringAsync(Cancel)).ShouldBe("hello\n");

        // One that ended is reported no more; whoever had it keeps its output for a time.
        var ended = running.Admin.SendAsync("GET", "/api/v1/instances/i-9/logs");
        question = await agent.NextAsync<ServerQuestion>();
        question.Instance.ShouldBe("i-9");
        await agent.SendAsync(new AgentAnswer { Question = question.Question, Text = "no database\n" });
        (await (await ended).Content.ReadAsStringAsync(Cancel)).ShouldBe("no database\n");

        var never = running.Admin.SendAsync("GET", "/api/v1/instances/i-2/logs");
        question = await agent.NextAsync<ServerQuestion>();
        await agent.SendAsync(new AgentAnswer { Question = question.Question, Error = "there is no instance 'i-2' on this agent" });
        await never.ProblemAsync(404, "notFound");
        await running.Admin.SendAsync("GET", "/api/v1/instances/i-1/logs").ProblemAsync(504, "noAnswer");
        await running.Admin.SendAsync("GET", "/api/v1/instances/i-1/logs?tail=0").ProblemAsync(400, "invalidTail");
    }

    [Fact]
    public async Task An_id_that_several_agents_have_never_leads_to_the_output_of_another_ones_instance()
    {
        await using var running = await RunningServer.StartAsync();
        await using var one = await FakeAgent.ConnectAsync(running, "one");
        await using var two = await FakeAgent.ConnectAsync(running, "two");
        await one.NextAsync<ServerWelcome>();
        await two.NextAsync<ServerWelcome>();
        await one.SendAsync(Report());
        await Eventually(() => running.Part<TargetObservations>().Find("one") is not null);

        // Two's has ended: it is reported no more, and two keeps what it wrote.
        var unnamed = running.Admin.SendAsync("GET", "/api/v1/instances/i-1/logs");
        await AnswerAsync(one, "of one");
        await AnswerAsync(two, "of two");
        var refused = await unnamed.ProblemAsync(409, "ambiguous");
        refused.Detail.ShouldBe("Several agents have an instance 'i-1': one, two.");

        var named = running.Admin.SendAsync("GET", "/api/v1/instances/i-1/logs?agent=two");
        await AnswerAsync(two, "of two");
        (await (await named).Content.ReadAsStringAsync(Cancel)).ShouldBe("of two");

        // That another has one too cannot be excluded while it is silent.
        var silent = running.Admin.SendAsync("GET", "/api/v1/instances/i-1/logs");
        await AnswerAsync(one, "of one");
        await two.NextAsync<ServerQuestion>();
        (await silent.ProblemAsync(504, "noAnswer")).Detail.ShouldBe("Whether two keeps the output of an instance 'i-1' too is not known: no answer came.");

        var none = running.Admin.SendAsync("GET", "/api/v1/instances/i-1/logs?agent=two");
        var question = await two.NextAsync<ServerQuestion>();
        await two.SendAsync(new AgentAnswer { Question = question.Question, Error = "there is no instance 'i-1' on this agent" });
        (await none.ProblemAsync(404, "notFound")).Detail.ShouldBe("The agent two says: there is no instance 'i-1' on this agent.");
        (await running.Admin.SendAsync("GET", "/api/v1/instances/i-1/logs?agent=three").ProblemAsync(404, "notFound")).Detail.ShouldBe("There is no agent 'three'.");

        async Task AnswerAsync(FakeAgent agent, string text)
        {
            var asked = await agent.NextAsync<ServerQuestion>();
            await agent.SendAsync(new AgentAnswer { Question = asked.Question, Text = text });
        }
    }

    [Fact]
    public async Task An_agent_gets_the_artifacts_that_it_should_run_and_no_others()
    {
        await using var running = await ReleaseTests.WithServiceAsync();
        var bytes = ReleaseTests.Archive(("run", "x"));
        var digest = (await ReleaseTests.UploadAsync(running, bytes, "1.0", "service: shop\nrun: { command: ./run }\n").JsonAsync(201))["release"]!["artifactDigest"]!.GetValue<string>();
        var agent = await running.AsAsync(Role.Agent, "one");
        await agent.SendAsync("GET", $"{AgentProtocol.ArtifactPath}/{digest}").ProblemAsync(404, "notFound");
        await WantAsync(running, Row(count: 1, counter: 1, digest: digest));
        (await agent.GetByteArrayAsync(new Uri($"{AgentProtocol.ArtifactPath}/{digest}", UriKind.Relative), Cancel)).ShouldBe(bytes);
        await running.Admin.SendAsync("GET", $"{AgentProtocol.ArtifactPath}/{digest}").ProblemAsync(403, "notAllowed");
    }

    private static AgentReport Report() => new()
    {
        DiskFreeBytes = 42,
        Routes = [new ObservedRoute { Lane = "shop/prod", Token = new Token(1, 7), Generation = 4, Port = 5000 }],
        VersionSets = [new ObservedVersionSet
        {
            VersionSet = "shop/prod/0123456789ab", Token = new Token(1, 7), Wanted = 1,
            Instances = [new ObservedInstance { Instance = "i-1", State = InstanceState.BackOff, Restarts = 3, Failure = new InstanceFailure("exited", "It exited.", "Look.") }],
        }],
    };

    private static async Task WantAsync(RunningServer running, params WantedRow[] rows)
    {
        (await running.Store.WriteWantedAsync(null, rows, Cancel)).ShouldBeEmpty();
        running.Part<WantedSignal>().Pulse();
    }

    private static WantedRow Row(int count, long counter, string agent = "one", string? padding = null, string digest = "sha256:00")
    {
        var wanted = new VersionSetWanted
        {
            Count = count,
            Spec = new VersionSetSpec
            {
                Id = "shop/prod/0123456789ab", Lane = Lane, Version = "1.0", Revision = new string('0', 64), ArtifactDigest = digest, ArtifactBytes = 1,
                Run = new RunSpec { Command = ["./run", "--now"], Health = new HealthSpec { Path = "/healthz" }, Env = padding is null ? [] : new Dictionary<string, string> { ["PADDING"] = padding } },
            },
        };
        return new WantedRow(agent, "versionset/shop/prod/0123456789ab", JsonSerializer.Serialize(wanted, TargetsJson.Default.VersionSetWanted), new FencingToken(1, counter), Lane.Process);
    }

    private static WantedRow Route(long generation, long counter)
    {
        var wanted = new TrafficWanted { Lane = Lane, Generation = generation, Weights = [new TrafficWeight("shop/prod/0123456789ab", "1.0", Arm.Stable, 100)] };
        return new WantedRow("one", TrafficWanted.ResourceOf(Lane), JsonSerializer.Serialize(wanted, TargetsJson.Default.TrafficWanted), new FencingToken(1, counter), Lane.Process);
    }

    private static async Task Eventually(Func<bool> condition)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            await Task.Delay(20, late.Token);
        }
    }
}
