using EndToEnd.Harness;
using Slipway.Client.Api;

namespace EndToEnd;

/// <summary>An agent or a router that is killed while the service is used.</summary>
public sealed class KilledPartsTests(Shop shop)
{
    [Fact]
    public async Task A_killed_agent_leaves_instances_and_router_as_they_are_and_the_next_one_adopts_them()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var platform = await shop.Running();
        using var client = platform.Client();
        using var load = (await client.Prod()).Load();
        using var enough = new CancellationTokenSource();
        var sending = load.Run(enough.Token);
        var before = await Pids(client, cancel);
        var router = platform.RouterPid.ShouldNotBeNull();
        var agent = platform.AgentPid;

        Processes.Kill(agent);

        await Until.True(() => platform.AgentPid != agent, "another agent");
        await Until.True(async () => (await client.Agents(cancel: cancel)).Items.Single().Connected, "its connection");
        await Until.True(async () => (await client.Prod()).Health == LaneHealth.Healthy, "health");
        (await Pids(client, cancel)).ShouldBe(before);
        platform.RouterPid.ShouldBe(router);
        // What was adopted is in its hands: it can be replaced.
        await Shop.Release(client, "2.0.0", shop.Build("2.0.0"));
        (await client.Deliver("2.0.0")).State.ShouldBe(PromotionStateView.Succeeded);

        await enough.CancelAsync();
        await sending;
        load.Report().Failed.ShouldBe(0);
    }

    [Fact]
    public async Task A_killed_router_comes_back_by_itself_with_its_last_configuration()
    {
        await using var platform = await shop.Running();
        using var client = platform.Client();
        using var load = (await client.Prod()).Load();
        var router = platform.RouterPid.ShouldNotBeNull();
        // It has its configuration on disk: it needs no server.
        platform.KillServer();

        Processes.Kill(router);

        var took = await Until.True(() => platform.RouterPid is { } pid && pid != router, "another router");
        using var enough = new CancellationTokenSource();
        var sending = load.Run(enough.Token);
        await Until.True(() => load.Report().Versions.Any(version => version.Version == "1.0.0" && version.Requests > 100), "answers");
        await enough.CancelAsync();
        await sending;
        TestContext.Current.TestOutputHelper?.WriteLine($"The router was back after {took.TotalSeconds:0.0} s.");
        load.Report().Versions.ShouldAllBe(version => version.Version == "1.0.0");
    }

    private static async Task<IReadOnlyList<int?>> Pids(Slipway.Client.Http.SlipwayClient client, CancellationToken cancel) =>
        [.. (await client.Instances(Shop.Service, "prod", cancel: cancel)).Items.Select(instance => instance.Pid).Order()];
}
