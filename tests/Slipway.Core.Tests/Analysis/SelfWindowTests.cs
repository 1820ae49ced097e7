using Slipway.Core.Analysis;

namespace Slipway.Core.Tests.Analysis;

public sealed class SelfWindowTests
{
    private const double Alpha = 0.01;

    [Fact]
    public void Over_two_thousand_quiet_hours_there_are_no_more_alarms_than_the_false_alarm_rate_allows()
    {
        // Halves of unlike size, failures that come in waves of both halves at once, and nothing tolerated.
        const int Windows = 2000;
        var alarms = 0;
        for (var run = 0; run < Windows; run++)
        {
            var random = new Random(run);
            var window = new SelfWindow(0, new() { Checks = [], FalseAlarmRate = Alpha, Tolerate = 0, TolerateAbsolute = 0 });
            for (var second = 0; !window.IsOver(second) && window.Alarm is null; second += SelfWindow.BinSeconds)
            {
                var rate = 0.02 * (1 + (0.8 * Math.Sin(second / 200.0)));
                window.Fold(second, [new(40, Bad(random, 40, rate), 20, Bad(random, 20, rate))]);
            }

            alarms += window.Alarm is null ? 0 : 1;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{alarms} alarms in {Windows} hours");
        alarms.ShouldBeLessThanOrEqualTo((int)(Alpha * Windows));
    }

    [Fact]
    public void A_half_that_is_twice_as_bad_is_found_within_the_hour()
    {
        var found = 0;
        for (var run = 0; run < 100; run++)
        {
            var random = new Random(run);
            var window = new SelfWindow(0, new() { Checks = [], FalseAlarmRate = Alpha });
            for (var second = 0; !window.IsOver(second); second += SelfWindow.BinSeconds)
            {
                window.Fold(second, [new(250, Bad(random, 250, 0.04), 250, Bad(random, 250, 0.02))]);
            }

            found += window.Alarm is null ? 0 : 1;
        }

        found.ShouldBe(100);
    }

    [Fact]
    public void Only_time_with_requests_at_both_halves_of_a_router_is_watched()
    {
        var window = new SelfWindow(0, new() { Checks = [] });
        window.Fold(0, [new(10, 0, 10, 0), new(10, 0, 10, 0)]);
        window.Fold(10, [new(10, 0, 0, 0), new(0, 0, 10, 0)]);
        window.Fold(20, []);
        window.Fold(30, [new(10, 11, 10, 0)]);
        window.Watched.ShouldBe(SelfWindow.BinSeconds);
        window.Words.ShouldBeNull();
        window.Dispersion.ShouldBeNull("ten seconds say nothing of how instances differ");
    }

    private static double Bad(Random random, int units, double rate)
    {
        var bad = 0;
        for (var i = 0; i < units; i++)
        {
            bad += random.NextDouble() < rate ? 1 : 0;
        }

        return bad;
    }
}
