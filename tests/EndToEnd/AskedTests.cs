using EndToEnd.Harness;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace EndToEnd;

/// <summary>Scripts and endpoints that a rollout asks, through a whole server and agent.</summary>
public sealed class AskedTests(Shop shop)
{
    /// <summary>As an own program would: asks the new instances at the address that it is given.</summary>
    private const string Smoke = """
        echo "looks at $SLIPWAY_URL"
        address=${SLIPWAY_URL#http://}
        exec 3<>"/dev/tcp/${address%:*}/${address##*:}"
        printf 'GET /healthz HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$address" >&3
        answer=$(cat <&3)
        echo "${answer%%$'\r'*}"
        grep -qi "^X-Slipway-Version: $SLIPWAY_VERSION" <<<"$answer" || { echo "no answer of $SLIPWAY_VERSION"; exit 3; }
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rollout_goes_on_only_when_scripts_and_endpoints_have_said_so()
    {
        await using var endpoint = new Endpoint((path, number) => path switch
        {
            "/window" => number == 1 ? """{"decision":"wait","reason":"opens soon"}""" : """{"decision":"go","reason":"open until six"}""",
            "/board" => """{"decision":"stop","reason":"the board says no"}""",
            "/portal" => "<html>200 OK, please sign in</html>",
            _ => """{"decision":"go"}""",
        });
        await using var platform = await LocalPlatformProcess.Start($"{LocalPlatformProcess.OnlyProd}hooks: {{ allow: [ {endpoint.Address.GetLeftPart(UriPartial.Authority)} ] }}\n");
        using var client = platform.Client();
        await shop.Open(client);
        using var load = (await client.Prod()).Load();
        using var enough = new CancellationTokenSource();
        var sending = load.Run(enough.Token);

        var agreed = await DeliverAsync(client, "1.1.0", $$"""
                before: [ { name: window, http: { url: {{endpoint.Address}}window }, interval: 1s, timeout: 30s } ]
                confirmPromotion: [ { name: budget, run: 'echo "from $SLIPWAY_FROM_VERSION at $SLIPWAY_POINT"; test "$SLIPWAY_FROM_VERSION" = 1.0.0' } ]
                after: [ { name: news, http: { url: {{endpoint.Address}}news } } ]
            """);
        agreed.State.ShouldBe(RolloutStateView.Succeeded, agreed.Reason);
        agreed.Verifications.ShouldHaveSingleItem().Verdict.ShouldBe(VerdictView.Passed, agreed.Verifications[0].Detail);
        agreed.Hooks.Select(hook => (hook.Name, hook.Decision, hook.Detail, hook.Tries)).Take(2).ShouldBe([("window", "go", "open until six", 2), ("budget", "go", "exit status 0", 1)]);
        await Until.True(() => endpoint.At("/news").Count == 1, "the news of its success");
        var questions = endpoint.At("/window");
        questions.Select(question => question["id"]!.GetValue<string>()).Distinct().Count().ShouldBe(2, "no question is asked twice");
        (questions[0]["version"]!.GetValue<string>(), questions[0]["fromVersion"]!.GetValue<string>(), questions[0]["point"]!.GetValue<string>()).ShouldBe(("1.1.0", "1.0.0", "before"));
        var (exitCode, logs, error) = await platform.Run("rollout", "logs", agreed.Id);
        exitCode.ShouldBe(0, error);
        logs.ShouldContain("HTTP/1.1 200 OK");
        logs.ShouldContain("budget (confirmPromotion) │ from 1.0.0 at confirmPromotion");

        // A script that fails; one whose end is told to who wants to know of it.
        var failed = await DeliverAsync(client, "1.2.0", $$"""    onRollback: [ { name: page, http: { url: {{endpoint.Address}}page } } ]""", "echo no basket; exit 3");
        (failed.State, failed.Reason).ShouldBe((RolloutStateView.RolledBack, "verification journey: exit status 3: no basket"));
        failed.Steps.ShouldContain(step => step.Kind == "verify" && step.State == StepStateView.Failed);
        await Until.True(() => endpoint.At("/page").Count == 1, "the news of its failure");

        // A stop, and an answer that is none.
        var stopped = await DeliverAsync(client, "1.3.0", $$"""    confirmPromotion: [ { name: board, http: { url: {{endpoint.Address}}board } } ]""");
        (stopped.State, stopped.Reason).ShouldBe((RolloutStateView.RolledBack, "hook board (confirmPromotion): the board says no" + WayPastTheHold(stopped)));
        var unclear = await DeliverAsync(client, "1.4.0", $$"""    before: [ { name: portal, http: { url: {{endpoint.Address}}portal }, interval: 1s, timeout: 2500ms } ]""");
        unclear.State.ShouldBe(RolloutStateView.RolledBack);
        unclear.Reason.ShouldStartWith("hook portal (before): it did not say go within ");
        endpoint.At("/portal").Count.ShouldBeGreaterThan(1);
        var refused = await DeliverAsync(client, "1.5.0", """    before: [ { name: budget, run: "echo spent; exit 1" } ]""");
        (refused.State, refused.Reason).ShouldBe((RolloutStateView.RolledBack, "hook budget (before): exit status 1: spent" + WayPastTheHold(refused)));

        (await client.Prod()).Version.ShouldBe("1.1.0");
        await enough.CancelAsync();
        await sending;
        var report = load.Report();
        report.Failed.ShouldBe(0, string.Join(", ", report.Unanswered) + string.Join(", ", report.Versions));
        report.Versions.Select(version => version.Version).ShouldBe(["1.0.0", "1.1.0"], ignoreOrder: true, "what was not agreed to got no request");
    }

    private static string WayPastTheHold(RolloutView rollout) =>
        $". Nothing was found against {rollout.Version}, but it is held in prod. To try it once more: slipway hold lift hold-{rollout.Id}; then slipway promote {rollout.Service}@{rollout.Version} --to prod";

    private async Task<RolloutView> DeliverAsync(SlipwayClient client, string version, string hooks, string verify = "bash smoke.sh")
    {
        var build = shop.Build(version);
        await File.WriteAllTextAsync(Path.Combine(build, "smoke.sh"), Smoke, Cancel);
        await Shop.Release(client, version, build, $$"""
            service: storefront
            run: { command: dotnet Storefront.dll, instances: 2, health: { path: /healthz, interval: 100ms, healthyAfter: 1 }, drain: 1s }
            rollout:
              strategy: rolling
              batch: 2
              checks: [ errors ]
              hooks:
            {{hooks}}
            verify: [ { name: journey, run: "{{verify}}" } ]
            """);
        return await client.Rollout((await client.Deliver(version)).Id, Cancel);
    }
}
