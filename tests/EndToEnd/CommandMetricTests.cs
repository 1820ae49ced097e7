using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using EndToEnd.Harness;
using Slipway.Client.Api;

namespace EndToEnd;

/// <summary>A metric source that is a command, run by a real agent in its sandbox.</summary>
public sealed class CommandMetricTests(Shop shop)
{
    // What it says depends on the version alone: 1.2.0 has a lag of 50.
    private const string Platform = LocalPlatformProcess.OnlyProd + """
        metrics:
          lag:
            exec:
              run: |
                echo "asked for $QUERY of $SLIPWAY_SERVICE in $SLIPWAY_ENVIRONMENT" >&2
                case "$SLIPWAY_VERSION" in 1.2.*) seconds=50 ;; *) seconds=3 ;; esac
                printf '{ "seconds": %s }\n' "$seconds"
              interval: 10s
          broken: { exec: { run: "echo 7; echo no queue >&2; exit 3", network: false } }
          slow: { exec: { run: "sleep 60", timeout: 1s } }
          wordy: { exec: { run: "echo seven" } }
          much: { exec: { run: "head -c 20000 /dev/zero | tr '\\0' 1" } }
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_command_is_asked_no_more_often_than_it_may_and_what_is_no_number_is_none()
    {
        await using var platform = await LocalPlatformProcess.Start(Platform);
        var number = await Try(platform, "lag", "mails", "--value", "body.seconds", "--set", "version=1.1.0");
        (number["outcome"]!.GetValue<string>(), number["value"]!.GetValue<double>()).ShouldBe(("value", 3));
        (await Try(platform, "lag", "mails", "--value", "body.seconds", "--set", "version=1.1.0"))["why"]!.GetValue<string>().ShouldEndWith("ago, and may be asked every 10s.");
        (await Try(platform, "lag", "mails", "--value", "body.seconds", "--set", "version=1.2.0"))["value"]!.GetValue<double>().ShouldBe(50, "another question is one of its own");

        var broken = await Try(platform, "broken", "x");
        broken["outcome"]!.GetValue<string>().ShouldBe("noData");
        broken["why"]!.GetValue<string>().ShouldSatisfyAllConditions(why => why.ShouldStartWith("broken ended badly: exit status 3"), why => why.ShouldContain("no queue"));
        (await Try(platform, "slow", "x"))["outcome"]!.GetValue<string>().ShouldBe("failed");
        (await Try(platform, "wordy", "x"))["why"]!.GetValue<string>().ShouldStartWith("wordy printed neither a number nor JSON: seven");
        (await Try(platform, "much", "x"))["why"]!.GetValue<string>().ShouldBe("much printed more than 16 KiB.");
        (await Try(platform, "lag", "x", "--range", "5m"))["why"]!.GetValue<string>().ShouldContain("no window");
        (await platform.Run("metrics", "list")).Out.ShouldContain("exec");
    }

    [Fact]
    public async Task A_threshold_on_a_command_lets_one_version_through_and_takes_another_back_and_its_log_can_be_read()
    {
        const string Definition = """
            service: storefront
            run: { command: dotnet Storefront.dll, instances: 2, health: { path: /healthz, interval: 200ms }, drain: 2s }
            rollout:
              strategy: canary
              steps: [ { weight: 50 }, { analyze: 5s, deadline: 60s } ]
              onInconclusive: rollback
              checks: [ { name: lag, threshold: { source: lag, query: mails, value: body.seconds, pass: value < 10.0, interval: 10s, inconclusiveLimit: 5 } } ]
            """;
        await using var platform = await LocalPlatformProcess.Start(Platform);
        using var client = platform.Client();
        await shop.Open(client);
        await Shop.Release(client, "1.1.0", shop.Build("1.1.0"), Definition);
        var good = await client.Deliver("1.1.0");
        good.State.ShouldBe(PromotionStateView.Succeeded, good.Reason);
        using var http = new HttpClient { BaseAddress = platform.Server };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(Path.Combine(platform.Data, "admin-token"), Cancel)).Trim());
        var log = await http.GetStringAsync(new Uri($"/api/v1/rollouts/{good.Id}/logs?check=lag", UriKind.Relative), Cancel);
        log.ShouldContain("asked for mails of storefront in prod");
        log.ShouldContain("{ \"seconds\": 3 }");

        await Shop.Release(client, "1.2.0", shop.Build("1.2.0"), Definition);
        var bad = await client.Deliver("1.2.0");
        bad.State.ShouldBe(PromotionStateView.RolledBack, bad.Reason);
        bad.Reason.ShouldStartWith("lag: ");
        (await client.Prod()).Version.ShouldBe("1.1.0");
    }

    private static async Task<JsonNode> Try(LocalPlatformProcess platform, params string[] line)
    {
        var (_, output, error) = await platform.Run(["metrics", "try", .. line, "--json"]);
        return JsonNode.Parse(output) ?? throw new InvalidOperationException(error);
    }
}
