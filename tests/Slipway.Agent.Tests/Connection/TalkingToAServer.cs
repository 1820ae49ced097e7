using System.Net.WebSockets;
using Slipway.Agent.Tests.Harness;
using Slipway.Client.Agents;

namespace Slipway.Agent.Tests.Connection;

/// <summary>The connection, against a real WebSocket server.</summary>
public sealed class TalkingToAServer
{
    [Fact]
    public async Task The_agent_says_hello_first_and_reports_every_five_seconds_though_nothing_changes()
    {
        await using var agent = AgentUnderTest.Create();
        await agent.ConnectedAsync();
        var hello = agent.Server.Hellos.Single();
        hello.Agent.ShouldBe("one");
        hello.ProtocolVersion.ShouldBe(AgentProtocol.Version);
        hello.Labels["zone"].ShouldBe("a");
        hello.RouterPort.ShouldBeNull();
        await Until.TrueAsync(() => agent.Server.Reports.Count >= 3, "three reports");
        agent.Server.LastReport!.DiskFreeBytes!.Value.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_broken_connection_is_made_again_and_begins_with_hello_and_report()
    {
        await using var agent = AgentUnderTest.Create();
        await agent.ConnectedAsync();
        agent.Server.LastReport = null;
        agent.Server.Break();
        await Until.TrueAsync(() => agent.Server.Hellos.Count == 2, "a second hello");
        await agent.ConnectedAsync();
        agent.Server.Hellos.Select(hello => hello.Incarnation).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_message_that_is_too_large_closes_the_connection_with_its_code_and_the_agent_comes_back()
    {
        await using var agent = AgentUnderTest.Create();
        await agent.ConnectedAsync();
        // The agent may hang up before all of it is sent; then sending fails here.
        var hungUp = await Record.ExceptionAsync(() => agent.Server.SendRawAsync(new byte[AgentProtocol.MaxFrameBytes + 1]));
        (hungUp is null or WebSocketException).ShouldBeTrue();
        await Until.TrueAsync(() => agent.Server.Closes.Contains(WebSocketCloseStatus.MessageTooBig), "close code 1009");
        await Until.TrueAsync(() => agent.Server.Hellos.Count == 2, "a second hello");
    }

    [Theory]
    [InlineData("""{"type":"dance"}""")]
    [InlineData("""{"full":true}""")]
    [InlineData("""{"type":"wanted"}""")]
    [InlineData("no json")]
    [InlineData("null")]
    public async Task A_message_that_is_none_closes_the_connection_with_its_code(string text)
    {
        await using var agent = AgentUnderTest.Create();
        await agent.ConnectedAsync();
        await agent.Server.SendRawAsync(System.Text.Encoding.UTF8.GetBytes(text));
        await Until.TrueAsync(() => agent.Server.Closes.Contains(WebSocketCloseStatus.InvalidPayloadData), "close code 1007");
        await Until.TrueAsync(() => agent.Server.Hellos.Count == 2, "a second hello");
    }

    [Fact]
    public async Task Binary_messages_are_not_spoken()
    {
        await using var agent = AgentUnderTest.Create();
        await agent.ConnectedAsync();
        await agent.Server.SendRawAsync([1, 2, 3], WebSocketMessageType.Binary);
        await Until.TrueAsync(() => agent.Server.Closes.Contains(WebSocketCloseStatus.InvalidMessageType), "close code 1003");
    }

    [Fact]
    public async Task A_refusal_for_good_ends_the_agent_with_the_reason()
    {
        await using var agent = AgentUnderTest.Create(begin: false);
        agent.Server.Greeting = new ServerRefusal { Reason = "this agent has been removed", Retry = false };
        agent.Begin();
        (await agent.Run.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken)).ShouldBe(new AgentEnd.Refused("this agent has been removed"));
    }

    [Fact]
    public async Task A_version_that_the_agent_does_not_speak_ends_it()
    {
        await using var agent = AgentUnderTest.Create(begin: false);
        agent.Server.Greeting = new ServerWelcome { ProtocolVersion = 99, Installation = "test" };
        agent.Begin();
        (await agent.Run.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken)).ShouldBeOfType<AgentEnd.Refused>().Reason.ShouldContain("version 99");
    }

    [Fact]
    public async Task A_refusal_for_now_is_met_by_trying_again()
    {
        await using var agent = AgentUnderTest.Create(begin: false);
        agent.Server.Greeting = new ServerRefusal { Reason = "starting up", Retry = true };
        agent.Begin();
        await Until.TrueAsync(() => agent.Server.Hellos.Count >= 2, "two hellos");
        File.ReadAllText(LogOf(agent)).ShouldContain("starting up");
        agent.Server.Greeting = new ServerWelcome { ProtocolVersion = AgentProtocol.Version, Installation = "test" };
        await agent.ConnectedAsync();
    }

    [Fact]
    public async Task A_token_that_is_refused_at_the_first_connection_ends_an_agent_that_runs_nothing()
    {
        await using var agent = AgentUnderTest.Create(begin: false);
        agent.Settings = agent.Settings with { Token = "wrong" };
        agent.Begin();
        var end = (await agent.Run.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken)).ShouldBeOfType<AgentEnd.Refused>();
        end.Reason.ShouldBe("the agent's token is not accepted (401): it is mistyped, has expired, was revoked, or is not an agent's");
    }

    [Fact]
    public async Task An_agent_that_runs_instances_goes_on_with_a_refused_token_and_takes_up_the_new_one()
    {
        await using var agent = AgentUnderTest.Create(begin: false);
        var token = Path.Combine(agent.Data, "token");
        File.WriteAllText(token, FakeServer.Token + "\n");
        agent.Settings = agent.Settings with { Token = null, TokenFile = token };
        agent.Begin();
        await agent.WantAsync(agent.Wanted(SampleService.Command()));
        var before = await agent.UntilInstanceAsync(InstanceState.Healthy);
        await agent.EndAsync();

        File.WriteAllText(token, "wrong\n");
        agent.Begin();
        await Until.TrueAsync(() => File.ReadAllText(LogOf(agent)).Contains("token is not accepted (401)", StringComparison.Ordinal), "a clear word about the token");
        File.ReadAllText(LogOf(agent)).ShouldContain("what runs here goes on. `slipway agent enrol --name one` makes a new one; trying again");
        agent.Run.IsCompleted.ShouldBeFalse();

        agent.Server.LastReport = null;
        File.WriteAllText(token, FakeServer.Token + "\n");
        (await agent.UntilInstanceAsync(InstanceState.Healthy)).Pid.ShouldBe(before.Pid);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_worth_one_line_with_its_address_and_a_hint()
    {
        await using var agent = AgentUnderTest.Create(begin: false);
        using var closed = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        closed.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        var address = $"http://127.0.0.1:{((System.Net.IPEndPoint)closed.LocalEndPoint!).Port}";
        agent.Settings = agent.Settings with { Server = new Uri(address) };
        agent.Begin();
        await Until.TrueAsync(() => File.Exists(LogOf(agent)) && File.ReadAllText(LogOf(agent)).Contains("not connected", StringComparison.Ordinal), "the line");

        // Long enough for several tries more.
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        var line = File.ReadAllLines(LogOf(agent)).Where(l => l.Contains("not connected", StringComparison.Ordinal)).ShouldHaveSingleItem();
        line.ShouldContain($"not connected to {address}: Connection refused");
        line.ShouldContain("is `slipway server` or `slipway up` running there?; trying again");
    }

    private static string LogOf(AgentUnderTest agent) => Path.Combine(agent.Data, "agent.log");

    [Fact]
    public async Task Two_agents_do_not_share_a_data_directory()
    {
        await using var agent = AgentUnderTest.Create();
        await agent.ConnectedAsync();
        (await AgentProgram.RunAsync(agent.Settings, TestContext.Current.CancellationToken)).ShouldBeOfType<AgentEnd.CannotStart>().Reason.ShouldContain("another agent uses");
    }

    [Fact]
    public async Task A_report_has_the_newer_token_when_an_older_one_was_refused()
    {
        await using var agent = AgentUnderTest.Create();
        var wanted = agent.Wanted(SampleService.Command(), counter: 5);
        await agent.WantAsync(wanted);
        await agent.UntilInstanceAsync(InstanceState.Healthy);
        await agent.Server.SendAsync(new ServerWanted { Full = true, VersionSets = [wanted with { Token = new(1, 4), Count = 0 }] });
        agent.Server.LastReport = null;
        var report = await agent.Server.UntilAsync(report => report.VersionSets.Count == 1);
        report.VersionSets[0].Token.ShouldBe(new Token(1, 5));
        report.VersionSets[0].Wanted.ShouldBe(1);
        report.VersionSets[0].Instances.Single().State.ShouldBe(InstanceState.Healthy);
    }

    [Fact]
    public async Task An_empty_snapshot_stops_nothing_and_the_report_shows_what_still_runs()
    {
        await using var agent = AgentUnderTest.Create();
        await agent.WantAsync(agent.Wanted(SampleService.Command()));
        var instance = await agent.UntilInstanceAsync(InstanceState.Healthy);
        await agent.Server.SendAsync(new ServerWanted { Full = true });
        agent.Server.LastReport = null;
        var report = await agent.Server.UntilAsync(_ => true);
        report.VersionSets.Single().Instances.Single().ShouldBe(instance);
    }
}
