using Slipway.Core.Analysis;
using Slipway.Core.Analysis.Metrics;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Tests.Analysis.Metrics;

/// <summary>Counts of which Slipway did not draw the units, where trouble comes to one instance at a time.</summary>
public sealed class DispersedCountsTests
{
    private const double Alpha = 0.01;
    private const int Step = 10, Minutes = 20, HistoryMinutes = 60;
    private static readonly DateTimeOffset Began = DateTimeOffset.UnixEpoch;

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Bursts_at_single_instances_alarm_no_more_often_than_promised_when_counts_are_divided(int burst)
    {
        const int Runs = 2000;
        int known = 0, unknown = 0, undivided = 0;
        for (var run = 0; run < Runs; run++)
        {
            known += run < Runs / 10 && Alarms(run, burst, 1, known: true) ? 1 : 0;
            unknown += Alarms(run, burst, 1, known: false) ? 1 : 0;
            undivided += run < Runs / 10 && Alarms(run, burst, 1, known: null) ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"bursts of {burst}: {unknown} alarms in {Runs} runs; {known} in {Runs / 10} where the hour before is known; undivided {undivided} in {Runs / 10}");
        unknown.ShouldBeLessThanOrEqualTo((int)(Alpha * Runs));
        known.ShouldBeLessThanOrEqualTo((int)(Alpha * Runs / 10));
        undivided.ShouldBeGreaterThan((int)(5 * Alpha * Runs / 10), "else there was nothing to guard against");
    }

    [Fact]
    public void A_canary_three_times_as_bad_is_found_all_the_same()
    {
        Enumerable.Range(0, 100).Count(run => Alarms(run, 5, 3, known: true)).ShouldBeGreaterThanOrEqualTo(95);
        Enumerable.Range(0, 100).Count(run => Alarms(run, 5, 3, known: false)).ShouldBeGreaterThanOrEqualTo(95);
    }

    [Fact]
    public void A_verdict_says_by_what_counts_were_divided_and_stays_once_it_is_a_failure()
    {
        var check = Check();
        check.Fold(Measured(0, 100, 60, 100, 0, 3));
        check.Result().Verdict.ShouldBe(Verdict.Failed);
        check.Result().Reason.ShouldEndWith("(an estimate: counts divided by 3.1, as stable's own instances differ more than chance makes them)");
        check.Result().Guarantee.ShouldBe(Guarantee.Estimated);
        check.IsOver.ShouldBeTrue();

        check.Fold(Measured(1, 100, 0, 100, 0, 1000));
        check.Result().Verdict.ShouldBe(Verdict.Failed);
    }

    [Fact]
    public void What_came_before_the_dispersion_was_known_is_divided_by_it_too_and_it_never_comes_down()
    {
        var early = Check();
        early.Fold(Measured(0, 100, 6, 100, 2, null));
        early.Fold(Measured(1, 100, 6, 100, 2, 4));
        early.Fold(Measured(2, 100, 6, 100, 2, 1));
        var known = Check();
        for (var i = 0; i < 3; i++)
        {
            known.Fold(Measured(i, 100, 6, 100, 2, 4));
        }

        early.Result().ShouldBe(known.Result());
        early.Result().Evidence.ShouldBeLessThan(5);
    }

    [Fact]
    public void There_is_no_verdict_before_it_can_be_known_how_instances_differ()
    {
        var check = Check();
        check.Fold(Measured(0, 1000, 900, 1000, 0, 1) with { TooEarly = true });
        check.IsOver.ShouldBeFalse();
        check.Result().Verdict.ShouldBe(Verdict.Inconclusive);
        check.Result().Reason.ShouldBe("counts: not enough evidence yet: it takes some minutes to see how much stable's own instances differ (canary 90.0 % vs stable 0 %)");

        check.Fold(Measured(1, 1000, 900, 1000, 0, 1) with { TooEarly = false });
        check.Result().Verdict.ShouldBe(Verdict.Failed);
    }

    [Fact]
    public void Instances_that_differ_beyond_measure_leave_nothing_to_say()
    {
        var check = Check();
        check.Fold(Measured(0, 1000, 900, 1000, 0, 80));
        check.Result().Verdict.ShouldBe(Verdict.Inconclusive);
        check.Result().Reason.ShouldBe("counts: bad requests differ 80 times more between stable's own instances than chance makes them: counts cannot tell whether the canary is worse");
        check.IsOver.ShouldBeFalse();
    }

    /// <param name="known">Whether φ of the hour before is known, beside what the run itself shows; null: nothing is divided.</param>
    private static bool Alarms(int run, int burst, double canaryTimes, bool? known)
    {
        // Four stable instances in two halves and two of the canary; each has one request in a hundred bad, in bursts that come to one instance at once.
        var random = new Random(run);
        var check = Check();
        var halves = new List<HalvesBin>();
        const double Units = 10 * Step, Bad = 0.01 * Units;
        double Drawn(double times) => Math.Min(Units, burst * Poisson(random, times * Bad / burst));
        var history = known == true ? HistoryMinutes : 1;
        for (var i = -history * 60 / Step; i < Minutes * 60 / Step && !check.IsOver; i++)
        {
            double first = Drawn(1) + Drawn(1), second = Drawn(1) + Drawn(1), canary = Drawn(canaryTimes) + Drawn(canaryTimes);
            halves.Add(new(2 * Units, first, 2 * Units, second));
            if (i >= 0)
            {
                check.Fold(Measured(i, 2 * Units, canary, 4 * Units, first + second, known is null ? null : Dispersion.Estimate(halves)) with { TooEarly = known == false && halves.Count < 300 / Step });
            }
        }

        return check.IsOver;
    }

    private static CountsCheck Check() =>
        new(new CheckSpec { Kind = CheckKind.Counts, Name = "counts" }, new() { Checks = [new() { Kind = CheckKind.Counts, Name = "counts" }], FalseAlarmRate = Alpha, Tolerate = 0, TolerateAbsolute = 0 });

    private static Measurement Measured(int number, double canaryTotal, double canaryBad, double stableTotal, double stableBad, double? dispersion) => new(
        "counts", number, Began.AddSeconds(number * Step),
        [new(CountsCheck.CanaryTotal, canaryTotal), new(CountsCheck.CanaryBad, canaryBad), new(CountsCheck.StableTotal, stableTotal), new(CountsCheck.StableBad, stableBad)], dispersion);

    private static int Poisson(Random random, double mean)
    {
        var (limit, product, count) = (Math.Exp(-mean), random.NextDouble(), 0);
        while (product > limit)
        {
            product *= random.NextDouble();
            count++;
        }

        return count;
    }
}
