using System.Diagnostics;
using System.Globalization;
using Slipway.Client.Api;
using Slipway.Client.Artifacts;
using Slipway.Client.Http;

namespace Slipway.Bench.Platform;

/// <summary>What Slipway adds to a delivery: from the request to the first health probe that reaches the new program, and from a rollback's command to all traffic on the old version.</summary>
public sealed class OverheadBenchmark : IBenchmark
{
    private const string Service = "probe", Environment = "prod";
    private const int Rounds = 9;

    private const string Program = """
        const { createServer } = require('node:http');
        const { writeFileSync } = require('node:fs');
        createServer((request, response) => {
          // Nobody but the agent's health probe asks before the version has traffic.
          try { writeFileSync(`${process.env.PROBED}-${process.env.SLIPWAY_VERSION}`, String(Date.now()), { flag: 'wx' }); } catch { /* Not the first one. */ }
          response.end('ok');
        }).listen(process.env.PORT, process.env.HOST);
        """;

    public string Name => "overhead";
    public string Summary => "from promote to the first health probe; from rollback to all traffic on the warm old version";

    public async Task<Outcome> RunAsync(CancellationToken cancel)
    {
        await using var up = new UpProcess();
        await up.StartAsync("environments:\n  prod: { promote: manual, traffic: expected }\n", cancel);
        using var client = up.Client();
        await client.AddService(new AddService { Name = Service }, cancel);
        List<double> probes = [], backs = [];
        for (var round = 1; round <= Rounds; round++)
        {
            probes.Add(await ToFirstProbeAsync(up, client, $"{round}.0.0", cancel));
            if (round > 1)
            {
                backs.Add(await ToTheWarmVersionAsync(client, cancel));
            }
        }

        var probe = new Figure("promote to first health probe, median", Median(probes), "ms");
        var back = new Figure("rollback to 100 % on the warm version, median", Median(backs), "ms");
        return new Outcome(
            [probe, new("promote to first health probe, longest", probes.Max(), "ms"), back, new("rollback to 100 % on the warm version, longest", backs.Max(), "ms")],
            [Goal.Most(probe, 1000), Goal.Most(back, 3000)]);
    }

    private static async Task<double> ToFirstProbeAsync(UpProcess up, SlipwayClient client, string version, CancellationToken cancel)
    {
        var probed = Path.Combine(up.Home, "probed");
        await ReleaseAsync(up, client, version, probed, cancel);
        var asked = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var promotion = await client.StartPromotion(new StartPromotion { Service = Service, Environment = Environment, Version = version }, cancel);
        await EndedAsync(client, promotion.Id, cancel);
        return double.Parse(await File.ReadAllTextAsync($"{probed}-{version}", cancel), CultureInfo.InvariantCulture) - asked;
    }

    private static async Task<double> ToTheWarmVersionAsync(SlipwayClient client, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var rollback = await client.StartRollback(new StartRollback { Service = Service, Environment = Environment }, cancel);
        while (!((await client.Promotion(rollback.Id, cancel)).Rollout is { } id && (await client.Rollout(id, cancel)) is { State: RolloutStateView.Succeeded or RolloutStateView.Watching } done
            && done.Weights.Any(weight => weight.Version == rollback.Version && weight.Weight == 100)))
        {
            await Task.Delay(10, cancel);
        }

        var took = watch.Elapsed.TotalMilliseconds;
        await EndedAsync(client, rollback.Id, cancel);
        return took;
    }

    private static async Task ReleaseAsync(UpProcess up, SlipwayClient client, string version, string probed, CancellationToken cancel)
    {
        var folder = Directory.CreateDirectory(Path.Combine(up.Home, version)).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "server.js"), Program, cancel);
        await File.WriteAllTextAsync(Path.Combine(folder, "version.txt"), version, cancel);
        var packed = Path.Combine(up.Home, $"{version}.tar.gz");
        await using (var file = File.Create(packed))
        {
            ArtifactPacker.Pack(folder, file, cancellation: cancel);
        }

        await client.CreateRelease(Service, new ReleaseUpload
        {
            Version = version,
            Definition = $$"""
                service: {{Service}}
                run: { command: node server.js, env: { PROBED: "{{probed}}" }, instances: 1 }
                rollout: { strategy: canary, steps: [ { weight: 50 } ], keepWarm: 10m }
                """,
            DefinitionFile = "slipway.yaml",
            OpenArtifact = () => File.OpenRead(packed),
        }, cancel);
    }

    private static async Task EndedAsync(SlipwayClient client, string promotion, CancellationToken cancel)
    {
        PromotionView view;
        while ((view = await client.Promotion(promotion, cancel)).EndedAt is null)
        {
            await Task.Delay(20, cancel);
        }

        if (view.State != PromotionStateView.Succeeded)
        {
            throw new InvalidOperationException($"{promotion} ended as {view.State}: {view.Reason}");
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
