using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using EndToEnd.Harness;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace EndToEnd;

/// <summary>Each strategy with real instances, a real router and real requests.</summary>
public sealed class StrategyTests(Shop shop)
{
    private const string Run = "service: storefront\nrun: { command: dotnet Storefront.dll, instances: 4, health: { path: /healthz, interval: 100ms, healthyAfter: 1 }, drain: 2s }\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rolling_exchanges_batch_after_batch_without_a_failed_request_and_takes_a_version_back_that_does_not_start()
    {
        const string Rolling = Run + "rollout: { strategy: rolling, batch: 2, surge: 1, maxUnavailable: 1, minHealthyTime: 500ms, progressDeadline: 20s, checks: [errors] }\n";
        await using var platform = await shop.Running();
        using var client = platform.Client();
        await Deliver(client, "1.1.0", Rolling);
        using var load = (await client.Prod()).Load();
        using var enough = new CancellationTokenSource();
        var sending = load.Run(enough.Token);

        var rollout = await Deliver(client, "1.2.0", Rolling);
        rollout.Steps.Select(step => step.Title).ShouldBe(["start 1 instance", "2 of 4", "4 of 4", "100 %"]);
        rollout.State.ShouldBe(RolloutStateView.Succeeded, rollout.Reason);

        await Shop.Release(client, "1.3.0", shop.Build("1.3.0"), Rolling.Replace("dotnet Storefront.dll", "dotnet Nothing.dll"));
        (await client.Deliver("1.3.0")).State.ShouldBe(PromotionStateView.RolledBack);
        var lane = await client.Prod();
        lane.Version.ShouldBe("1.2.0");
        await Until.True(async () => (await Instances(client)).Count(instance => instance is { Version: "1.2.0", State: "healthy" }) == 4, "all of 1.2.0");

        await enough.CancelAsync();
        await sending;
        var report = load.Report();
        report.Failed.ShouldBe(0, string.Join(", ", report.Unanswered) + string.Join(", ", report.Versions));
        report.Versions.Select(version => version.Version).ShouldBe(["1.1.0", "1.2.0"], ignoreOrder: true);
    }

    [Fact]
    public async Task Blue_green_waits_for_another_person_and_then_switches_all_at_once_and_back()
    {
        const string BlueGreen = Run + "rollout: { strategy: blueGreen, before: [ { approve: 1 }, { verify: [smoke] } ], after: [ { pause: 1s } ], keepOld: 5m, checks: [errors] }\nverify: [ { name: smoke, http: { path: / } } ]\n";
        await using var platform = await shop.Running();
        using var client = platform.Client();
        using var load = (await client.Prod()).Load();
        using var enough = new CancellationTokenSource();
        var sending = load.Run(enough.Token);
        await Shop.Release(client, "2.0.0", shop.Build("2.0.0"), BlueGreen);
        var started = await client.StartPromotion(new StartPromotion { Service = Shop.Service, Environment = "prod", Version = "2.0.0" }, Cancel);
        await Until.True(async () => (await client.Promotion(started.Id, Cancel)).Rollout is not null && (await client.Rollout(started.Id, Cancel)).Approvals is not null, "the step that waits for an approval");
        var waiting = await client.Rollout(started.Id, Cancel);
        waiting.Actions.ShouldBe(["approve", "abort"]);
        waiting.Instances.Count(instance => instance is { Version: "2.0.0", State: "healthy" }).ShouldBe(4);
        waiting.Weights.ShouldContain(weight => weight.Version == "1.0.0" && weight.Weight == 100);

        // Whoever approves can look at it first.
        await Until.True(async () => (waiting = await client.Rollout(started.Id, Cancel)).PreviewPort is not null, "the preview that is open while it waits");
        waiting.PreviewUrl.ShouldNotBeNull().ShouldStartWith("http://storefront--preview.prod.localhost:");
        waiting.Verifications.ShouldBeEmpty();
        using var http = new HttpClient();
        using var look = await http.GetAsync(new Uri($"http://127.0.0.1:{waiting.PreviewPort}/"), Cancel);
        look.Headers.GetValues("X-Slipway-Version").ShouldBe(["2.0.0"]);

        // Who made the release cannot approve it.
        var (exitCode, _, error) = await platform.Run("rollout", "approve", started.Id);
        exitCode.ShouldBe(4);
        error.ShouldContain("somebody else must approve it");
        using var ben = await Person(platform, "ben", "approver");
        await ben.ApproveStep(started.Id, "looked at the preview", Cancel);

        (await client.Ended(started.Id)).State.ShouldBe(PromotionStateView.Succeeded);
        (await client.Rollout(started.Id, Cancel)).Steps.ShouldContain(step => step.Note == "approved by ben (looked at the preview)");
        (await Instances(client)).Count(instance => instance.Version == "1.0.0").ShouldBe(2, "the old set stays for the way back");

        (await platform.Run("rollback", "storefront", "--env", "prod", "--watch")).ExitCode.ShouldBe(0);
        (await client.Prod()).Version.ShouldBe("1.0.0");
        await enough.CancelAsync();
        await sending;
        load.Report().Failed.ShouldBe(0);
    }

    [Fact]
    public async Task A_canary_takes_marked_requests_and_copies_is_compared_with_a_baseline_and_keeps_sessions()
    {
        const string Canary = Run + """
            rollout:
              strategy: canary
              baseline: true
              sticky: { maxAge: 1h }
              steps: [ { instances: 1 }, { route: { header: X-Beta, is: "yes" } }, { mirror: 50 }, { pause: untilResumed }, { weight: 40 }, { pause: untilResumed } ]
              checks: [ { name: errors, acceptable: 5% } ]
            """;
        await using var platform = await shop.Running();
        using var client = platform.Client();
        await Shop.Release(client, "2.0.0", shop.Build("2.0.0"), Canary);
        var id = (await client.StartPromotion(new StartPromotion { Service = Shop.Service, Environment = "prod", Version = "2.0.0" }, Cancel)).Id;
        await Paused(client, id);
        var url = (await client.Prod()).Url!;

        var rollout = await client.Rollout(id, Cancel);
        (rollout.Routes, rollout.Mirror).ShouldSatisfyAllConditions(it => it.Routes.ShouldBe(["header X-Beta = yes"]), it => it.Mirror.ShouldBe(50));
        (await VersionsOf(url, 20)).ShouldBe(["1.0.0"]);
        (await VersionsOf(url, 20, ("X-Beta", "yes"))).ShouldBe(["2.0.0"]);

        await client.ActOnRollout(id, new ActOnRollout { Action = RolloutAction.Resume }, Cancel);
        await Until.True(async () => (await client.Rollout(id, Cancel)).Weights.Any(weight => weight is { Version: "2.0.0", Weight: 40 }), "40 %");
        await Paused(client, id);
        (await client.Rollout(id, Cancel)).Weights.Select(weight => (weight.Arm, weight.Weight)).ShouldBe([("stable", 20), ("baseline", 40), ("canary", 40)]);
        (await VersionsOf(url, 60)).ShouldBe(["1.0.0", "2.0.0"], ignoreOrder: true, "each request without a cookie is a session of its own");
        (await VersionsOf(url, 60, keepCookies: true)).Count.ShouldBe(1, "a session keeps its version");

        await client.ActOnRollout(id, new ActOnRollout { Action = RolloutAction.Abort, Why = "seen enough" }, Cancel);
        (await client.Ended(id)).State.ShouldBe(PromotionStateView.Aborted);
        (await VersionsOf(url, 20, ("X-Beta", "yes"))).ShouldBe(["1.0.0"], "what was taken back gets no request any more, marked or not");
        await Until.True(async () => (await Instances(client)).All(instance => instance.Version == "1.0.0" && instance.Arm == "stable"), "only stable's instances");
    }

    private async Task<RolloutView> Deliver(SlipwayClient client, string version, string definition)
    {
        await Shop.Release(client, version, shop.Build(version), definition);
        var ended = await client.Deliver(version);
        ended.State.ShouldBe(PromotionStateView.Succeeded, ended.Reason);
        return await client.Rollout(ended.Id, Cancel);
    }

    private static async Task<IReadOnlyList<InstanceView>> Instances(SlipwayClient client) => (await client.Instances(Shop.Service, "prod", cancel: Cancel)).Items;

    private static async Task Paused(SlipwayClient client, string id) => await Until.True(
        async () => (await client.Promotion(id, Cancel)).Rollout is not null && await client.Rollout(id, Cancel) is { State: RolloutStateView.Paused } paused && paused.Actions.Contains("resume"), "the pause");

    private static async Task<SlipwayClient> Person(LocalPlatformProcess platform, string name, string role)
    {
        var (exitCode, output, error) = await platform.Run("token", "create", "--name", name, "--identity", name, "--role", role, "--json");
        exitCode.ShouldBe(0, error);
        return new SlipwayClient(new() { Server = platform.Server, Token = JsonDocument.Parse(output).RootElement.GetProperty("secret").GetString()! });
    }

    /// <summary>Which versions answer.</summary>
    private static async Task<IReadOnlyList<string>> VersionsOf(string url, int requests, (string Name, string Value)? header = null, bool keepCookies = false)
    {
        // Not every system's resolver knows that names below localhost are this machine.
        var port = new Uri(url).Port;
        using var http = new HttpClient(new SocketsHttpHandler
        {
            UseCookies = keepCookies,
            ConnectCallback = async (_, stop) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, port, stop);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        HashSet<string> versions = [];
        for (var i = 0; i < requests; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            if (header is { } mark)
            {
                request.Headers.Add(mark.Name, mark.Value);
            }

            using var response = await http.SendAsync(request, Cancel);
            ((int)response.StatusCode).ShouldBe(200);
            versions.Add(response.Headers.GetValues("X-Slipway-Version").Single());
        }

        return [.. versions];
    }
}
