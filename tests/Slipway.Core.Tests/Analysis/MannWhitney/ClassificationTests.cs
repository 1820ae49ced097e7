using Slipway.Core.Analysis;
using Slipway.Core.Analysis.MannWhitney;

namespace Slipway.Core.Tests.Analysis.MannWhitney;

public sealed class ClassificationTests
{
    private static readonly double[] Stable = [10, 11, 12, 13, 14, 15, 16, 17, 18, 19];
    private static readonly double[] Double = [.. Stable.Select(value => value * 2)];
    private static readonly double[] Half = [.. Stable.Select(value => value / 2)];

    [Theory]
    [InlineData(MetricDirection.Either, MetricClassification.High, MetricClassification.Low)]
    [InlineData(MetricDirection.Increase, MetricClassification.High, MetricClassification.Pass)]
    [InlineData(MetricDirection.Decrease, MetricClassification.Pass, MetricClassification.Low)]
    public void Only_the_direction_that_was_asked_for_is_bad(MetricDirection direction, MetricClassification whenDoubled, MetricClassification whenHalved)
    {
        Judged(Metric(Double) with { Direction = direction }).Classification.ShouldBe(whenDoubled);
        Judged(Metric(Half) with { Direction = direction }).Classification.ShouldBe(whenHalved);
    }

    [Fact]
    public void A_difference_is_told_with_its_numbers()
    {
        var result = Judged(Metric(Double));
        result.CanaryMean.ShouldBe(29);
        result.StableMean.ShouldBe(14.5);
        result.Deviation.ShouldBe(2);
        result.EffectSize.ShouldBe(2);
        result.CanaryCount.ShouldBe(10);
        result.Shift.ShouldNotBeNull().Low.ShouldBeGreaterThan(5);
        result.Reason.ShouldStartWith("latency: higher: canary's mean 29 (10 values), stable's 14.5 (10), shift 1");
        result.Reason.ShouldEndWith("at 98 %)");
    }

    [Fact]
    public void A_certain_shift_counts_only_beyond_the_tolerated_part_of_its_estimate()
    {
        var shift = Judged(Metric(Double)).Shift.ShouldNotBeNull();
        var part = shift.Low / shift.Estimate;
        Judged(Metric(Double), new() { Tolerance = part - 0.01 }).Classification.ShouldBe(MetricClassification.High);
        Judged(Metric(Double), new() { Tolerance = part + 0.01 }).Classification.ShouldBe(MetricClassification.Pass);
        var down = Judged(Metric(Half)).Shift.ShouldNotBeNull();
        part = down.High / down.Estimate;
        Judged(Metric(Half), new() { Tolerance = part - 0.01 }).Classification.ShouldBe(MetricClassification.Low);
        Judged(Metric(Half), new() { Tolerance = part + 0.01 }).Classification.ShouldBe(MetricClassification.Pass);
    }

    [Fact]
    public void Values_that_overlap_much_are_no_difference()
    {
        var result = Judged(Metric([.. Stable.Select(value => value + 1)]));
        result.Classification.ShouldBe(MetricClassification.Pass);
        result.Reason.ShouldStartWith("latency: no difference that counts: canary's mean 15.5 (10 values), stable's 14.5 (10)");
    }

    [Fact]
    public void The_effect_must_be_as_great_as_was_asked_for()
    {
        Judged(Metric(Double) with { Effect = new() { AllowedIncrease = 2 } }).Classification.ShouldBe(MetricClassification.High);
        Judged(Metric(Double) with { Effect = new() { AllowedIncrease = 2.01 } }).Classification.ShouldBe(MetricClassification.Pass);
        Judged(Metric(Half) with { Effect = new() { AllowedDecrease = 0.5 } }).Classification.ShouldBe(MetricClassification.Low);
        Judged(Metric(Half) with { Effect = new() { AllowedDecrease = 0.49 } }).Classification.ShouldBe(MetricClassification.Pass);
    }

    [Fact]
    public void The_common_language_effect_is_the_share_of_pairs()
    {
        // 19 of stable ties with one of the canary's and beats none: 99.5 of 100 pairs.
        double[] canary = [19, 21, 22, 23, 24, 25, 26, 27, 28, 29];
        Judged(Metric(canary) with { Effect = new() { Measure = EffectMeasure.CommonLanguage, AllowedIncrease = 0.995 } }).ShouldSatisfyAllConditions(
            result => result.EffectSize.ShouldBe(0.995),
            result => result.Classification.ShouldBe(MetricClassification.High),
            result => result.Deviation.ShouldNotBeNull().ShouldBe(24.4 / 14.5, 1e-12));
        Judged(Metric(canary) with { Effect = new() { Measure = EffectMeasure.CommonLanguage, AllowedIncrease = 0.996 } }).Classification.ShouldBe(MetricClassification.Pass);
        Judged(Metric(Half) with { Effect = new() { Measure = EffectMeasure.CommonLanguage } }).Classification.ShouldBe(MetricClassification.Low);
    }

    [Fact]
    public void Without_a_ratio_the_effect_is_taken_as_great_enough()
    {
        var result = Judged(Metric(Stable) with { Stable = new double[10], Effect = new() { AllowedIncrease = 100, CriticalIncrease = 100 }, IsCritical = true });
        result.Classification.ShouldBe(MetricClassification.High);
        result.IsCriticalFailure.ShouldBeTrue();
        result.Deviation.ShouldBeNull();
    }

    [Fact]
    public void A_critical_metric_fails_the_whole_from_its_own_limit_on()
    {
        var metric = Metric(Double) with { IsCritical = true, Effect = new() { CriticalIncrease = 2 } };
        Judged(metric).IsCriticalFailure.ShouldBeTrue();
        Judged(metric).Reason.ShouldContain("higher (critical)");
        Judged(metric with { Effect = new() { CriticalIncrease = 2.01 } }).ShouldSatisfyAllConditions(
            result => result.Classification.ShouldBe(MetricClassification.High),
            result => result.IsCriticalFailure.ShouldBeFalse());
        Judged(Metric(Half) with { IsCritical = true }).IsCriticalFailure.ShouldBeTrue();
        Judged(Metric(Half) with { IsCritical = true, Effect = new() { CriticalDecrease = 0.4 } }).IsCriticalFailure.ShouldBeFalse();
        Judged(Metric(Stable) with { IsCritical = true }).IsCriticalFailure.ShouldBeFalse();
    }

    [Fact]
    public void The_same_values_in_whatever_order_are_no_difference()
    {
        var result = Judged(Metric([.. Stable.Reverse()]));
        result.Classification.ShouldBe(MetricClassification.Pass);
        result.Reason.ShouldBe("latency: both versions have the same values (10 values of the canary and 10 of stable)");
        result.Deviation.ShouldBe(1);
        Judged(Metric(new double[5]) with { Stable = new double[6] }).Classification.ShouldBe(MetricClassification.Pass);
    }

    [Fact]
    public void One_value_on_each_side_all_the_time_is_compared_without_chance()
    {
        double[] four = [4, 4, 4, 4, 4], five = [5, 5, 5, 5, 5];
        Judged(Metric(five) with { Stable = four }).Classification.ShouldBe(MetricClassification.High);
        Judged(Metric(four) with { Stable = five }).Classification.ShouldBe(MetricClassification.Low);
        Judged(Metric(five) with { Stable = four, Effect = new() { AllowedIncrease = 1.25 } }).Classification.ShouldBe(MetricClassification.High);
    }

    [Theory]
    [InlineData(1, 1, 0.98, true)]
    [InlineData(4, 10, 0.98, true)]
    [InlineData(10, 4, 0.98, true)]
    [InlineData(5, 5, 0.98, false)]
    [InlineData(4, 4, 0.95, false)]
    [InlineData(3, 10, 0.95, true)]
    public void Fewer_values_of_either_version_than_make_anything_certain_are_too_few(int canary, int stable, double confidence, bool isTooFew)
    {
        double[] low = [.. Enumerable.Range(1, stable)], high = [.. Enumerable.Range(101, canary)];
        Judged(Metric(high) with { Stable = low }, new() { Confidence = confidence }).Classification.ShouldBe(isTooFew ? MetricClassification.TooFew : MetricClassification.High);
    }

    [Fact]
    public void Too_few_values_are_neither_a_failure_nor_a_pass_and_say_what_they_wait_for()
    {
        foreach (var canary in new double[][] { [5], [4] })
        {
            var result = MannWhitneyJudge.Judge(new(), [Metric(canary) with { Stable = [4], IsCritical = true }]);
            result.Verdict.ShouldBe(Verdict.Inconclusive);
            result.Reason.ShouldBe("latency: 1 value of the canary and 1 of stable are too few to be 98 % sure of anything; waits for 5 of each");
        }
    }

    [Fact]
    public void Missing_values_are_removed_or_zero_as_was_said()
    {
        var metric = Metric([.. Double, double.NaN, double.NaN]);
        Judged(metric).CanaryCount.ShouldBe(10);
        Judged(metric with { NanStrategy = NanStrategy.Replace }).ShouldSatisfyAllConditions(
            result => result.CanaryCount.ShouldBe(12),
            result => result.CanaryMean.ShouldNotBeNull().ShouldBe(290 / 12.0, 1e-12));
    }

    [Theory]
    [InlineData(false, false, MetricClassification.Nodata, false)]
    [InlineData(true, false, MetricClassification.NodataFail, false)]
    [InlineData(false, true, MetricClassification.Nodata, true)]
    [InlineData(true, true, MetricClassification.Nodata, true)]
    public void A_metric_without_values_says_so(bool mustHaveData, bool isCritical, MetricClassification expected, bool fails)
    {
        foreach (var canary in new double[][] { [], [double.NaN, double.NaN] })
        {
            var result = Judged(Metric(canary) with { MustHaveData = mustHaveData, IsCritical = isCritical });
            result.Classification.ShouldBe(expected);
            result.IsCriticalFailure.ShouldBe(fails);
            result.HasNumbers.ShouldBeFalse();
            result.Reason.ShouldStartWith("latency: no values of the canary");
        }

        Judged(Metric(Stable) with { Stable = [], MustHaveData = mustHaveData, IsCritical = isCritical }).Classification.ShouldBe(expected);
    }

    [Fact]
    public void Nothing_at_all_replaced_by_zero_passes_as_a_metric_and_has_no_numbers()
    {
        Judged(Metric([]) with { NanStrategy = NanStrategy.Replace }).ShouldSatisfyAllConditions(
            result => result.Classification.ShouldBe(MetricClassification.Pass),
            result => result.HasNumbers.ShouldBeFalse());
        double[] blank = [.. Enumerable.Repeat(double.NaN, 5)];
        Judged(Metric(blank) with { Stable = blank, NanStrategy = NanStrategy.Replace }).ShouldSatisfyAllConditions(
            result => result.Classification.ShouldBe(MetricClassification.Pass),
            result => result.HasNumbers.ShouldBeFalse());
    }

    [Theory]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(1e301)]
    public void Values_out_of_all_range_are_an_error(double value)
    {
        Judged(Metric([.. Stable, value])).Classification.ShouldBe(MetricClassification.Error);
        Judged(Metric(Stable) with { Stable = [value] }).Classification.ShouldBe(MetricClassification.Error);
    }

    [Theory]
    [InlineData(OutlierStrategy.Keep, 11)]
    [InlineData(OutlierStrategy.WideFences, 10)]
    [InlineData(OutlierStrategy.Quartiles, 10)]
    [InlineData(OutlierStrategy.Deviations, 10)]
    public void Outliers_are_kept_or_left_out_as_was_said(OutlierStrategy strategy, int count) =>
        Judged(Metric([.. Double, 1000]) with { Outliers = strategy, OutlierFactor = 2 }).CanaryCount.ShouldBe(count);

    [Fact]
    public void Means_alone_decide_when_that_was_asked_for()
    {
        var metric = Metric([.. Stable.Skip(1), 19.001]) with { Comparison = MetricComparison.Means };
        Judged(metric).ShouldSatisfyAllConditions(
            result => result.Classification.ShouldBe(MetricClassification.High),
            result => result.Deviation.ShouldNotBeNull().ShouldBeGreaterThan(1),
            result => result.Shift.ShouldBeNull());
        Judged(metric with { Direction = MetricDirection.Decrease }).Classification.ShouldBe(MetricClassification.Pass);
        Judged(metric with { IsCritical = true }).IsCriticalFailure.ShouldBeTrue();
    }

    private static MannWhitneyMetric Metric(double[] canary) => new() { Name = "latency", Canary = canary, Stable = Stable };

    private static MetricResult Judged(MannWhitneyMetric metric, MannWhitneySettings? settings = null) =>
        MannWhitneyJudge.Judge(settings ?? new(), [metric]).Metrics.ShouldHaveSingleItem();
}
