using EndToEnd.Harness;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace EndToEnd;

/// <summary>A service that answers requests and has a worker beside, of one release.</summary>
public sealed class ProcessTests(Shop shop)
{
    private const string Definition = """
        service: storefront
        processes:
          web: { command: dotnet Storefront.dll, instances: 2, health: { path: /healthz, interval: 200ms }, drain: 2s }
          mailer: { command: bash mailer.sh, traffic: none, instances: 3, health: { interval: 200ms, deadline: 5s }, drain: 1s }
        rollout:
          strategy: canary
          steps: [ { weight: 34 }, { pause: untilResumed } ]
          checks: [ { name: errors, acceptable: 5% } ]
          keepWarm: 5m
        """;

    private const string Works = "trap 'exit 0' TERM\necho \"$SLIPWAY_PROCESS of $SLIPWAY_VERSION\"\nwhile :; do sleep 0.1; done\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Workers_follow_the_traffic_of_their_version_and_take_it_back_when_they_do_not_run_or_not_for_long()
    {
        await using var platform = await shop.Running();
        using var client = platform.Client();
        using var load = (await client.Prod()).Load();
        using var enough = new CancellationTokenSource();
        var sending = load.Run(enough.Token);

        await ReleaseAsync(client, "2.0.0", Works);
        var first = await client.StartPromotion(new StartPromotion { Service = Shop.Service, Environment = "prod", Version = "2.0.0" }, Cancel);
        await AtPauseAsync(client, first.Id);
        (await MailersAsync(client)).ShouldBe(["2.0.0 healthy", "2.0.0 healthy"], "34 % of three, rounded up; the version before had none");
        await client.ActOnRollout(first.Id, new ActOnRollout { Action = RolloutAction.Resume }, Cancel);
        (await client.Ended(first.Id)).State.ShouldBe(PromotionStateView.Succeeded);
        await Until.True(async () => (await client.Prod()) is { HealthyInstances: 5, WantedInstances: 5, Version: "2.0.0" }, "two that answer and three that mail");
        (await platform.Run("status", Shop.Service)).Out.ShouldContain("web 2 of 2, mailer 3 of 3");
        var (_, table, _) = await platform.Run("instance", "list", Shop.Service);
        table.ShouldContain("PROCESS");
        var mailer = (await InstancesAsync(client)).First(instance => instance.Process == "mailer");
        (await platform.Run("instance", "logs", mailer.Id)).Out.ShouldContain("mailer of 2.0.0");

        await ReleaseAsync(client, "2.1.0", Works);
        var second = await client.StartPromotion(new StartPromotion { Service = Shop.Service, Environment = "prod", Version = "2.1.0" }, Cancel);
        await AtPauseAsync(client, second.Id);
        await Until.True(async () => (await MailersAsync(client)).SequenceEqual(["2.0.0 healthy", "2.1.0 healthy", "2.1.0 healthy"]), "one of the old in the place of each that came");
        await client.ActOnRollout(second.Id, new ActOnRollout { Action = RolloutAction.Abort }, Cancel);
        (await client.Ended(second.Id)).State.ShouldBe(PromotionStateView.Aborted);
        await Until.True(async () => (await MailersAsync(client)).SequenceEqual(["2.0.0 healthy", "2.0.0 healthy", "2.0.0 healthy"]), "all of the old again");

        await ReleaseAsync(client, "2.2.0", "echo 'no queue'; exit 3\n");
        var bad = await client.Deliver("2.2.0");
        bad.State.ShouldBe(PromotionStateView.RolledBack, bad.Reason);
        bad.Reason.ShouldStartWith("mailer: ");
        bad.Reason.ShouldContain("no queue");
        await Until.True(async () => (await MailersAsync(client)).SequenceEqual(["2.0.0 healthy", "2.0.0 healthy", "2.0.0 healthy"]), "all of the old once more");

        await ReleaseAsync(client, "2.3.0", "sleep 3; echo 'lost the queue'; exit 3\n");
        var restless = await client.Deliver("2.3.0");
        restless.State.ShouldBe(PromotionStateView.RolledBack, restless.Reason);
        restless.Reason.ShouldStartWith("an instance of mailer of 2.3.0 has ceased to be healthy 3 times: ");
        restless.Reason.ShouldContain("lost the queue");
        await Until.True(async () => (await MailersAsync(client)).SequenceEqual(["2.0.0 healthy", "2.0.0 healthy", "2.0.0 healthy"]), "and all of the old again");

        await enough.CancelAsync();
        await sending;
        load.Report().Failed.ShouldBe(0);
    }

    private async Task ReleaseAsync(SlipwayClient client, string version, string mailer)
    {
        var build = shop.Build(version);
        await File.WriteAllTextAsync(Path.Combine(build, "mailer.sh"), mailer, Cancel);
        await Shop.Release(client, version, build, Definition);
    }

    private static async Task AtPauseAsync(SlipwayClient client, string id) =>
        await Until.True(async () => (await client.Promotion(id, Cancel)).Rollout is not null && (await client.Rollout(id, Cancel)).State == RolloutStateView.Paused, "the step that waits to be resumed");

    private static async Task<IReadOnlyList<InstanceView>> InstancesAsync(SlipwayClient client) => (await client.Instances(Shop.Service, "prod", cancel: Cancel)).Items;

    private static async Task<IReadOnlyList<string>> MailersAsync(SlipwayClient client) =>
        [.. (await InstancesAsync(client)).Where(instance => instance.Process == "mailer").Select(instance => $"{instance.Version} {instance.State}").Order(StringComparer.Ordinal)];
}
