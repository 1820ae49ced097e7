using EndToEnd.Harness;
using Slipway.Client.Api;

namespace EndToEnd;

/// <summary>A Prometheus that reads the router as docs/metrics.md says, and a canary that is judged by what it knows.</summary>
public sealed class RouterMetricsTests(Shop shop)
{
    private const string Thresholded = """
        service: storefront
        run: { command: dotnet Storefront.dll, instances: 2, health: { path: /healthz, interval: 200ms }, drain: 2s }
        rollout:
          strategy: canary
          steps: [ { weight: 50 }, { analyze: 8s, deadline: 60s } ]
          onInconclusive: rollback
          checks:
            - name: error-share
              threshold:
                source: prom
                query: >-
                  sum(rate(slipway_router_request_errors_total{service="{{service}}",environment="{{environment}}",version="{{version}}"}[3s]))
                  / sum(rate(slipway_router_requests_total{service="{{service}}",environment="{{environment}}",version="{{version}}"}[3s]))
                pass: value < 0.1
                interval: 1s
                initialDelay: 3s
                step: 2s
                failureLimit: 1
                inconclusiveLimit: 20
        """;

    [Fact]
    public async Task A_threshold_on_the_routers_own_metrics_lets_a_good_version_through_and_takes_a_bad_one_back()
    {
        var url = PrometheusProcess.FreeUrl();
        await using var platform = await LocalPlatformProcess.Start($"{LocalPlatformProcess.OnlyProd}metrics: {{ prom: {{ prometheus: {{ url: {url} }} }} }}\n");
        using var client = platform.Client();
        await shop.Open(client);
        var files = Path.Combine(platform.Data, "agent", "router");
        await using var prometheus = await PrometheusProcess.Start(
            $"  - {{ job_name: slipway-router, authorization: {{ credentials_file: {files}/metrics-token }}, file_sd_configs: [ {{ files: [ {files}/metrics-target.json ] }} ] }}\n", "slipway-router", url);
        using var load = (await client.Prod()).Load();
        using var enough = new CancellationTokenSource();
        var sending = load.Run(enough.Token);

        await Shop.Release(client, "1.1.0", shop.Build("1.1.0"), Thresholded);
        var good = await client.Deliver("1.1.0");
        good.State.ShouldBe(PromotionStateView.Succeeded, good.Reason);
        (await client.Rollout(good.Id, TestContext.Current.CancellationToken)).Steps.Single(step => step.Kind == "analyze").Note.ShouldNotBeNull().ShouldStartWith("error-share:");

        await Shop.Release(client, "1.2.0", shop.Build("1.2.0", faultRate: 0.4), Thresholded);
        var bad = await client.Deliver("1.2.0");
        bad.State.ShouldBe(PromotionStateView.RolledBack, bad.Reason);
        bad.Reason.ShouldStartWith("error-share: ");
        (await client.Prod()).Version.ShouldBe("1.1.0");
        await enough.CancelAsync();
        await sending;
    }
}
