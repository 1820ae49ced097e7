using Slipway.Core.Analysis;

namespace Slipway.Bench.Judging;

/// <summary>
/// 100 requests a second, 5 % to the canary, 2 % bad; latency log-normal with median 50 ms and p99 202 ms, counted in buckets 4 % wide. Every request ends in its second.
/// </summary>
/// <param name="slow">All latencies of the canary times this.</param>
/// <param name="tailShare">Of this part of the canary's requests the latency is multiplied by <paramref name="tailFactor"/>.</param>
/// <param name="badFactor">The canary's bad rate over stable's.</param>
/// <param name="badRate">Stable's bad rate.</param>
internal sealed class Traffic(int seed, double slow, double tailShare, double tailFactor, double badFactor, double badRate = Traffic.BadRate)
{
    public const double Requests = 100, Share = 0.05, BadRate = 0.02;
    private const double MedianMicros = 50_000, Sigma = 0.6, Growth = 1.04;
    private readonly Random random = new(seed);

    public ObservedSecond Second(long second) =>
        new(second, 1, Share, Arm(Requests * Share, badRate * badFactor, isCanary: true), Arm(Requests * (1 - Share), badRate, isCanary: false));

    private ArmSecond Arm(double mean, double rate, bool isCanary)
    {
        var units = Draw.Poisson(random, mean);
        var bad = 0;
        var buckets = new Dictionary<int, long>();
        for (var i = 0; i < units; i++)
        {
            bad += random.NextDouble() < rate ? 1 : 0;
            var micros = MedianMicros * Math.Exp(Sigma * Draw.Normal(random));
            if (isCanary)
            {
                micros *= slow * (tailShare > 0 && random.NextDouble() < tailShare ? tailFactor : 1);
            }

            var bucket = (int)Math.Ceiling(Math.Log(micros / 10) / Math.Log(Growth));
            buckets[bucket] = buckets.GetValueOrDefault(bucket) + 1;
        }

        return new() { Units = units, Bad = bad, Finished = [.. buckets.Select(pair => new LatencyCount(10 * Math.Pow(Growth, pair.Key), pair.Value))] };
    }
}
