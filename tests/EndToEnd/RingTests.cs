using EndToEnd.Harness;
using Slipway.Cli.Load;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace EndToEnd;

/// <summary>A new version comes to one group of real agents after the other, each with a router of its own.</summary>
public sealed class RingTests(Shop shop)
{
    private const string Run = "service: storefront\nrun: { command: dotnet Storefront.dll, instances: 1, health: { path: /healthz, interval: 100ms, healthyAfter: 1 }, drain: 1s }\n";

    private const string Watched = Run + """
        rollout:
          strategy: ring
          checks: [errors]
          rings:
            - { name: first, target: { ring: first }, strategy: canary, steps: [ { weight: 50 }, { pause: untilResumed } ] }
            - { name: rest, target: { ring: rest }, instances: 2, strategy: blueGreen, before: [ { pause: untilResumed } ] }
        """;

    private const string Straight = Run + "rollout: { strategy: ring, checks: [errors], rings: [ { name: first, target: { ring: first } }, { name: rest, target: { ring: rest }, instances: 2 } ] }\n";

    private const string Soaking = Run + """
        rollout:
          strategy: ring
          checks: [ { name: errors, acceptable: 5% } ]
          rings:
            - { name: first, target: { ring: first }, soak: 2s }
            - { name: rest, target: { ring: rest }, instances: 2, soak: 2s }
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_ring_has_its_turn_and_all_go_back_together()
    {
        await using var platform = await LocalPlatformProcess.Start(LocalPlatformProcess.OnlyProd);
        using var client = platform.Client();
        await client.AddService(new AddService { Name = Shop.Service }, Cancel);
        var ports = new Dictionary<string, int> { ["first"] = LocalPlatformProcess.FreePort(), ["rest"] = LocalPlatformProcess.FreePort() };
        using var first = await Join(platform, "first", ports["first"]);
        using var rest = await Join(platform, "rest", ports["rest"]);
        await Shop.Release(client, "1.0.0", shop.Build("1.0.0"), Watched);
        (await client.Deliver("1.0.0")).State.ShouldBe(PromotionStateView.Succeeded);
        (await Instances(client)).ShouldBe(["rack-first 1.0.0", "rack-rest 1.0.0", "rack-rest 1.0.0"]);

        // Ids are an agent's own, and both have the first one.
        (await platform.Run("instance", "logs", "storefront-1")).Error.ShouldContain("Several agents have an instance 'storefront-1': rack-first, rack-rest.");
        (await platform.Run("instance", "logs", "rack-rest/storefront-1")).ExitCode.ShouldBe(0);
        new Uri((await client.Lane(Shop.Service, "prod", Cancel)).Url.ShouldNotBeNull()).Port.ShouldBeOneOf([.. ports.Values]);

        await Shop.Release(client, "2.0.0", shop.Build("2.0.0"), Watched);
        var id = (await client.StartPromotion(new StartPromotion { Service = Shop.Service, Environment = "prod", Version = "2.0.0" }, Cancel)).Id;
        await Paused(client, id, "first: pause until resumed");
        (await VersionsOf(ports["first"])).ShouldBe(["1.0.0", "2.0.0"], ignoreOrder: true);
        (await VersionsOf(ports["rest"])).ShouldBe(["1.0.0"]);
        Rings(await client.Rollout(id, Cancel)).ShouldBe(["first Current 50", "rest Pending 0"]);

        await client.ActOnRollout(id, new ActOnRollout { Action = RolloutAction.Resume }, Cancel);
        await Paused(client, id, "rest: pause until resumed");
        Rings(await client.Rollout(id, Cancel)).ShouldBe(["first Done 100", "rest Current 0"]);
        (await VersionsOf(ports["first"])).ShouldBe(["2.0.0"]);
        (await VersionsOf(ports["rest"])).ShouldBe(["1.0.0"]);
        var shown = (await platform.Run("rollout", "show", id)).Out;
        shown.ShouldContain("first: 1.0.0 0 % (stable), 2.0.0 100 % (canary) ✓");
        shown.ShouldContain("rest: 1.0.0 100 % (stable), 2.0.0 0 % (canary)");
        await Until.True(async () => (await client.Rollout(id, Cancel)).PreviewPort is not null, "the preview of the new set in the ring that waits");
        (await client.Rollout(id, Cancel)).PreviewUrl.ShouldBe($"http://storefront--preview.prod.localhost:{ports["rest"]}/");

        await client.ActOnRollout(id, new ActOnRollout { Action = RolloutAction.Abort, Why = "seen enough" }, Cancel);
        (await client.Ended(id)).State.ShouldBe(PromotionStateView.Aborted);
        Rings(await client.Rollout(id, Cancel)).ShouldBe(["first Returned 0", "rest Returned 0"]);
        (await VersionsOf(ports["first"])).ShouldBe(["1.0.0"]);
        (await VersionsOf(ports["rest"])).ShouldBe(["1.0.0"]);

        await Shop.Release(client, "2.1.0", shop.Build("2.1.0"), Straight);
        var through = await client.Deliver("2.1.0");
        through.State.ShouldBe(PromotionStateView.Succeeded, through.Reason);
        (await VersionsOf(ports["first"])).ShouldBe(["2.1.0"]);
        (await VersionsOf(ports["rest"])).ShouldBe(["2.1.0"]);
        await Until.True(async () => (await Instances(client)).SequenceEqual(["rack-first 2.1.0", "rack-rest 2.1.0", "rack-rest 2.1.0"]), "the new instances alone");
    }

    [Fact]
    public async Task A_soak_is_passed_on_the_ring_s_own_traffic_and_a_bad_version_comes_no_further_than_the_first()
    {
        await using var platform = await LocalPlatformProcess.Start(LocalPlatformProcess.OnlyProd);
        using var client = platform.Client();
        await client.AddService(new AddService { Name = Shop.Service }, Cancel);
        int first = LocalPlatformProcess.FreePort(), rest = LocalPlatformProcess.FreePort();
        using var firstAgent = await Join(platform, "first", first);
        using var restAgent = await Join(platform, "rest", rest);
        await Shop.Release(client, "1.0.0", shop.Build("1.0.0"), Soaking);
        (await client.Deliver("1.0.0")).State.ShouldBe(PromotionStateView.Succeeded);
        using var toFirst = LoadOf(first);
        using var toRest = LoadOf(rest);
        using var enough = new CancellationTokenSource();
        Task[] sending = [toFirst.Run(enough.Token), toRest.Run(enough.Token)];
        await Task.Delay(TimeSpan.FromSeconds(3), Cancel);

        await Shop.Release(client, "2.0.0", shop.Build("2.0.0"), Soaking);
        var good = await client.Deliver("2.0.0");
        good.State.ShouldBe(PromotionStateView.Succeeded, good.Reason);
        foreach (var ring in (string[])["first", "rest"])
        {
            var analysis = await client.Analysis(good.Id, ring, Cancel);
            var watch = analysis.Checks.ShouldHaveSingleItem().Watch.ShouldNotBeNull(ring);
            watch.Verdict.ShouldBe(VerdictView.Passed, watch.Text);
            watch.Points.Sum(point => point.Units).ShouldBeGreaterThan(50, ring);
        }

        await Shop.Release(client, "3.0.0", shop.Build("3.0.0", faultRate: 0.4), Soaking);
        var bad = await client.Deliver("3.0.0");
        bad.State.ShouldBe(PromotionStateView.RolledBack);
        bad.Reason.ShouldNotBeNull().ShouldContain("errors: ");
        Rings(await client.Rollout(bad.Id, Cancel)).ShouldBe(["first Returned 0", "rest Pending 0"]);
        await enough.CancelAsync();
        await Task.WhenAll(sending);
        toFirst.Report().Versions.Select(version => version.Version).ShouldBe(["1.0.0", "2.0.0", "3.0.0"], ignoreOrder: true);
        toRest.Report().Versions.Select(version => version.Version).ShouldBe(["1.0.0", "2.0.0"], ignoreOrder: true);
        toRest.Report().Failed.ShouldBe(0);
    }

    private static LoadGenerator LoadOf(int routerPort) => new(new LoadTarget { Url = new Uri($"http://storefront.prod.localhost:{routerPort}/"), RequestsPerSecond = 60 });

    private static async Task<IDisposable> Join(LocalPlatformProcess platform, string ring, int routerPort)
    {
        var name = $"rack-{ring}";
        var (exitCode, secret, error) = await platform.Run("agent", "enrol", "--name", name);
        exitCode.ShouldBe(0, error);
        return platform.StartInBackground(
            new() { ["SLIPWAY_TOKEN"] = secret.Trim() },
            "agent", "--server", platform.Server.AbsoluteUri, "--name", name, "--label", $"ring={ring}", "--data", Path.Combine(platform.Home, name), "--router-port", routerPort.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private static async Task Paused(SlipwayClient client, string id, string step) => await Until.True(
        async () => (await client.Promotion(id, Cancel)).Rollout is not null && await client.Rollout(id, Cancel) is { State: RolloutStateView.Paused } paused
            && paused.Steps.Any(s => s.State == StepStateView.Current && s.Title == step), step);

    private static IEnumerable<string> Rings(RolloutView rollout) => rollout.Rings.Select(ring => $"{ring.Name} {ring.State} {ring.Weight}");

    private static async Task<IEnumerable<string>> Instances(SlipwayClient client) =>
        (await client.Instances(Shop.Service, "prod", cancel: Cancel)).Items.Where(i => i.State == "healthy").Select(i => $"{i.Agent} {i.Version}").Order(StringComparer.Ordinal);

    /// <summary>Which versions answer through one ring's router.</summary>
    private static async Task<IReadOnlyList<string>> VersionsOf(int routerPort)
    {
        using var http = new HttpClient();
        var versions = new HashSet<string>();
        for (var i = 0; i < 30; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{routerPort}/") { Headers = { Host = "storefront.prod.localhost" } };
            using var response = await http.SendAsync(request, Cancel);
            response.EnsureSuccessStatusCode();
            versions.Add(response.Headers.GetValues("X-Slipway-Version").Single());
        }

        return [.. versions];
    }
}
