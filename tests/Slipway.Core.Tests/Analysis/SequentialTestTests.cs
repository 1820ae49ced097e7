using Slipway.Core.Analysis;

namespace Slipway.Core.Tests.Analysis;

public sealed class SequentialTestTests
{
    [Fact]
    public void One_bad_unit_at_equal_shares_gives_the_evidence_computed_by_hand()
    {
        Evidence(0, new Bin(0, 0.5, 10, 1, 10, 0)).ShouldBe(1.26990687067376, 1e-12);
        Evidence(0, new Bin(0, 0.5, 10, 0, 10, 1)).ShouldBe(0.73009312932624, 1e-12);
    }

    [Fact]
    public void Changing_weights_a_margin_and_restarts_give_the_evidence_computed_with_forty_digits()
    {
        Bin[] bins =
        [
            new(0, 0.05, 50, 2, 950, 3), new(1, 0.05, 50, 1, 950, 0), new(59, 0.05, 50, 0, 950, 4),
            new(60, 0.25, 250, 3, 750, 1), new(200, 0.5, 500, 6, 500, 2),
        ];
        Evidence(0.1, bins).ShouldBe(59.0110469907735, 1e-9);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(1.3)]
    public void Under_the_tolerated_ratio_the_evidence_is_one_in_expectation_and_less_below_it(double margin)
    {
        // Every outcome of two bins with three and four bad units, a restart between them, with its probability.
        double Expectation(double ratio)
        {
            double sum = 0;
            for (var first = 0; first <= 3; first++)
            {
                for (var second = 0; second <= 4; second++)
                {
                    var probability = Binomial(3, first, Theta(0.1, ratio)) * Binomial(4, second, Theta(0.4, ratio));
                    sum += probability * Evidence(margin - 1, new Bin(5, 0.1, 10, first, 90, 3 - first), new Bin(130, 0.4, 40, second, 60, 4 - second));
                }
            }

            return sum;
        }

        Expectation(margin).ShouldBe(1, 1e-12);
        Expectation(margin * 0.7).ShouldBeLessThan(1);
        Expectation(margin * 2).ShouldBeGreaterThan(1);
    }

    [Fact]
    public void A_bin_cut_in_pieces_of_the_same_second_gives_the_same_evidence()
    {
        var random = new Random(3);
        var whole = new SequentialTest(0.01, 4, 0.1, 0.001);
        var pieces = new SequentialTest(0.01, 4, 0.1, 0.001);
        for (var second = 0; second < 600; second++)
        {
            Bin a = Drawn(random, second, 0.2, 0.03), b = Drawn(random, second, 0.2, 0.03);
            whole.Fold(new(second, 0.2, a.CanaryUnits + b.CanaryUnits, a.CanaryBad + b.CanaryBad, a.StableUnits + b.StableUnits, a.StableBad + b.StableBad)).ShouldBeNull();
            pieces.Fold(second % 2 == 0 ? a : b).ShouldBeNull();
            pieces.Fold(second % 2 == 0 ? b : a).ShouldBeNull();
        }

        pieces.LogEvidence.ShouldBe(whole.LogEvidence, 1e-9);
        pieces.Totals.CanaryBad.ShouldBe(whole.Totals.CanaryBad);
    }

    [Fact]
    public void What_hits_both_arms_alike_is_no_evidence()
    {
        var test = new SequentialTest(0.01);
        for (var second = 0; second < 3600; second++)
        {
            var outage = second is > 600 and < 900;
            test.Fold(new(second, 0.05, 5, outage ? 5 : 0, 95, outage ? 95 : 0));
        }

        test.FailedAt.ShouldBeNull();
        test.LogEvidence.ShouldBeLessThan(0);
    }

    [Fact]
    public void Identical_versions_are_blamed_in_at_most_two_of_a_hundred_hours()
    {
        // The guarantee is 1 %; 400 seeded hours leave room for chance, not for a broken test.
        var alarms = Enumerable.Range(0, 400).Count(seed => FailsWithin(seed, 3600, 1) is not null);
        alarms.ShouldBeLessThanOrEqualTo(8);
    }

    [Fact]
    public void Ten_percent_more_errors_are_tolerated_when_asked_to()
    {
        var alarms = Enumerable.Range(0, 200).Count(seed => FailsWithin(seed, 3600, 1.1, tolerate: 0.1) is not null);
        alarms.ShouldBeLessThanOrEqualTo(5);
    }

    [Fact]
    public void Five_times_the_errors_are_found_in_half_a_minute_and_twice_in_minutes()
    {
        Median(101, seed => FailsWithin(seed, 3600, 5)).ShouldBeLessThanOrEqualTo(25);
        Median(101, seed => FailsWithin(seed, 3600, 2)).ShouldBeLessThanOrEqualTo(210);
    }

    [Fact]
    public void A_regression_that_begins_late_is_found_and_its_own_time_is_shown()
    {
        var random = new Random(5);
        var test = new SequentialTest(0.01, 1, 0, 0.001);
        for (var second = 0; second < 40_000 && test.FailedAt is null; second++)
        {
            test.Fold(Drawn(random, second, 0.05, 0.002, second >= 36_000 ? 5 : 1));
        }

        test.FailedAt.ShouldNotBeNull().ShouldBeInRange(36_000, 37_500);
        test.TotalsOfEvidence.Since.ShouldNotBeNull().ShouldBeGreaterThan(35_000);
        test.Totals.RateDifference.ShouldBeLessThan(0.001);
        test.TotalsOfEvidence.RateDifference.ShouldBeGreaterThanOrEqualTo(0.001);
    }

    [Fact]
    public void A_difference_below_the_absolute_tolerance_is_never_an_alarm_however_certain()
    {
        var tolerant = new SequentialTest(0.01, 1, 0, 0.001);
        var strict = new SequentialTest(0.01);
        for (var second = 0; second < 600; second++)
        {
            var bin = new Bin(second, 0.5, 100_000, 50, 100_000, 10);
            tolerant.Fold(bin);
            strict.Fold(bin);
        }

        strict.FailedAt.ShouldNotBeNull();
        tolerant.FailedAt.ShouldBeNull();
        tolerant.IsBeyondLimit.ShouldBeTrue();
    }

    [Fact]
    public void The_difference_of_rates_is_not_fooled_by_weights_that_move_with_the_common_rate()
    {
        var test = new SequentialTest(0.01);
        test.Fold(new(0, 0.05, 50, 5, 950, 47.5));
        test.Fold(new(1, 0.50, 500, 10, 500, 5));
        (test.Totals.CanaryRate < test.Totals.StableRate).ShouldBeTrue("the pooled rates say the opposite");
        test.Totals.RateDifference.ShouldBeGreaterThan(0.01);
    }

    [Theory]
    [InlineData(double.NaN, 0.5, "not a number")]
    [InlineData(-1, 0.5, "negative")]
    [InlineData(11, 0.5, "more bad units than units")]
    [InlineData(1, double.NaN, "share")]
    [InlineData(1, 1.5, "share")]
    public void Impossible_numbers_are_refused_and_change_nothing(double canaryBad, double share, string why)
    {
        var test = new SequentialTest(0.01);
        test.Fold(new(0, 0.5, 10, 1, 10, 1)).ShouldBeNull();
        var before = test.LogEvidence;
        test.Fold(new(1, share, 10, canaryBad, 10, 1)).ShouldNotBeNull().ShouldContain(why);
        test.Fold(new(2, 0.5, 1e300, 1, 10, 1)).ShouldNotBeNull().ShouldContain("more than can be");
        test.Fold(new(3, 0.5, double.PositiveInfinity, 1, 10, 1)).ShouldNotBeNull();
        test.Fold(new(-1, 0.5, 10, 1, 10, 1)).ShouldNotBeNull().ShouldContain("comes after");
        test.Fold(new(long.MaxValue, 0.5, 10, 1, 10, 1)).ShouldNotBeNull().ShouldContain("year");
        test.LogEvidence.ShouldBe(before);
        test.Totals.CanaryUnits.ShouldBe(10);
    }

    [Fact]
    public void Bins_without_a_choice_hold_no_evidence()
    {
        var test = new SequentialTest(0.01);
        test.Fold(new(0, 1, 10, 10, 0, 0));
        test.Fold(new(1, 0, 0, 0, 10, 1));
        test.LogEvidence.ShouldBe(0);
        test.BeganAt.ShouldBeNull();
    }

    [Fact]
    public void A_dispersion_thins_the_evidence()
    {
        var plain = new SequentialTest(0.01);
        var thinned = new SequentialTest(0.01, dispersion: 2);
        var bin = new Bin(0, 0.05, 100, 20, 1900, 20);
        plain.Fold(bin);
        thinned.Fold(bin);
        thinned.LogEvidence.ShouldBeLessThan(plain.LogEvidence);
        thinned.LogEvidence.ShouldBeGreaterThan(0);
    }

    internal static Bin Drawn(Random random, long second, double share, double rate, double ratio = 1)
    {
        int c = 0, cBad = 0, s = 0, sBad = 0;
        for (var i = 0; i < 100; i++)
        {
            var isCanary = random.NextDouble() < share;
            var isBad = random.NextDouble() < rate * (isCanary ? ratio : 1);
            (c, cBad, s, sBad) = isCanary ? (c + 1, cBad + (isBad ? 1 : 0), s, sBad) : (c, cBad, s + 1, sBad + (isBad ? 1 : 0));
        }

        return new(second, share, c, cBad, s, sBad);
    }

    // About two bad units a second, 5 % share: bad units alone enter, so only they are drawn.
    private static long? FailsWithin(int seed, int seconds, double ratio, double tolerate = 0)
    {
        var random = new Random(seed);
        var test = new SequentialTest(0.01, 1, tolerate);
        for (var second = 0; second < seconds; second++)
        {
            int canary = 0, stable = 0;
            for (var left = -Math.Log(1 - random.NextDouble()); left < 2 * (0.95 + (0.05 * ratio)); left -= Math.Log(1 - random.NextDouble()))
            {
                _ = random.NextDouble() < Theta(0.05, ratio) ? canary++ : stable++;
            }

            test.Fold(new(second, 0.05, canary + 5, canary, stable + 95, stable));
            if (test.FailedAt is { } failed)
            {
                return failed;
            }
        }

        return null;
    }

    private static double Median(int runs, Func<int, long?> run) =>
        Enumerable.Range(0, runs).Select(seed => run(seed) is { } at ? at + 1.0 : double.PositiveInfinity).Order().ElementAt(runs / 2);

    private static double Theta(double share, double ratio) => share * ratio / ((share * ratio) + 1 - share);

    private static double Binomial(int n, int k, double p)
    {
        double choose = 1;
        for (var i = 0; i < k; i++)
        {
            choose = choose * (n - i) / (i + 1);
        }

        return choose * Math.Pow(p, k) * Math.Pow(1 - p, n - k);
    }

    private static double Evidence(double tolerate, params Bin[] bins)
    {
        var test = new SequentialTest(0.01, 1, tolerate);
        foreach (var bin in bins)
        {
            test.Fold(bin).ShouldBeNull();
        }

        return Math.Exp(test.LogEvidence);
    }
}
