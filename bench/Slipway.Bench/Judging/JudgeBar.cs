using Slipway.Core.Analysis;
using Slipway.Core.Rollouts;

namespace Slipway.Bench.Judging;

/// <summary>
/// The judge on simulated hours: 100 requests a second, 5 % on the canary, 2 % bad, bins of one second, α = 1 %. False alarms without a regression and the median time to find
/// one (unconditional: a run without an alarm counts as longer than all).
/// </summary>
public sealed class JudgeBar : IBenchmark
{
    private const int Hour = 3600;
    private const int QuietRuns = 4000;
    private const int EffectRuns = 1000;
    private const int QuietRunsWithHistograms = 1000;
    private const int EffectRunsWithHistograms = 300;

    private enum Shape { Steady, Swing, Bursts }

    public string Name => "judge";
    public string Summary => "false alarms per hour and time to detect on simulated hours";

    public Task<Outcome> RunAsync(CancellationToken cancel)
    {
        var figures = new List<Figure>();
        var goals = new List<Goal>();
        foreach (var (shape, label) in new[] { (Shape.Steady, "steady"), (Shape.Swing, "both arms swinging ±50 %"), (Shape.Bursts, "bursts of 5, randomised") })
        {
            Add(figures, goals, new($"false alarms per hour, {label}", FalseAlarms(Times(QuietRuns, seed => OneCheck(seed, shape, 1, 0), cancel)), "%"), 1);
        }

        foreach (var (factor, onset, seconds) in new[] { (1.5, 0, 720.0), (2, 0, 210), (5, 0, 25), (2, 1800, 390) })
        {
            var label = onset == 0 ? $"×{factor}" : $"×{factor} from minute 30";
            Add(figures, goals, new($"{label} found after", Median(Times(EffectRuns, seed => OneCheck(seed, Shape.Steady, factor, onset), cancel)), "s"), seconds);
        }

        var quiet = Times(QuietRunsWithHistograms, seed => FourTests(seed, 0, 1, 0, 1, 1), cancel);
        Add(figures, goals, new("false alarms per hour, four tests", FalseAlarms(quiet), "%"), 1);
        Add(figures, goals, Found("four tests, errors ×2", 0, 1, 0, 1, 2, cancel), 300);
        Add(figures, goals, Found("four tests, errors ×5", 0, 1, 0, 1, 5, cancel), 40);
        Add(figures, goals, Found("four tests, all latencies ×1.25", 0, 1.25, 0, 1, 1, cancel), 240);
        Add(figures, goals, Found("four tests, 2 % of requests ×5 slower", 0, 1, 0.02, 5, 1, cancel), 300);

        // What the default margin costs, and whether a healthy version passes, is told without a goal.
        figures.Add(Found("four tests, errors ×2, tolerate 10 %", 0.1, 1, 0, 1, 2, cancel));
        figures.Add(Found("four tests, all latencies ×1.25, tolerate 10 %", 0.1, 1.25, 0, 1, 1, cancel));
        foreach (var (rate, latency) in new[] { (0.0, false), (0.0, true), (Traffic.BadRate, true) })
        {
            var label = $"{(latency ? "four tests" : "errors alone")}, an equal version with {rate * 100:0} % errors passes after";
            figures.Add(new(label, Median(Times(EffectRunsWithHistograms, seed => Passes(seed, rate, latency), cancel)), "s"));
        }

        return Task.FromResult(new Outcome(figures, goals));
    }

    private static void Add(List<Figure> figures, List<Goal> goals, Figure figure, double atMost)
    {
        figures.Add(figure);
        goals.Add(Goal.Most(figure, atMost));
    }

    private static Figure Found(string name, double tolerate, double slow, double tailShare, double tailFactor, double badFactor, CancellationToken cancel) =>
        new($"{name} found after", Median(Times(EffectRunsWithHistograms, seed => FourTests(seed, tolerate, slow, tailShare, tailFactor, badFactor), cancel)), "s");

    private static double[] Times(int runs, Func<int, double> run, CancellationToken cancel)
    {
        var times = new double[runs];
        Parallel.For(0, runs, new ParallelOptions { CancellationToken = cancel, MaxDegreeOfParallelism = Environment.ProcessorCount }, i => times[i] = run(1000 + i));
        return times;
    }

    private static double FalseAlarms(double[] times) => 100.0 * times.Count(double.IsFinite) / times.Length;

    // Runs that alarmed before the onset are left out (NaN).
    private static double Median(double[] times)
    {
        double[] sorted = [.. times.Where(time => !double.IsNaN(time)).Order()];
        return sorted.Length == 0 ? double.PositiveInfinity : sorted[sorted.Length / 2];
    }

    private static double OneCheck(int seed, Shape shape, double factor, int onset)
    {
        var random = new Random(seed);
        var test = new SequentialTest(0.01);
        for (var second = 0; second < Hour; second++)
        {
            var rate = Traffic.BadRate * (shape == Shape.Swing ? 1 + (0.5 * Math.Sin(2 * Math.PI * second / 1800)) : 1);
            var (canary, stable) = shape == Shape.Bursts ? Bursts(random, rate) :
                (Draw.Poisson(random, Traffic.Requests * Traffic.Share * rate * (second >= onset ? factor : 1)), Draw.Poisson(random, Traffic.Requests * (1 - Traffic.Share) * rate));

            // Good requests do not enter the test; each arm has its mean number of them.
            test.Fold(new(second, Traffic.Share, canary + 5, canary, stable + 95, stable));
            if (test.FailedAt is not null)
            {
                return second < onset ? double.NaN : second + 1 - onset;
            }
        }

        return double.PositiveInfinity;
    }

    private static (int Canary, int Stable) Bursts(Random random, double rate)
    {
        const int Size = 5;
        int canary = 0, all = Size * Draw.Poisson(random, Traffic.Requests * rate / Size);
        for (var i = 0; i < all; i++)
        {
            canary += random.NextDouble() < Traffic.Share ? 1 : 0;
        }

        return (canary, all - canary);
    }

    private static double FourTests(int seed, double tolerate, double slow, double tailShare, double tailFactor, double badFactor)
    {
        var traffic = new Traffic(seed, slow, tailShare, tailFactor, badFactor);
        var analysis = new RunningAnalysis(Settings(tolerate));
        for (var second = 0; second < Hour; second++)
        {
            analysis.Observe(traffic.Second(second));
            analysis.Complete(second + 1);
            if (analysis.HasFailed)
            {
                return second + 1;
            }
        }

        return double.PositiveInfinity;
    }

    // Five requests a second on the canary, the default margins.
    private static double Passes(int seed, double badRate, bool latency)
    {
        var traffic = new Traffic(seed, 1, 0, 1, 1, badRate);
        var settings = Settings(0.1);
        var analysis = new RunningAnalysis(latency ? settings : settings with { Checks = [settings.Checks[0]] });
        for (var second = 0; second < Hour; second++)
        {
            analysis.Observe(traffic.Second(second));
            analysis.Complete(second + 1);
            if (second % 10 == 9 && analysis.Result().Verdict == Verdict.Passed)
            {
                return second + 1;
            }
        }

        return double.PositiveInfinity;
    }

    private static AnalysisSettings Settings(double tolerate) => new()
    {
        Checks = [new CheckSpec { Kind = CheckKind.Errors }, new CheckSpec { Kind = CheckKind.Latency }],
        Tolerate = tolerate,
        TolerateAbsolute = tolerate > 0 ? 0.001 : 0,
    };
}
