using Slipway.Core.Analysis;
using Slipway.Core.Rollouts;

namespace Slipway.Bench.Judging;

/// <summary>
/// The judge on simulated hours: 100 requests a second, 5 % on the canary, 2 % bad, bins of one second, α = 1 %. False alarms without a regression and the median time to find
/// one (unconditional: a run without an alarm counts as longer than all); errors alone beside what is in use elsewhere.
/// </summary>
public sealed class JudgeBar : IBenchmark
{
    private const int QuietRuns = 1000;
    private const int EffectRuns = 300;

    public string Name => "judge";
    public string Summary => "false alarms per hour and time to detect on simulated hours, beside other judges";

    public Task<Outcome> RunAsync(CancellationToken cancel)
    {
        var comparison = PeerTable.Measure(cancel);

        // By the table's columns, percent and seconds; the last one, the share that is found, has no goal.
        List<Goal> goals = [.. comparison.Rows[0].Figures.Zip([1.0, 1, 1, 720, 210, 25, 390], Goal.Most)];
        var figures = new List<Figure>();
        void Add(Figure figure, double atMost)
        {
            figures.Add(figure);
            goals.Add(Goal.Most(figure, atMost));
        }

        Add(new("false alarms per hour, four tests", Alarms.Share(Alarms.Of(QuietRuns, seed => FourTests(seed, 0, 1, 0, 1, 1), cancel)), "%"), 1);
        Add(Found("four tests, errors ×2", 0, 1, 0, 1, 2, cancel), 300);
        Add(Found("four tests, errors ×5", 0, 1, 0, 1, 5, cancel), 40);
        Add(Found("four tests, all latencies ×1.25", 0, 1.25, 0, 1, 1, cancel), 240);
        Add(Found("four tests, 2 % of requests ×5 slower", 0, 1, 0.02, 5, 1, cancel), 300);

        // What the default margin costs, and whether a healthy version passes, is told without a goal.
        figures.Add(Found("four tests, errors ×2, tolerate 10 %", 0.1, 1, 0, 1, 2, cancel));
        figures.Add(Found("four tests, all latencies ×1.25, tolerate 10 %", 0.1, 1.25, 0, 1, 1, cancel));
        foreach (var (rate, latency) in new[] { (0.0, false), (0.0, true), (Traffic.BadRate, true) })
        {
            var label = $"{(latency ? "four tests" : "errors alone")}, an equal version with {rate * 100:0} % errors passes after";
            figures.Add(new(label, Alarms.Median(Alarms.Of(EffectRuns, seed => Passes(seed, rate, latency), cancel)), "s"));
        }

        return Task.FromResult(new Outcome(figures, goals) { Comparison = comparison });
    }

    private static Figure Found(string name, double tolerate, double slow, double tailShare, double tailFactor, double badFactor, CancellationToken cancel) =>
        new($"{name} found after", Alarms.Median(Alarms.Of(EffectRuns, seed => FourTests(seed, tolerate, slow, tailShare, tailFactor, badFactor), cancel)), "s");

    private static double FourTests(int seed, double tolerate, double slow, double tailShare, double tailFactor, double badFactor)
    {
        var traffic = new Traffic(seed, slow, tailShare, tailFactor, badFactor);
        var analysis = new RunningAnalysis(Settings(tolerate));
        for (var second = 0; second < SimulatedHour.Seconds; second++)
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
        for (var second = 0; second < SimulatedHour.Seconds; second++)
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
