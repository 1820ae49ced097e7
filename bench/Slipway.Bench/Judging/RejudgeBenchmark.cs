using Slipway.Engine.Targets;
using Slipway.Core.Kernel;
using Slipway.Core.Rollouts;
using Slipway.Core.Traffic;
using Slipway.Engine.Analysis;
using Slipway.Engine.Ports;
using Slipway.Engine.Traffic;
using Slipway.Storage.Sqlite;

namespace Slipway.Bench.Judging;

/// <summary>How long it takes to judge an hour's canary again from its rows, and to draw how it was judged: errors and latency, 100 requests a second, a look each second.</summary>
public sealed class RejudgeBenchmark : IBenchmark
{
    private const int Seconds = 3600, Rounds = 9, Requests = 100, CanaryShare = 5;
    private const string Stable = "shop/prod/1", Canary = "shop/prod/2";
    private static readonly DateTimeOffset Since = DateTimeOffset.FromUnixTimeSeconds(1_000_000);

    private static readonly AskJudge Asked = new()
    {
        Rollout = "shop-prod-2",
        Lane = new LaneId("shop", "prod"),
        Spec = new RolloutSpec { Strategy = RolloutStrategy.Canary, Checks = [new() { Kind = CheckKind.Errors }, new() { Kind = CheckKind.Latency }] },
        VersionSet = Canary,
        StableVersionSet = Stable,
        Since = Since,
        RequestTimeout = TimeSpan.FromSeconds(10),
    };

    public string Name => "rejudge";
    public string Summary => "an hour's canary judged again from its rows, and drawn";

    public async Task<Outcome> RunAsync(CancellationToken cancel)
    {
        var rows = await RowsAsync(cancel);
        var judged = new Figure("judged again, median of the processor", Milliseconds(() => JudgeDesk.ReplayResult(Asked, rows)), "ms");
        return new Outcome(
            [new("rows", rows.Count, ""), judged, new("judged again and drawn, median of the processor", Milliseconds(() => JudgeDesk.Replay(Asked, rows)), "ms")],
            [Goal.Most(judged, 200)]);
    }

    /// <summary>Of the processor, collection of garbage and compilation included: what else the machine runs counts little.</summary>
    private static double Milliseconds(Action work)
    {
        List<double> took = [];
        for (var round = 0; round < Rounds; round++)
        {
            var before = Processor();
            work();
            took.Add((Processor() - before).TotalMilliseconds);
        }

        return took.Order().ElementAt(Rounds / 2);
    }

    private static TimeSpan Processor() => Environment.CpuUsage.TotalTime;

    /// <summary>Those that the judge itself keeps, on a disk of memory.</summary>
    private static async Task<IReadOnlyList<BinRow>> RowsAsync(CancellationToken cancel)
    {
        var folder = Directory.CreateDirectory($"/dev/shm/slipway-bench-{Environment.ProcessId}");
        try
        {
            await using var store = await SqliteStore.OpenAsync(Path.Combine(folder.FullName, "store.db"), TimeProvider.System);
            var (traffic, random) = (new TrafficIntake(), new Random(7));
            var desk = new JudgeDesk(store, traffic, new AgentRegistry(), new Measurer(store, new NoSource()));
            for (var second = -60; second < Seconds; second++)
            {
                TrafficReading[] readings = second < 0
                    ? [Reading(random, Stable, Arm.Stable, 100, second)]
                    : [Reading(random, Stable, Arm.Stable, 100 - CanaryShare, second), Reading(random, Canary, Arm.Canary, CanaryShare, second)];
                await traffic.ReportAsync("host", readings, Since.AddSeconds(second + 1), cancel);
                if (second >= 0)
                {
                    await desk.AskAsync(Asked, cancel);
                }
            }

            return await store.ReadBinsAsync(Asked.Rollout, 0, cancel);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static TrafficReading Reading(Random random, string versionSet, Arm arm, int weight, int second)
    {
        var requests = Draw.Poisson(random, Requests * weight / 100.0);
        var latencies = Enumerable.Range(0, requests).GroupBy(_ => (long)(80 + random.Next(40))).OrderBy(bucket => bucket.Key).SelectMany(bucket => new long[] { bucket.Key, bucket.Count() });
        return new()
        {
            Lane = Asked.Lane,
            Agent = "host",
            Incarnation = "1",
            Generation = second < 0 ? 1 : 2,
            VersionSet = versionSet,
            Version = versionSet == Canary ? "2" : "1",
            Arm = arm,
            Weight = weight,
            Seconds = [new TrafficSecond(Since.ToUnixTimeSeconds() + second, requests, requests, Math.Min(requests, Draw.Poisson(random, requests * 0.02)), 0, 0, 0, [.. latencies], [])],
        };
    }

    private sealed class NoSource : IMetricSource
    {
        public Task<MetricAnswer> AskAsync(MetricQuestion question, CancellationToken cancel) => throw new NotSupportedException("Nothing is measured here.");
    }
}
