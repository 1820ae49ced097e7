using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Slipway.Bench.Platform;
using Slipway.Client.Api;
using Slipway.Client.Artifacts;
using Slipway.Client.Http;

namespace Slipway.Bench.Rolling;

/// <summary>
/// A release of 1 MB over ten agents on this machine, one instance each, one at a time, health-checked, while all ten routers get requests; beside the same ten exchanges by scp and ssh, one host after
/// the other, which wait for the new program's answer and then end the old one. Those have no router: nobody asks whether a request fails meanwhile.
/// </summary>
public sealed class RollingBenchmark : IBenchmark
{
    private const string Service = "shop", Environment = "prod";
    private const int Agents = 10, Rounds = 5, RequestsPerSecond = 200;

    /// <summary>
    /// Rollouts before those that count: the agents and routers of ten hosts have just been started on the processors of one, and for about a minute a quarter of those is taken by the runtime, which compiles
    /// in each of the twenty processes what that calls most.
    /// </summary>
    private const int Before = 12;

    private const string Program = "require('node:http').createServer((_, response) => response.end(process.env.SLIPWAY_VERSION ?? '')).listen(process.env.PORT, process.env.HOST);\n";

    private static readonly string Definition = $$"""
        service: {{Service}}
        run: { command: node server.js, instances: {{Agents}}, health: { interval: 50ms, healthyAfter: 1 }, drain: 5s }
        rollout: { strategy: rolling, batch: 1, surge: 1, checks: [errors] }
        """;

    public string Name => "rolling";
    public string Summary => "a 1 MB release over 10 agents on loopback, one at a time, under load; beside the same by ssh";

    public async Task<Outcome> RunAsync(CancellationToken cancel)
    {
        await using var hosts = await TenAgents.StartAsync(Agents, cancel);
        using var client = hosts.Up.Client();
        await client.AddService(new AddService { Name = Service }, cancel);
        await ReleaseAsync(hosts.Up, client, "1.0.0", cancel);
        await DeliverAsync(client, "1.0.0", cancel);

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var load = new RouterLoad(hosts.RouterPorts, $"{Service}.{Environment}.localhost", RequestsPerSecond);
        var sending = load.RunAsync(enough.Token);
        List<double> all = [];
        for (var round = 2; round <= Before + Rounds + 1; round++)
        {
            await ReleaseAsync(hosts.Up, client, $"{round}.0.0", cancel);
            all.Add(await DeliverAsync(client, $"{round}.0.0", cancel));
        }

        var rolled = all[Before..];

        await enough.CancelAsync();
        await sending;
        await using var ssh = await SshHosts.StartAsync(Path.Combine(hosts.Up.Home, "ssh"), Agents, Program, cancel);
        List<double> byHand = [];
        for (var round = 0; round < Rounds; round++)
        {
            byHand.Add(await ssh.ExchangeAsync(Path.Combine(hosts.Up.Home, $"{round + 1}.0.0.tar.gz"), cancel));
        }

        var took = new Figure("promoted to succeeded, median", Median(rolled), "s");
        var failed = new Figure("failed requests", load.Failed, "");
        return new Outcome(
            [
                took, new("promoted to succeeded, longest", rolled.Max(), "s"), new("the first after the agents' start", all[0], "s"), new("the fourth to the sixth, median", Median(all[3..6]), "s"), failed, new("requests", load.Sent, ""), new("versions that answered", load.Versions.Count, ""),
                new("by scp and ssh, median", Median(byHand), "s"), new("over ssh's", took.Value / Median(byHand), "ratio"),
            ],
            [Goal.Most(took, 3), Goal.Most(failed, 0)]);
    }

    private static async Task<double> DeliverAsync(SlipwayClient client, string version, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var promotion = await client.StartPromotion(new StartPromotion { Service = Service, Environment = Environment, Version = version }, cancel);
        while (await client.Promotion(promotion.Id, cancel) is var now)
        {
            if (now.EndedAt is not null)
            {
                return now.State == PromotionStateView.Succeeded ? watch.Elapsed.TotalSeconds : throw new InvalidOperationException($"{promotion.Id} ended as {now.State}: {now.Reason}");
            }

            await Task.Delay(20, cancel);
        }

        throw new InvalidOperationException("It is not there.");
    }

    private static async Task ReleaseAsync(UpProcess up, SlipwayClient client, string version, CancellationToken cancel)
    {
        var folder = Directory.CreateDirectory(Path.Combine(up.Home, version)).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "server.js"), Program, cancel);

        // Nothing that a compressor could make smaller.
        await File.WriteAllBytesAsync(Path.Combine(folder, "data"), RandomNumberGenerator.GetBytes(1024 * 1024), cancel);
        var packed = Path.Combine(up.Home, $"{version}.tar.gz");
        await using (var file = File.Create(packed))
        {
            ArtifactPacker.Pack(folder, file, cancellation: cancel);
        }

        await client.CreateRelease(Service, new ReleaseUpload { Version = version, Definition = Definition, DefinitionFile = "slipway.yaml", OpenArtifact = () => File.OpenRead(packed) }, cancel);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    internal static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
