using Slipway.Core.Analysis;

namespace Slipway.Core.Tests.Analysis;

public sealed class IntervalTests
{
    private static readonly double GridStep = Math.Pow(10, 1 / 46.0);

    [Fact]
    public void The_interval_of_three_weights_agrees_with_a_direct_computation()
    {
        var likelihood = new RatioLikelihood();
        likelihood.Add(0.05, 12, 90);
        likelihood.Add(0.25, 40, 70);
        likelihood.Add(0.5, 30, 20);
        var interval = likelihood.Interval(100);
        interval.Ratio.ShouldNotBeNull().ShouldBe(1.791288, 0.002);

        // Exactly 1.00654 and 3.11346; ends are rounded outwards by at most one grid point.
        interval.Low.ShouldBeInRange(1.00654 / GridStep, 1.00655);
        interval.High.ShouldNotBeNull().ShouldBeInRange(3.11346, 3.1136 * GridStep);
    }

    [Fact]
    public void Without_bad_units_nothing_is_known_of_the_ratio()
    {
        var likelihood = new RatioLikelihood();
        likelihood.Add(0.05, 0, 0);
        likelihood.Interval(100).ShouldBe(new RatioInterval(null, 0, null));
    }

    [Fact]
    public void Failures_on_one_arm_alone_leave_the_interval_open_on_one_side()
    {
        var canaryOnly = new RatioLikelihood();
        canaryOnly.Add(0.05, 10, 0);
        var up = canaryOnly.Interval(100);
        up.Ratio.ShouldBeNull();
        up.Low.ShouldBeGreaterThan(5);
        up.High.ShouldBeNull();

        var stableOnly = new RatioLikelihood();
        stableOnly.Add(0.5, 0, 100);
        var down = stableOnly.Interval(100);
        down.Ratio.ShouldBe(0);
        down.Low.ShouldBe(0);
        down.High.ShouldNotBeNull().ShouldBeLessThan(0.2);
    }

    [Fact]
    public void A_ratio_beyond_the_grid_is_told_as_a_bound()
    {
        var likelihood = new RatioLikelihood();
        likelihood.Add(0.05, 100_000, 100);
        var interval = likelihood.Interval(100);
        interval.Low.ShouldBeGreaterThan(140);
        interval.High.ShouldBeNull();
    }

    [Fact]
    public void More_shares_than_are_kept_apart_give_the_same_interval()
    {
        RatioLikelihood many = new(), few = new();
        for (var i = 0; i < 1000; i++)
        {
            many.Add(0.2 + (1e-12 * i), i % 3, i % 5);
            few.Add(0.2, i % 3, i % 5);
        }

        RatioInterval a = many.Interval(100), b = few.Interval(100);
        a.Ratio!.Value.ShouldBe(b.Ratio!.Value, 1e-6);
        (a.Low, a.High).ShouldBe((b.Low, b.High));
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(2.5)]
    public void The_true_ratio_stays_inside_while_weights_and_the_common_rate_rise(double truth)
    {
        const int Runs = 300;
        var misses = 0;
        for (var seed = 0; seed < Runs; seed++)
        {
            misses += ExcludesTruthOnce(new Random(seed), truth) ? 1 : 0;
        }

        misses.ShouldBeLessThanOrEqualTo(Runs * 2 / 100, "1 % is the bound");
    }

    [Fact]
    public void The_upper_end_of_a_rate_agrees_with_a_direct_computation()
    {
        RateBound.Upper(1000, 0, 100).ShouldBe(0.005479330950550, 1e-9);
        RateBound.Upper(1000, 3, 100).ShouldBe(0.014301789687645, 1e-9);
        RateBound.Upper(5000, 50, 400).ShouldBe(0.016905949143989, 1e-9);
        RateBound.Upper(0, 0, 100).ShouldBe(1);
        RateBound.Upper(3, 3, 100).ShouldBe(1);
    }

    [Fact]
    public void A_version_without_errors_is_surely_below_one_percent_after_some_seven_hundred_requests()
    {
        RateBound.Upper(760, 0, 400).ShouldBeLessThan(0.01);
        RateBound.Upper(500, 0, 400).ShouldBeGreaterThan(0.01);
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.5)]
    public void The_upper_end_stays_above_the_average_rate_though_rates_drift(double rate)
    {
        const int Runs = 400;
        var misses = 0;
        for (var seed = 0; seed < Runs; seed++)
        {
            var random = new Random(seed);
            double bad = 0, expected = 0;
            for (var n = 1; n <= 5000; n++)
            {
                var p = rate * (1 + (0.8 * Math.Sin(n / 300.0)));
                expected += p;
                bad += random.NextDouble() < p ? 1 : 0;
                if (n % 100 == 0 && RateBound.Upper(n, bad, 100) < expected / n)
                {
                    misses++;
                    break;
                }
            }
        }

        misses.ShouldBeLessThanOrEqualTo(Runs * 2 / 100);
    }

    [Fact]
    public void Impossible_counts_have_no_bound()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => RateBound.Upper(10, 11, 100));
        Should.Throw<ArgumentOutOfRangeException>(() => RateBound.Upper(double.NaN, 0, 100));
    }

    [Fact]
    public void Halves_that_split_by_lot_have_no_dispersion_and_those_that_do_not_have()
    {
        var random = new Random(9);
        HalvesBin[] fair = [.. Enumerable.Range(0, 4000).Select(_ => Split(random, 1))];
        HalvesBin[] clumped = [.. Enumerable.Range(0, 4000).Select(_ => Split(random, 5))];
        HalvesBin[] oneSick = [.. Enumerable.Range(0, 4000).Select(i => new HalvesBin(50, i / 500 % 2, 50, 0))];
        Dispersion.Estimate(fair).ShouldBeInRange(1, 2.5);
        Dispersion.Estimate(clumped).ShouldBeGreaterThan(3.5);
        Dispersion.Estimate(oneSick).ShouldBeGreaterThan(10);
        Dispersion.Estimate([]).ShouldBe(1);
        Should.Throw<ArgumentException>(() => Dispersion.Estimate([new(1, 2, 0, 0)]));
    }

    private static HalvesBin Split(Random random, int clump)
    {
        int first = 0, second = 0;
        for (var i = 0; i < 3; i++)
        {
            _ = random.NextDouble() < 0.5 ? first += clump : second += clump;
        }

        return new(50, first, 50, second);
    }

    private static bool ExcludesTruthOnce(Random random, double truth)
    {
        var likelihood = new RatioLikelihood();
        for (var minute = 0; minute < 60; minute++)
        {
            // 5 % to 50 % of the traffic while the common rate of failures trebles.
            var share = minute < 20 ? 0.05 : minute < 40 ? 0.25 : 0.5;
            var bad = 20 + (40 * minute / 60);
            var canary = 0;
            for (var i = 0; i < bad; i++)
            {
                canary += random.NextDouble() < share * truth / ((share * truth) + 1 - share) ? 1 : 0;
            }

            likelihood.Add(share, canary, bad - canary);
            if (minute % 3 != 2)
            {
                continue;
            }

            var interval = likelihood.Interval(100);
            if (truth < interval.Low || truth > interval.High)
            {
                return true;
            }
        }

        return false;
    }
}
