using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EndToEnd.Harness;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace EndToEnd;

/// <summary>A service that takes jobs and serves no requests, judged by what a real Prometheus knows of its jobs.</summary>
public sealed class WorkerTests
{
    private const string Service = "mailer";

    // Ten jobs at a time; how many there were, and how many failed, is kept where the metrics are made of it.
    private const string Worker = """
        trap 'exit 0' TERM
        jobs=0 failed=0
        while :; do
            jobs=$((jobs + 10))
            failed=$((failed + FAILS))
            printf '%s %s\n' "$jobs" "$failed" >"$COUNTS/$SLIPWAY_VERSION-$SLIPWAY_INSTANCE.new"
            mv "$COUNTS/$SLIPWAY_VERSION-$SLIPWAY_INSTANCE.new" "$COUNTS/$SLIPWAY_VERSION-$SLIPWAY_INSTANCE.count"
            sleep 0.1
        done
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_worker_is_exchanged_by_its_share_and_taken_back_when_its_jobs_fail()
    {
        using var folder = new TemporaryFolder();
        var counts = Directory.CreateDirectory(folder.In("counts")).FullName;
        await using var metrics = new CountsEndpoint(counts);
        await using var prometheus = await PrometheusProcess.Start($"  - {{ job_name: mailer, static_configs: [ {{ targets: ['{metrics.Address}'] }} ] }}\n", "mailer");
        await using var platform = await LocalPlatformProcess.Start($"{LocalPlatformProcess.OnlyProd}metrics: {{ prom: {{ prometheus: {{ url: {prometheus.Url} }} }} }}\n");
        using var client = platform.Client();
        await client.AddService(new AddService { Name = Service }, Cancel);
        folder.File("build/worker.sh", Worker);
        string Definition(int fails) => $$$"""
            service: mailer
            run:
              command: bash worker.sh
              traffic: none
              instances: 4
              env: { COUNTS: "{{{counts}}}", FAILS: {{{fails}}} }
              health: { interval: 200ms }
              drain: 1s
            rollout:
              strategy: canary
              steps: [ { weight: 25 }, { analyze: 3s, deadline: 90s } ]
              checks:
                - name: failures
                  counts:
                    source: prom
                    bad: sum(increase(jobs_failed_total{version="{{version}}"}[{{step}}]))
                    total: sum(increase(jobs_total{version="{{version}}"}[{{step}}]))
                    step: 2s
                  acceptable: 25%
              onInconclusive: rollback
            verify: [ { name: beside, run: 'test -f worker.sh && test -z "${SLIPWAY_URL:-}"' } ]
            """;

        (await Deliver(client, "1.0.0", folder.In("build"), Definition(1))).State.ShouldBe(PromotionStateView.Succeeded);
        // The lane hears of the promotion's end a moment after it.
        await Until.True(async () => (await client.Lane(Service, "prod", Cancel)).Version == "1.0.0", "the lane has 1.0.0");
        var lane = await client.Lane(Service, "prod", Cancel);
        (lane.Worker, lane.Url, lane.Port, lane.HealthyInstances).ShouldBe((true, null, null, 4));
        (await Instances(client)).ShouldAllBe(instance => instance.Worker && instance.Port == null && instance.State == "healthy");
        (await platform.Run("status", Service)).Out.ShouldContain("no traffic: a worker");
        (await platform.Run("instance", "list", Service)).Out.ShouldContain("no traffic");
        var (exitCode, _, error) = await platform.Run("load", Service, "--env", "prod", "--rps", "1", "--for", "1s");
        (exitCode, error.Contains("mailer is a worker in prod", StringComparison.Ordinal)).ShouldBe((1, true), error);

        var good = await Deliver(client, "1.1.0", folder.In("build"), Definition(1));
        good.State.ShouldBe(PromotionStateView.Succeeded, good.Reason);
        var rollout = await client.Rollout(good.Id, Cancel);
        rollout.Worker.ShouldBeTrue();
        rollout.Steps.Select(step => step.Title).ShouldBe(["start 1 instance", "verify: beside", "25 %: 1 of 4", "analyze 3s", "4 of 4", "100 %"]);
        rollout.Verifications.ShouldHaveSingleItem().Detail.ShouldBe("exit status 0");
        rollout.Steps[3].Note.ShouldNotBeNull().ShouldStartWith("failures: canary 10");
        rollout.Analysis!.Guarantee.ShouldBe("estimated");
        await Until.True(async () => (await Instances(client)) is { Count: 4 } all && all.All(instance => instance is { Version: "1.1.0", State: "healthy" }), "four of 1.1.0 alone");

        var bad = await Deliver(client, "1.2.0", folder.In("build"), Definition(6));
        bad.State.ShouldBe(PromotionStateView.RolledBack, bad.Reason);
        bad.Reason.ShouldStartWith("failures: canary 60");
        await Until.True(async () => (await client.Lane(Service, "prod", Cancel)).Version == "1.1.0", "the lane has 1.1.0 again");
        await Until.True(async () => (await Instances(client)) is { Count: 4 } all && all.All(instance => instance is { Version: "1.1.0", State: "healthy" }), "four of 1.1.0 again");
        (await client.Rollout(bad.Id, Cancel)).Weights.ShouldContain(weight => weight.Version == "1.2.0" && weight.Weight == 0);
    }

    private static async Task<PromotionView> Deliver(SlipwayClient client, string version, string build, string definition)
    {
        await using var packed = Slipway.Cli.Artifacts.PackedArtifact.Of(Slipway.Cli.Terminal.Shell.OfThisProcess(), build, Cancel);
        await client.CreateRelease(Service, new ReleaseUpload { Version = version, Definition = definition, DefinitionFile = "slipway.yaml", OpenArtifact = packed.Open }, Cancel);
        return await client.Ended((await client.StartPromotion(new StartPromotion { Service = Service, Environment = "prod", Version = version }, Cancel)).Id);
    }

    private static async Task<IReadOnlyList<InstanceView>> Instances(SlipwayClient client) => (await client.Instances(Service, "prod", cancel: Cancel)).Items;

    /// <summary>Tells Prometheus what the workers have counted.</summary>
    private sealed class CountsEndpoint : IAsyncDisposable
    {
        private readonly HttpListener listener = new();
        private readonly Task serving;
        private readonly string folder;

        public CountsEndpoint(string folder)
        {
            this.folder = folder;
            using (var free = new TcpListener(IPAddress.Loopback, 0))
            {
                free.Start();
                Address = free.LocalEndpoint.ToString()!;
            }

            listener.Prefixes.Add($"http://{Address}/");
            listener.Start();
            serving = Task.Run(Serve);
        }

        public string Address { get; }

        public async ValueTask DisposeAsync()
        {
            listener.Close();
            await serving;
        }

        private async Task Serve()
        {
            try
            {
                while (true)
                {
                    var context = await listener.GetContextAsync();
                    context.Response.ContentType = "text/plain; version=0.0.4";
                    await using var text = new StreamWriter(context.Response.OutputStream);
                    await text.WriteAsync(Exposition());
                }
            }
            catch (Exception end) when (end is HttpListenerException or ObjectDisposedException)
            {
                // It was closed.
            }
        }

        private string Exposition()
        {
            var lines = new List<string>();
            foreach (var file in Directory.GetFiles(folder, "*.count"))
            {
                var numbers = File.ReadAllText(file).Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture)).ToArray();
                var name = Path.GetFileNameWithoutExtension(file);
                var labels = $"{{version=\"{name[..name.IndexOf('-', StringComparison.Ordinal)]}\",instance_id=\"{name}\"}}";
                lines.Add($"jobs_total{labels} {numbers[0]}");
                lines.Add($"jobs_failed_total{labels} {numbers[1]}");
            }

            return string.Concat(lines.Select(line => line + "\n"));
        }
    }
}
