using Slipway.Client.Api;
using Slipway.Core.Analysis;
using Slipway.Core.Rollouts;
using Slipway.Core.Traffic;
using Slipway.Engine.Analysis;
using Slipway.Engine.Ports;

namespace Slipway.Server.Rollouts;

/// <summary>A rollout's judgement over time, from the rows that were kept.</summary>
internal sealed class AnalysisViews(IStore store)
{
    private const int MostPoints = 600;

    public async Task<AnalysisView> OfAsync(RolloutState rollout, CancellationToken cancel)
    {
        var rows = JudgeDesk.ReadingsOf(await store.ReadBinsAsync(rollout.Id, 0, cancel)).ToList();
        var seconds = rows.GroupBy(r => r.Second.Second).OrderBy(g => g.Key).ToList();
        var evidence = rollout.TrafficSince is { } since
            ? JudgeDesk.Replay(AskJudge.About(rollout, since), rows).GroupBy(bin => bin.Second).ToDictionary(bins => bins.Key, bins => ErrorsOf(bins.Last()))
            : [];
        var step = Math.Max(1, (int)Math.Ceiling(seconds.Count / (double)MostPoints));
        return new AnalysisView
        {
            Rollout = rollout.Id,
            Latest = rollout.Analysis is { } answer ? RolloutViews.SummaryOf(answer) : null,
            Points = [.. seconds.Chunk(step).Select(chunk => PointOf(rollout, chunk[0].Key, step, [.. chunk.SelectMany(c => c)]) with
            {
                LogEvidence = chunk.Select(second => evidence.GetValueOrDefault(second.Key)).LastOrDefault(known => known is not null),
            })],
        };
    }

    private static AnalysisPoint PointOf(RolloutState rollout, long second, int step, IReadOnlyList<(Engine.Traffic.TrafficSource Source, TrafficSecond Second)> readings)
    {
        var canary = readings.Where(r => r.Source.VersionSet == rollout.Inputs.Revision.Id).ToList();
        var stable = readings.Where(r => r.Source.VersionSet != rollout.Inputs.Revision.Id).ToList();
        return new AnalysisPoint
        {
            At = DateTimeOffset.FromUnixTimeSeconds(second),
            Seconds = step,
            CanaryWeight = canary.Count > 0 ? canary.Max(c => c.Source.Weight) : 0,
            CanaryRequests = canary.Sum(Units),
            CanaryErrors = canary.Sum(Bad),
            StableRequests = stable.Sum(Units),
            StableErrors = stable.Sum(Bad),
            CanaryP95 = Quantile(canary, 0.95),
            StableP95 = Quantile(stable, 0.95),
            CanaryP99 = Quantile(canary, 0.99),
            StableP99 = Quantile(stable, 0.99),
        };
    }

    /// <summary>Null until the second has canary traffic behind it.</summary>
    private static double? ErrorsOf(AnalysisBin bin) =>
        bin.Tests.FirstOrDefault(test => test.Test == "errors") is { } errors && double.IsFinite(errors.Log10Evidence) ? errors.Log10Evidence : null;

    private static long Units((Engine.Traffic.TrafficSource Source, TrafficSecond Second) r) => r.Second.Started - r.Second.ClientGone;

    private static long Bad((Engine.Traffic.TrafficSource Source, TrafficSecond Second) r) => r.Second.Errors5xx + r.Second.ConnectFailures + r.Second.TimedOut;

    /// <summary>Milliseconds; null without finished requests.</summary>
    private static double? Quantile(IEnumerable<(Engine.Traffic.TrafficSource Source, TrafficSecond Second)> readings, double q)
    {
        var counts = new SortedDictionary<long, long>();
        foreach (var pairs in readings.Select(r => r.Second.Latency))
        {
            for (var i = 0; i + 1 < pairs.Count; i += 2)
            {
                counts[pairs[i]] = counts.GetValueOrDefault(pairs[i]) + pairs[i + 1];
            }
        }

        var rank = Math.Ceiling(q * counts.Values.Sum());
        foreach (var (bucket, count) in counts)
        {
            rank -= count;
            if (rank <= 0)
            {
                return LatencyScale.UpperMicros(bucket) / 1000;
            }
        }

        return null;
    }
}
