using Slipway.Core.Analysis.MannWhitney;

namespace Slipway.Core.Tests.Analysis.MannWhitney;

public sealed class RankTestTests
{
    [Fact]
    public void U_counts_the_pairs_in_which_the_canary_is_greater_and_half_of_the_ties()
    {
        // 1 beats none; 2 ties with two; 3 beats two.
        var test = new RankTest([3, 1, 2], [4, 2, 2]);
        test.U.ShouldBe(3);
        test.CommonLanguageEffect.ShouldBe(3 / 9.0);
        new RankTest([4, 2, 2], [3, 1, 2]).U.ShouldBe(9 - 3);
    }

    [Fact]
    public void The_statistic_agrees_with_the_one_computed_by_hand()
    {
        // All nine pairs: (9 − 4.5 − 0.5)/√(9/12·7).
        new RankTest([4, 5, 6], [1, 2, 3]).Statistic().ShouldBe(4 / Math.Sqrt(5.25), 1e-12);

        // Three pairs, and one tie of three: (3 − 4.5 + 0.5)/√(9/12·(7 − 24/30)).
        new RankTest([1, 2, 3], [2, 2, 4]).Statistic().ShouldBe(-1 / Math.Sqrt(4.65), 1e-12);

        // Shifted down by three they are the same values.
        new RankTest([4, 5, 6], [1, 2, 3]).Statistic(3).ShouldBe(0);
        new RankTest([7, 7], [5, 5, 5]).Statistic(2).ShouldBe(0);
    }

    [Fact]
    public void The_interval_and_the_estimate_are_those_of_all_differences()
    {
        var random = new Random(11);
        for (var round = 0; round < 200; round++)
        {
            double[] canary = Drawn(random, random.Next(4, 30), 10), stable = Drawn(random, random.Next(4, 30), 0);
            var test = new RankTest(canary, stable);
            var interval = test.Interval(0.95);
            double[] differences = [.. canary.SelectMany(_ => stable, (c, s) => c - s).Order()];

            // The statistic falls from step to step; an end is the first difference behind which it is below the quantile.
            interval.Low.ShouldBe(differences.First(difference => test.Statistic(difference + 1e-9) <= 1.959963984540054), 2e-4);
            interval.High.ShouldBe(differences.First(difference => test.Statistic(difference + 1e-9) <= -1.959963984540054), 2e-4);

            // The correction for continuity makes one step more on each side of the middle one as good as it.
            interval.Estimate.ShouldBeInRange(differences[(differences.Length - 2) / 2] - 2e-4, differences[(differences.Length + 1) / 2] + 2e-4);
        }
    }

    [Fact]
    public void Too_few_values_give_all_differences_as_the_interval() => new RankTest([10, 11], [1, 3]).Interval(0.98).ShouldSatisfyAllConditions(
        interval => interval.Low.ShouldBe(7),
        interval => interval.High.ShouldBe(10));

    [Theory]
    [InlineData(0.5, 2)]
    [InlineData(0.9, 3)]
    [InlineData(0.95, 4)]
    [InlineData(0.98, 5)]
    [InlineData(0.99, 5)]
    [InlineData(0.999, 7)]
    public void The_least_number_of_values_is_that_at_which_the_clearest_order_is_rare_enough(double confidence, int least)
    {
        RankTest.LeastValues(confidence).ShouldBe(least);
        (2 / Orders(least)).ShouldBeLessThanOrEqualTo(1 - confidence + 1e-12);
        (2 / Orders(least - 1)).ShouldBeGreaterThan(1 - confidence);

        static double Orders(int values) => Enumerable.Range(1, values).Aggregate(1.0, (orders, i) => orders * (values + i) / i);
    }

    [Fact]
    public void One_value_on_each_side_all_the_time_has_one_difference()
    {
        new RankTest([10, 10, 10, 10], [1, 1, 1, 1]).Interval(0.98).ShouldBe(new ShiftInterval(9, 9, 9));
        new RankTest([0.1, 0.1, 0.1, 0.1, 0.1], [0.3, 0.3, 0.3, 0.3, 0.3]).Interval(0.98).ShouldBe(new ShiftInterval(0.1 - 0.3, 0.1 - 0.3, 0.1 - 0.3));
    }

    [Fact]
    public void Values_that_differ_by_less_than_can_be_told_apart_at_their_distance_still_have_an_interval()
    {
        var interval = new RankTest([0, 1e-20], [1, 1]).Interval(0.98);
        interval.ShouldBe(new ShiftInterval(-1, -1, -1));
    }

    [Fact]
    public void A_great_distance_is_measured_to_the_digits_of_its_numbers()
    {
        double[] stable = [1e12, 2e12, 3e12, 4e12, 5e12, 6e12, 7e12, 8e12];
        var interval = new RankTest([.. stable.Select(value => value + 9e12)], stable).Interval(0.98);
        interval.Estimate.ShouldBe(9e12, 1e-2);
        interval.Low.ShouldBeLessThan(9e12);
        interval.High.ShouldBeGreaterThan(9e12);
    }

    [Fact]
    public void Thousands_of_values_are_compared_without_forming_their_differences()
    {
        var random = new Random(3);
        double[] canary = Drawn(random, 4000, 1), stable = Drawn(random, 4000, 0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var interval = new RankTest(canary, stable).Interval(0.98);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(200_000);
        interval.Low.ShouldBeGreaterThan(0.5);
        interval.High.ShouldBeLessThan(1.5);
    }

    [Fact]
    public void What_has_no_ranks_is_refused()
    {
        Should.Throw<ArgumentException>(() => new RankTest([], [1]));
        Should.Throw<ArgumentException>(() => new RankTest([1], []));
        Should.Throw<ArgumentException>(() => new RankTest([double.NaN], [1]));
        Should.Throw<ArgumentException>(() => new RankTest([1], [double.NegativeInfinity]));
        Should.Throw<ArgumentException>(() => new RankTest([1e301], [1]));
        Should.Throw<ArgumentException>(() => new RankTest([1], [1]).Interval(1));
        Should.Throw<ArgumentException>(() => new RankTest([1], [1]).Statistic(double.NaN));
    }

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.01, -2.3263478740408408)]
    [InlineData(0.975, 1.9599639845400538)]
    [InlineData(0.3, -0.5244005127080407)]
    [InlineData(1e-12, -7.034483825301132)]
    [InlineData(0.999999999, 5.997807019601638)]
    public void Quantiles_of_the_normal_distribution_are_exact_to_twelve_digits(double probability, double z) => NormalQuantile.At(probability).ShouldBe(z, 1e-12);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void What_is_no_probability_has_no_quantile(double probability) => Should.Throw<ArgumentOutOfRangeException>(() => NormalQuantile.At(probability));

    // Whole and half numbers among them, so that there are ties.
    private static double[] Drawn(Random random, int count, double shift) =>
        [.. Enumerable.Range(0, count).Select(_ => shift + (random.Next(4) == 0 ? random.Next(40) / 2.0 : random.NextDouble() * 20))];
}
