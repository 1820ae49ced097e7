using EndToEnd.Harness;
using Slipway.Client.Api;

namespace EndToEnd;

/// <summary>A server that is killed while canaries go on under load.</summary>
public sealed class KilledServerTests(Shop shop)
{
    private const int Kills = 20, Seed = 7;
    private static readonly TimeSpan MostAfterRestart = TimeSpan.FromSeconds(60), LongestWait = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task A_server_killed_at_any_moment_of_a_canary_goes_on_without_a_failed_request_and_without_losing_or_doubling_anything()
    {
        var cancel = TestContext.Current.CancellationToken;
        var random = new Random(Seed);
        await using var platform = await shop.Running();
        using var client = platform.Client();

        using var load = (await client.Prod()).Load();
        using var enough = new CancellationTokenSource();
        var sending = load.Run(enough.Token);
        var known = await client.WholeLedger();
        string? running = null;
        for (var kill = 1; kill <= Kills; kill++)
        {
            if (running is null)
            {
                var version = $"1.{kill}.0";
                await Shop.Release(client, version, shop.Build(version));
                running = (await client.StartPromotion(new StartPromotion { Service = Shop.Service, Environment = "prod", Version = version }, cancel)).Id;
            }

            await Task.Delay(LongestWait * random.NextDouble(), cancel);
            platform.KillServer();
            await platform.StartAgain();

            var ledger = await client.WholeLedger();
            ledger.Select(entry => entry.Index).ShouldBe(Enumerable.Range(1, ledger.Count).Select(index => (long)index), $"kill {kill}");
            ledger.Take(known.Count).Select(entry => entry.LeafHash).ShouldBe(known.Select(entry => entry.LeafHash), $"kill {kill}");
            known = ledger;
            // Half of them are killed once more before they end.
            if (kill % 2 == 0 || (await client.Promotion(running, cancel)).EndedAt is not null)
            {
                var ended = await client.Ended(running, MostAfterRestart);
                ended.State.ShouldBeOneOf(PromotionStateView.Succeeded, PromotionStateView.RolledBack);
                running = null;
            }
        }

        await enough.CancelAsync();
        await sending;
        var report = load.Report();
        report.Failed.ShouldBe(0, string.Join(", ", report.Unanswered) + string.Join(", ", report.Versions));
        report.LeftOut.ShouldBe(0);
        report.Requests.ShouldBeGreaterThan(1000);
        await NothingRunsTwice(platform, client, cancel);
    }

    private static async Task NothingRunsTwice(LocalPlatformProcess platform, Slipway.Client.Http.SlipwayClient client, CancellationToken cancel)
    {
        IReadOnlyList<InstanceView> instances = [];
        IReadOnlyList<int> programs = [];
        await Until.True(
            async () =>
            {
                instances = (await client.Instances(Shop.Service, "prod", cancel: cancel)).Items;
                programs = [.. Processes.Of(platform.Data).Where(found => found.Value == "dotnet Storefront.dll").Select(found => found.Key)];
                return instances.Select(instance => instance.Pid ?? 0).Order().SequenceEqual(programs.Order());
            },
            "one process for each instance",
            context: () => $"Instances: {string.Join(", ", instances.Select(i => $"{i.Id} {i.Arm} {i.State} {i.Pid}"))}; processes: {string.Join(", ", programs)}");
        instances.Count(instance => instance.Arm == "stable").ShouldBe(2);
    }
}
