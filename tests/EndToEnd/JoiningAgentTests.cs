using System.Text.Json;
using EndToEnd.Harness;
using Slipway.Client.Api;

namespace EndToEnd;

/// <summary>More agents than the one of <c>slipway up</c>.</summary>
public sealed class JoiningAgentTests(Shop shop)
{
    private const string Labelled = """
        environments:
          prod: { promote: manual, traffic: expected, target: { zone: b } }

        """;

    [Fact]
    public async Task An_agent_joins_with_its_token_and_runs_what_asks_for_its_label()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var platform = await LocalPlatformProcess.Start(Labelled);
        using var client = platform.Client();
        await client.AddService(new AddService { Name = Shop.Service }, cancel);
        await Shop.Release(client, "1.0.0", shop.Build("1.0.0"));
        var promotion = await client.StartPromotion(new StartPromotion { Service = Shop.Service, Environment = "prod" }, cancel);
        var (exitCode, secret, _) = await platform.Run("agent", "enrol", "--name", "rack-2");
        exitCode.ShouldBe(0);

        using var agent = platform.StartInBackground(
            new() { ["SLIPWAY_TOKEN"] = secret.Trim() },
            "agent", "--server", platform.Server.AbsoluteUri, "--name", "rack-2", "--label", "zone=b", "--data", Path.Combine(platform.Home, "rack-2"), "--router-port", "0");

        (await client.Ended(promotion.Id)).State.ShouldBe(PromotionStateView.Succeeded);
        (await client.Instances(Shop.Service, "prod", cancel: cancel)).Items.ShouldAllBe(instance => instance.Agent == "rack-2");
        var instance = (await client.Instances(Shop.Service, "prod", cancel: cancel)).Items[0];
        (await platform.Run("instance", "logs", $"rack-2/{instance.Id}")).ExitCode.ShouldBe(0);
        (await platform.Run("instance", "logs", $"local/{instance.Id}")).ExitCode.ShouldBe(3);
        var lane = await client.Lane(Shop.Service, "prod", cancel);
        (lane.Router, lane.Url).ShouldBe(("rack-2", $"http://127.0.0.1:{lane.Port}/"), "it takes whatever port is free");
        (await platform.Run("load", Shop.Service, "--env", "prod", "--rps", "5", "--for", "1s")).ExitCode.ShouldBe(0);
        var listed = await platform.Run("agent", "list", "--json");
        using var agents = JsonDocument.Parse(listed.Out);
        agents.RootElement.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()).ShouldBe(["local", "rack-2"], ignoreOrder: true);

        var other = await platform.Run("agent", "--server", platform.Server.AbsoluteUri, "--name", "rack-3", "--token", secret.Trim(), "--data", Path.Combine(platform.Home, "rack-3"), "--no-router");
        other.ExitCode.ShouldBe(4, "a token is for one name");
    }

    [Fact]
    public async Task A_rollout_that_finds_every_agent_drained_says_so_and_goes_on_once_one_is_undrained()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var platform = await LocalPlatformProcess.Start(LocalPlatformProcess.OnlyProd);
        using var client = platform.Client();
        await client.AddService(new AddService { Name = Shop.Service }, cancel);
        await Shop.Release(client, "1.0.0", shop.Build("1.0.0"));
        var drained = await platform.Run("agent", "drain", "local");
        drained.ExitCode.ShouldBe(0);
        drained.Error.ShouldContain("No agent takes instances of prod any more.");

        var promotion = await client.StartPromotion(new StartPromotion { Service = Shop.Service, Environment = "prod" }, cancel);
        var reason = "";
        await Until.True(
            async () => (reason = (await client.Rollouts(Shop.Service, cancel: cancel)).Items.SingleOrDefault()?.Reason ?? "").Contains("no agent takes instances of prod: local is drained", StringComparison.Ordinal),
            "the reason for which it waits", context: () => reason);
        (await platform.Run("doctor")).Out.ShouldContain("local is drained");

        (await platform.Run("agent", "undrain", "local")).ExitCode.ShouldBe(0);
        (await client.Ended(promotion.Id)).State.ShouldBe(PromotionStateView.Succeeded);

        var bad = await platform.Run("agent", "--server", platform.Server.AbsoluteUri, "--name", "rack-9", "--token", "slp_wrong", "--data", Path.Combine(platform.Home, "rack-9"), "--no-router");
        bad.ExitCode.ShouldBe(4, bad.Error);
        bad.Error.ShouldContain("the agent's token is not accepted (401)");
    }
}
