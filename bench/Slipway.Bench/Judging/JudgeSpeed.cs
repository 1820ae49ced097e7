using System.Diagnostics;
using Slipway.Core.Analysis;
using Slipway.Core.Rollouts;

namespace Slipway.Bench.Judging;

/// <summary>How many bins a second one core judges, and what a running analysis holds after long runs.</summary>
public sealed class JudgeSpeed : IBenchmark
{
    private const int Bins = 4_000_000;
    private const int Analyses = 20;
    private const int HoursHeld = 24;

    public string Name => "judge-speed";
    public string Summary => "bins judged per second on one core; bytes per running analysis after a day";

    public Task<Outcome> RunAsync(CancellationToken cancel)
    {
        var known = new Figure("bins per second, weights known", Judged(Series(0.05, knownShare: true), cancel), "bins/s");
        var own = new Figure("bins per second, every share different", Judged(Series(0.05, knownShare: false), cancel), "bins/s");
        var all = new Figure("seconds per second, four tests with histograms", SecondsWithHistograms(cancel), "seconds/s");
        var held = new Figure($"bytes per analysis after {HoursHeld} h", BytesHeld(hanging: false, cancel), "bytes");
        var heldHanging = new Figure("bytes per analysis, every second open, shares changing", BytesHeld(hanging: true, cancel), "bytes");
        return Task.FromResult(new Outcome(
            [known, own, all, held, heldHanging],
            [Goal.Least(known, 1_000_000), Goal.Least(own, 1_000_000), Goal.Most(held, 65536), Goal.Most(heldHanging, 65536)]));
    }

    // 100 requests a second with 2 % bad: most bins hold bad units, some do not.
    private static Bin[] Series(double share, bool knownShare)
    {
        var random = new Random(1);
        var bins = new Bin[100_000];
        for (var i = 0; i < bins.Length; i++)
        {
            double c = Draw.Poisson(random, 100 * share), s = Draw.Poisson(random, 100 * (1 - share));
            double cBad = Math.Min(c, Draw.Poisson(random, 2 * share)), sBad = Math.Min(s, Draw.Poisson(random, 2 * (1 - share)));
            bins[i] = knownShare ? new(i, share, c, cBad, s, sBad) : new(i, share + (1e-9 * i), c, cBad, s, sBad);
        }

        return bins;
    }

    private static double Judged(Bin[] bins, CancellationToken cancel)
    {
        double best = 0;
        for (var round = 0; round < 4; round++)
        {
            cancel.ThrowIfCancellationRequested();
            var test = new SequentialTest(0.01, 4, 0.1, 0.001);
            var likelihood = new RatioLikelihood();
            var folded = 0;
            var watch = Stopwatch.StartNew();
            for (; folded < Bins / 4; folded++)
            {
                var bin = bins[folded % bins.Length] with { Second = folded };
                if (test.Fold(bin) is { } refusal)
                {
                    throw new InvalidOperationException(refusal);
                }

                // The interval of a source without known weights is computed from stored bins when it is asked for.
                if (bin.Share == 0.05)
                {
                    likelihood.Add(bin.Share, bin.CanaryBad, bin.StableBad);
                }
            }

            best = Math.Max(best, folded / watch.Elapsed.TotalSeconds);
        }

        return best;
    }

    private static double SecondsWithHistograms(CancellationToken cancel)
    {
        var traffic = new Traffic(7, slow: 1, tailShare: 0, tailFactor: 1, badFactor: 1);
        var seconds = Enumerable.Range(0, 3600).Select(i => traffic.Second(i)).ToArray();
        double best = 0;
        for (var round = 0; round < 3; round++)
        {
            cancel.ThrowIfCancellationRequested();
            var analysis = new RunningAnalysis(Settings());
            var watch = Stopwatch.StartNew();
            foreach (var second in seconds)
            {
                analysis.Observe(second);
                analysis.Complete(second.Second + 1);
            }

            best = Math.Max(best, seconds.Length / watch.Elapsed.TotalSeconds);
        }

        return best;
    }

    private static AnalysisSettings Settings() => new()
    {
        Checks = [new CheckSpec { Kind = CheckKind.Errors }, new CheckSpec { Kind = CheckKind.Latency }],
    };

    private static double BytesHeld(bool hanging, CancellationToken cancel)
    {
        var traffic = new Traffic(7, slow: 1, tailShare: 0, tailFactor: 1, badFactor: 1);
        var seconds = Enumerable.Range(0, 600).Select(i => traffic.Second(i)).ToArray();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var analyses = new RunningAnalysis[Analyses];
        for (var a = 0; a < Analyses; a++)
        {
            cancel.ThrowIfCancellationRequested();
            var analysis = analyses[a] = new(Settings() with { RequestTimeout = TimeSpan.FromMinutes(2) });
            for (var i = 0; i < HoursHeld * (hanging ? 150 : 3600); i++)
            {
                var second = seconds[i % seconds.Length] with { Second = i };
                analysis.Observe(hanging
                    ? second with { Share = 0.05 + (1e-6 * i), Canary = second.Canary with { Open = 1, Units = second.Canary.Units + 1 } }
                    : second);
                analysis.Complete(i + 1);
            }
        }

        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Analyses;
        GC.KeepAlive(analyses);
        GC.KeepAlive(seconds);
        return bytes;
    }
}
