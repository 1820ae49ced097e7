namespace Slipway.Bench.Judging;

/// <summary>Slipway's judge and its peers on the same simulated hours, errors alone.</summary>
internal static class PeerTable
{
    private const int QuietRuns = 4000;
    private const int EffectRuns = 1000;
    private const string Late = "×2 from minute 30";

    private static readonly (string Column, string Figure, Scenario Scenario)[] Quiet =
    [
        ("steady", "steady", new(Shape.Steady)),
        ("swinging", "both arms swinging ±50 %", new(Shape.Swing)),
        ("bursts of 5", "bursts of 5, randomised", new(Shape.Bursts)),
    ];

    private static readonly (string Column, Scenario Scenario)[] Effects =
        [("×1.5", new(Shape.Steady, 1.5)), ("×2", new(Shape.Steady, 2)), ("×5", new(Shape.Steady, 5)), (Late, new(Shape.Steady, 2, 1800))];

    /// <summary>The first row is Slipway's; its figures have no other name than what they are.</summary>
    public static Comparison Measure(CancellationToken cancel)
    {
        HourJudge[] judges = [HourJudges.Slipway, .. HourJudges.Peers];
        var figures = judges.Select(_ => new List<Figure>()).ToArray();
        string Named(int judge, string figure) => judge == 0 ? figure : $"{judges[judge].Name}: {figure}";
        foreach (var (_, label, scenario) in Quiet)
        {
            var times = Times(judges, QuietRuns, scenario, cancel);
            for (var j = 0; j < judges.Length; j++)
            {
                figures[j].Add(new(Named(j, $"false alarms per hour, {label}"), Alarms.Share(times[j]), "%"));
            }
        }

        foreach (var (label, scenario) in Effects)
        {
            var times = Times(judges, EffectRuns, scenario, cancel);
            for (var j = 0; j < judges.Length; j++)
            {
                figures[j].Add(new(Named(j, $"{label} found after"), Alarms.Median(times[j]), "s"));
                if (label == Late)
                {
                    figures[j].Add(new(Named(j, $"{label} found within the hour"), Alarms.Share(times[j]), "%"));
                }
            }
        }

        return new(
            "errors alone, on the same hours: false alarms per hour, then the median time to find more errors",
            [.. Quiet.Select(column => column.Column), .. Effects.Select(column => column.Column), "found"],
            [.. judges.Select((judge, j) => new ComparedRow(judge.Name, figures[j]))]);
    }

    // By judge; each hour is made once.
    private static double[][] Times(HourJudge[] judges, int runs, Scenario scenario, CancellationToken cancel)
    {
        var byRun = Alarms.Of(runs, seed =>
        {
            var hour = new SimulatedHour(seed, scenario);
            return Array.ConvertAll(judges, judge => SinceOnset(judge.AlarmAt(hour), scenario.Onset));
        }, cancel);
        return [.. judges.Select((_, j) => Array.ConvertAll(byRun, times => times[j]))];
    }

    // Runs that alarmed before the onset are left out.
    private static double SinceOnset(double time, int onset) => onset > 0 && time <= onset ? double.NaN : time - onset;
}
