using Slipway.Core.Analysis;
using Slipway.Core.Analysis.MannWhitney;

namespace Slipway.Bench.Judging;

/// <summary>A way to judge an hour of errors.</summary>
/// <param name="AlarmAt">The second of the alarm; infinite: none.</param>
internal sealed record HourJudge(string Name, Func<SimulatedHour, double> AlarmAt);

/// <summary>Slipway's judge, and what is in use elsewhere.</summary>
internal static class HourJudges
{
    private const int MinutesBetweenLooks = 5;
    private const double TooBad = 0.04;
    private const int FailureLimit = 1;
    private const int Windows = 6;
    private static readonly double OneInTwenty = -NormalQuantile.At(0.05);

    /// <summary>Errors alone, <c>tolerate: 0</c>, one false alarm in a hundred.</summary>
    public static HourJudge Slipway { get; } = new("Slipway", hour =>
    {
        var test = new SequentialTest(0.01);
        for (var second = 0; second < SimulatedHour.Seconds; second++)
        {
            // Good requests do not enter the test; each arm has its mean number of them.
            int canary = hour.CanaryBad[second], stable = hour.StableBad[second];
            test.Fold(new(second, Traffic.Share, canary + 5, canary, stable + 95, stable));
            if (test.FailedAt is not null)
            {
                return second + 1;
            }
        }

        return double.PositiveInfinity;
    });

    public static IReadOnlyList<HourJudge> Peers { get; } =
    [
        new("Kayenta's way, stable as control", hour => Kayenta(hour, hour.Stable)),
        new("Kayenta's way, equal-sized baseline", hour => Kayenta(hour, hour.Baseline)),
        new("threshold > 4 %, 1 min, failure limit 1", Threshold),
        new("Mann-Whitney 5 %, six windows, one metric", hour => FreshWindows([hour])),
        new("Mann-Whitney 5 %, six windows, three metrics", hour => FreshWindows([hour, hour.Unrelated(1), hour.Unrelated(2)])),
    ];

    // Every five minutes, on all minutes so far, with Kayenta's settings. One metric: it is the whole score.
    private static double Kayenta(SimulatedHour hour, MinuteCounts control)
    {
        var settings = new MannWhitneySettings();
        for (var minutes = MinutesBetweenLooks; minutes <= SimulatedHour.Minutes; minutes += MinutesBetweenLooks)
        {
            var metric = new MannWhitneyMetric
            {
                Name = "errors",
                Canary = new ArraySegment<double>(hour.Canary.Percent, 0, minutes),
                Stable = new ArraySegment<double>(control.Percent, 0, minutes),
                Direction = MetricDirection.Increase,
            };
            if (MannWhitneyJudge.Judge(settings, [metric]).Verdict == Verdict.Failed)
            {
                return minutes * 60;
            }
        }

        return double.PositiveInfinity;
    }

    // The limit is twice the true rate: whoever sets it here knows that rate.
    private static double Threshold(SimulatedHour hour)
    {
        var failures = 0;
        for (var minute = 0; minute < SimulatedHour.Minutes; minute++)
        {
            failures += hour.Canary.Bad[minute] > TooBad * hour.Canary.Requests[minute] ? 1 : 0;
            if (failures > FailureLimit)
            {
                return (minute + 1) * 60;
            }
        }

        return double.PositiveInfinity;
    }

    // A test made for one look, on ten fresh minutes each time: any metric that looks higher in any window is an alarm.
    private static double FreshWindows(IReadOnlyList<SimulatedHour> metrics)
    {
        const int Length = SimulatedHour.Minutes / Windows;
        for (var start = 0; start < SimulatedHour.Minutes; start += Length)
        {
            foreach (var metric in metrics)
            {
                var test = new RankTest(new ArraySegment<double>(metric.Canary.Percent, start, Length), new ArraySegment<double>(metric.Baseline.Percent, start, Length));
                if (test.Statistic() >= OneInTwenty)
                {
                    return (start + Length) * 60;
                }
            }
        }

        return double.PositiveInfinity;
    }
}
