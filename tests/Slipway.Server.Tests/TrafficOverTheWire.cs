using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Client.Agents;
using Slipway.Client.Traffic;
using Slipway.Core.Kernel;
using Slipway.Core.Targets;
using Slipway.Core.Traffic;
using Slipway.Engine.Ports;
using Slipway.Engine.Targets;
using Slipway.Engine.Traffic;
using Slipway.Server.Agents;

namespace Slipway.Server.Tests;

/// <summary>What lanes ask of their traffic, on its way to an agent, and what was counted, on its way back.</summary>
public sealed class TrafficOverTheWire
{
    private static readonly LaneId Lane = new("shop", "prod");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_lane_asks_for_beside_weights_reaches_the_agent()
    {
        await using var running = await RunningServer.StartAsync();
        var wanted = new TrafficWanted
        {
            Lane = Lane, Generation = 1, Weights = [new TrafficWeight("shop/prod/0123456789ab", "1.0", Arm.Stable, 100)],
            Routes = [new TrafficRoute("shop/prod/1", "1.1", new RequestMatch(RequestPart.Cookie, "group", Prefix: "b")), new TrafficRoute("shop/prod/2", "1.2", new RequestMatch(RequestPart.Query, "try", Is: "yes"))],
            Mirror = new TrafficMirror("shop/prod/1", "1.1", 20), Sticky = new TrafficStickiness(TimeSpan.FromDays(1)),
        };
        await WantAsync(running, Row(wanted, counter: 1));
        await using var agent = await FakeAgent.ConnectAsync(running, "one");
        await agent.NextAsync<ServerWelcome>();
        var route = (await agent.NextAsync<ServerWanted>()).Routes.ShouldHaveSingleItem();
        route.Marks.ShouldBe([new WantedMark("shop/prod/1", "1.1", new RequestMark("cookie", "group", Prefix: "b")), new WantedMark("shop/prod/2", "1.2", new RequestMark("query", "try", Is: "yes"))]);
        route.Mirror.ShouldBe(new WantedMirror("shop/prod/1", "1.1", 20));
        route.Sticky.ShouldBe(new RouterSticky(TimeSpan.FromDays(1)));

        // A row as it was written before there were any.
        var row = Row(wanted with { Generation = 2, Mirror = null, Sticky = null }, counter: 2);
        var older = JsonNode.Parse(row.Body!)!.AsObject();
        older.Remove("routes").ShouldBeTrue();
        await WantAsync(running, row with { Body = older.ToJsonString() });
        var plain = (await agent.NextAsync<ServerWanted>()).Routes.ShouldHaveSingleItem();
        plain.Generation.ShouldBe(2);
        plain.Marks.ShouldBeEmpty();
        (plain.Mirror, plain.Sticky).ShouldBe((null, null));
    }

    [Fact]
    public async Task Marked_requests_copies_and_sessions_reach_the_engine_as_what_they_are()
    {
        await using var running = await RunningServer.StartAsync();
        await using var agent = await FakeAgent.ConnectAsync(running, "one");
        await agent.NextAsync<ServerWelcome>();
        await agent.SendAsync(new AgentTrafficReport
        {
            Counts = new RouterCounts
            {
                Incarnation = "r1", Sequence = 1, At = 1,
                Sets = [.. new (string Arm, string? Unit)[] { ("stable", "session"), ("routed", null), ("mirrored", null) }.Select(s => new VersionSetCounts
                {
                    Lane = "shop/prod", Generation = 4, VersionSet = "shop/prod/0123456789ab", Version = "1.0", Arm = s.Arm, Weight = 5, Unit = s.Unit,
                    Total = new OutcomeCounts(9, 9, 1, 0, 0, 0), Seconds = [new SecondCounts(100, new OutcomeCounts(1, 1, 1, 0, 0, 0), [3, 1], [])],
                })],
            },
        });
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(TimeSpan.FromSeconds(30));
        while (running.Part<TrafficIntake>().Since(Lane, 0).Count < 3)
        {
            await Task.Delay(20, late.Token);
        }

        running.Part<TrafficIntake>().Since(Lane, 0).Select(s => (s.Source.Arm, s.Source.Unit)).ShouldBe(
            [(Arm.Stable, TrafficUnit.Session), (Arm.Routed, TrafficUnit.Request), (Arm.Mirrored, TrafficUnit.Request)], ignoreOrder: true);
    }

    [Fact]
    public async Task Halves_reach_the_engine_and_a_router_that_tells_none_is_not_taken_for_one_without_requests()
    {
        await using var running = await RunningServer.StartAsync();
        await using var agent = await FakeAgent.ConnectAsync(running, "one");
        await agent.NextAsync<ServerWelcome>();
        await agent.SendAsync(Counted([new SecondCounts(100, new OutcomeCounts(9, 9, 3, 0, 0, 0), [3, 9], [], [5, 1, 4, 2]), new SecondCounts(101, new OutcomeCounts(9, 9, 3, 0, 0, 0), [3, 9], [])]));
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(TimeSpan.FromSeconds(30));
        while (running.Part<TrafficIntake>().Since(Lane, 0).Count == 0)
        {
            await Task.Delay(20, late.Token);
        }

        running.Part<TrafficIntake>().Since(Lane, 0).ShouldHaveSingleItem().Seconds.Select(s => s.Halves).ShouldBe([new TrafficHalves(5, 1, 4, 2), null]);
    }

    [Theory]
    [InlineData(5, 1, 4)]
    [InlineData(5, 6, 4, 0)]
    [InlineData(5, 1, 4, -1)]
    public void Halves_that_cannot_be_are_refused(params int[] halves) =>
        Should.Throw<FormatException>(() => AgentReports.Readings("one", Counted([new SecondCounts(100, new OutcomeCounts(9, 9, 3, 0, 0, 0), [], [], [.. halves.Select(h => (long)h)])]).Counts))
            .Message.ShouldEndWith("does not count the two halves of a version set.");

    private static AgentTrafficReport Counted(IReadOnlyList<SecondCounts> seconds) => new()
    {
        Counts = new RouterCounts
        {
            Incarnation = "r1", Sequence = 1, At = 1,
            Sets = [new VersionSetCounts { Lane = "shop/prod", Generation = 4, VersionSet = "shop/prod/0123456789ab", Version = "1.0", Arm = "stable", Weight = 100, Total = new OutcomeCounts(9, 9, 3, 0, 0, 0), Seconds = seconds }],
        },
    };

    private static async Task WantAsync(RunningServer running, WantedRow row)
    {
        (await running.Store.WriteWantedAsync(null, [row], Cancel)).ShouldBeEmpty();
        running.Part<WantedSignal>().Pulse();
    }

    private static WantedRow Row(TrafficWanted wanted, long counter) =>
        new("one", TrafficWanted.ResourceOf(Lane), JsonSerializer.Serialize(wanted, TargetsJson.Default.TrafficWanted), new FencingToken(1, counter), Lane.Process);
}
