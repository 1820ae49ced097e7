using EndToEnd.Harness;
using Slipway.Client.Api;

namespace EndToEnd;

/// <summary><c>slipway up</c> that is ended and started again while a version is watched and people go on asking.</summary>
public sealed class StoppedAndStartedTests(Shop shop)
{
    private const string WatchedFor20Seconds = """
        service: storefront
        run: { command: dotnet Storefront.dll, instances: 2, health: { path: /healthz, interval: 200ms }, drain: 2s }
        rollout: { strategy: canary, steps: [ { weight: 50 }, { analyze: 2s } ], checks: [ { name: errors, acceptable: 5% } ], watch: 20s }
        """;

    [Fact]
    public async Task The_platform_s_own_absence_is_not_held_against_the_version_that_is_watched()
    {
        await using var platform = await shop.Running();
        using var client = platform.Client();
        using var load = (await client.Prod()).Load(rps: 100);
        using var enough = new CancellationTokenSource();
        var sending = load.Run(enough.Token);
        await Shop.Release(client, "1.1.0", shop.Build("1.1.0"), WatchedFor20Seconds);
        var promotion = await client.StartPromotion(new StartPromotion { Service = Shop.Service, Environment = "prod", Version = "1.1.0" }, TestContext.Current.CancellationToken);
        await Until.True(
            async () => (await client.Promotion(promotion.Id, TestContext.Current.CancellationToken)).Rollout is { } id
                && (await client.Rollout(id, TestContext.Current.CancellationToken)).State == RolloutStateView.Watching,
            "the watch");

        (await platform.Interrupt()).ExitCode.ShouldBe(0);
        await platform.StartAgain();

        var ended = await client.Ended(promotion.Id);
        await enough.CancelAsync();
        await sending;
        load.Report().Failed.ShouldBeGreaterThan(0, "nobody was there for a while");
        ended.State.ShouldBe(PromotionStateView.Succeeded, ended.Reason);
    }
}
