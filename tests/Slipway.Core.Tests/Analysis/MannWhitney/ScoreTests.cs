using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Analysis;
using Slipway.Core.Analysis.MannWhitney;

namespace Slipway.Core.Tests.Analysis.MannWhitney;

public sealed class ScoreTests
{
    private static readonly double[] Stable = [10, 11, 12, 13, 14, 15, 16, 17, 18, 19];
    private static readonly double[] Double = [.. Stable.Select(value => value * 2)];

    [Fact]
    public void All_metrics_that_pass_are_a_hundred()
    {
        var result = MannWhitneyJudge.Judge(new(), [Good("a"), Good("b")]);
        result.Verdict.ShouldBe(Verdict.Passed);
        result.Score.ShouldBe(100);
        result.Reason.ShouldBe("score 100, 95 passes: at least 10 values of the canary and 10 of stable (a)");
        result.Groups.ShouldBe([new GroupScore("all", 100, 100)]);
    }

    [Fact]
    public void Groups_count_by_their_weights_and_those_without_share_the_rest()
    {
        // 60·½ + 20·1 + 20·⅓
        var result = MannWhitneyJudge.Judge(
            new() { GroupWeights = new Dictionary<string, double> { ["a"] = 60 } },
            [Good("1", "a"), Bad("2", "a"), Good("3", "b"), Good("4", "c"), Bad("5", "c"), Bad("6", "c")]);
        result.Groups.ShouldBe([new GroupScore("a", 50, 60), new GroupScore("b", 100, 20), new GroupScore("c", 100 / 3.0, 20)]);
        result.Score.ShouldBe(56.67);
        result.Verdict.ShouldBe(Verdict.Failed);
        result.Reason.ShouldStartWith("score 56.67, below 75: 2: higher");
    }

    [Fact]
    public void A_metric_in_two_groups_counts_in_both()
    {
        var result = MannWhitneyJudge.Judge(new(), [Bad("1", "a", "b"), Good("2", "b")]);
        result.Groups.ShouldBe([new GroupScore("a", 0, 50), new GroupScore("b", 50, 50)]);
        result.Score.ShouldBe(25);
    }

    [Fact]
    public void Thirds_that_add_up_are_a_hundred() => MannWhitneyJudge.Judge(new(), [Good("1", "a"), Good("2", "b"), Good("3", "c")]).Score.ShouldBe(100);

    [Theory]
    [InlineData(74, Verdict.Failed)]
    [InlineData(75, Verdict.Inconclusive)]
    [InlineData(94.99, Verdict.Inconclusive)]
    [InlineData(95, Verdict.Passed)]
    public void Between_marginal_and_pass_the_verdict_is_inconclusive(double score, Verdict verdict)
    {
        var weights = new Dictionary<string, double> { ["good"] = score, ["bad"] = 100 - score };
        var result = MannWhitneyJudge.Judge(new() { GroupWeights = weights }, [Good("1", "good"), Bad("2", "bad")]);
        result.Score.ShouldBe(score);
        result.Verdict.ShouldBe(verdict);
        result.Reason.ShouldContain("2: higher");
    }

    [Theory]
    [InlineData(1, Verdict.Failed)]
    [InlineData(3, Verdict.Inconclusive)]
    public void A_metric_with_too_few_values_keeps_only_a_score_from_failing_that_it_may_yet_lift(int few, Verdict verdict)
    {
        var young = Enumerable.Range(0, few).Select(i => Good($"young {i}") with { Canary = [20], Stable = [10] });
        var result = MannWhitneyJudge.Judge(new(), [Bad("old"), .. young]);
        result.Verdict.ShouldBe(verdict);
        result.Reason.ShouldContain(verdict == Verdict.Failed ? "below 75: old: higher" : "waits for 5 of each");
    }

    [Fact]
    public void A_critical_failure_leaves_nothing_of_the_score()
    {
        var result = MannWhitneyJudge.Judge(new(), [Good("1"), Good("2"), Good("3"), Bad("4") with { IsCritical = true }]);
        result.Score.ShouldBe(0);
        result.Verdict.ShouldBe(Verdict.Failed);
        result.Reason.ShouldStartWith("4: higher (critical)");
    }

    [Fact]
    public void A_group_without_data_takes_nothing_off_the_score()
    {
        var result = MannWhitneyJudge.Judge(new(), [Good("1", "a"), Good("2", "a"), Empty("3", "b")]);
        result.Groups.ShouldBe([new GroupScore("a", 100, 50), new GroupScore("b", null, 50)]);
        result.Score.ShouldBe(100);
        result.Verdict.ShouldBe(Verdict.Passed);
    }

    [Fact]
    public void Half_of_the_metrics_without_data_are_too_many()
    {
        var result = MannWhitneyJudge.Judge(new(), [Good("1"), Empty("2")]);
        result.Score.ShouldBe(0);
        result.Verdict.ShouldBe(Verdict.Failed);
        result.Reason.ShouldBe("1 of 2 metrics have no values: 2: no values of the canary");
    }

    [Fact]
    public void A_metric_that_must_have_data_counts_as_bad_without()
    {
        var demanded = Empty("3") with { MustHaveData = true };
        MannWhitneyJudge.Judge(new(), [Good("1"), Good("2"), demanded]).Score.ShouldBe(66.67);
        var alone = MannWhitneyJudge.Judge(new(), [demanded]);
        alone.Score.ShouldBe(0);
        alone.Verdict.ShouldBe(Verdict.Failed);
        alone.Reason.ShouldContain("there must be some");
    }

    [Fact]
    public void Where_nothing_could_be_judged_the_verdict_is_neither_good_nor_bad()
    {
        MannWhitneyMetric replaced = Empty("2") with { NanStrategy = NanStrategy.Replace }, blank = Good("3") with { Canary = [double.NaN], Stable = [double.NaN], NanStrategy = NanStrategy.Replace };
        foreach (var metrics in new MannWhitneyMetric[][] { [], [Empty("1")], [Empty("1"), Empty("2")], [replaced], [blank], [replaced, blank], [Good("1") with { IsMuted = true }] })
        {
            var result = MannWhitneyJudge.Judge(new(), metrics);
            result.Verdict.ShouldBe(Verdict.Inconclusive);
            result.Reason.ShouldMatch("no metric has values of both versions|no metric that counts");
        }
    }

    [Fact]
    public void What_cannot_be_compared_is_never_a_pass()
    {
        var wild = Good("2", "b") with { Canary = [1, double.PositiveInfinity] };
        var result = MannWhitneyJudge.Judge(new(), [Good("1", "a"), wild]);
        result.Verdict.ShouldBe(Verdict.Inconclusive);
        result.Reason.ShouldStartWith("2: a value is");
        MannWhitneyJudge.Judge(new(), [wild]).Verdict.ShouldBe(Verdict.Inconclusive);
    }

    [Fact]
    public void A_muted_metric_is_shown_and_does_not_count()
    {
        var result = MannWhitneyJudge.Judge(new(), [Good("1"), Bad("2") with { IsMuted = true, IsCritical = true }]);
        result.Verdict.ShouldBe(Verdict.Passed);
        result.Score.ShouldBe(100);
        result.Metrics[1].Classification.ShouldBe(MetricClassification.High);
    }

    [Fact]
    public void Everything_wrong_with_what_is_asked_for_is_told_at_once()
    {
        var settings = new MannWhitneySettings { Confidence = 1, Tolerance = double.NaN, Pass = 50, Marginal = 60, GroupWeights = new Dictionary<string, double> { ["a"] = 90, ["b"] = -1, ["gone"] = 5 } };
        MannWhitneyMetric[] metrics =
        [
            Good("1", "a"),
            Good("1", "b") with { Outliers = OutlierStrategy.Quartiles, OutlierFactor = 0 },
            Good("2") with { Groups = [] },
            Good("", "b") with { Effect = new() { AllowedIncrease = double.NaN } },
            Good("3", "b") with { Effect = new() { Measure = EffectMeasure.CommonLanguage, CriticalIncrease = 1.2 } },
        ];
        MannWhitneyJudge.Problems(settings, metrics).ShouldBe(
        [
            "confidence: 1 does not lie between 0 and 1.",
            "tolerance: NaN is not a number of at least 0.",
            "marginal 60 and pass 50 are not scores with 0 ≤ marginal ≤ pass ≤ 100.",
            "1: outlier factor 0 is not a number above 0.",
            "2: it belongs to no group, so it would not count.",
            ": a limit of the effect is not a number.",
            "3: a limit of the common language effect does not lie between 0 and 1.",
            "A metric has no name.",
            "1: there is more than one metric of this name.",
            "group b: its weight -1 is not one of 0 to 100.",
            "group gone: it has a weight, but no metric that counts.",
            "The weights of the groups come to 94, not to 100.",
        ]);
        Should.Throw<ArgumentException>(() => MannWhitneyJudge.Judge(settings, metrics)).Message.ShouldContain("confidence: 1");
    }

    [Fact]
    public void Weights_that_leave_nothing_for_a_group_are_a_problem()
    {
        var settings = new MannWhitneySettings { GroupWeights = new Dictionary<string, double> { ["a"] = 100 } };
        MannWhitneyJudge.Problems(settings, [Good("1", "a"), Good("2", "b")]).ShouldBe(["The weights come to 100 and leave nothing for b."]);
        MannWhitneyJudge.Problems(settings, [Good("1", "a")]).ShouldBeEmpty();
    }

    [Fact]
    public void Whatever_the_values_there_is_a_verdict_and_no_pass_without_numbers_of_both() => Prop.ForAll(
        Arb.From(Metrics),
        metrics =>
        {
            var result = MannWhitneyJudge.Judge(new(), metrics);
            result.Score.ShouldBeInRange(0, 100);
            result.Reason.ShouldNotBeEmpty();
            (result.Verdict != Verdict.Passed || metrics.Any(HasNumbers)).ShouldBeTrue(result.Reason);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    private static Gen<double[]> Values => Gen.Frequency(
        (1, Gen.Constant<double[]>([])),
        (6, Gen.ArrayOf(Gen.Frequency(
            (8, Gen.Choose(-5, 20).Select(number => number / 2.0)),
            (2, Gen.Constant(double.NaN)),
            (1, Gen.Elements(double.PositiveInfinity, double.NegativeInfinity, 1e300, -1e300, 1e-320, -0.0))))));

    private static Gen<MannWhitneyMetric[]> Metrics => Gen.ArrayOf(
        from canary in Values
        from stable in Values
        from nan in Gen.Elements(NanStrategy.Remove, NanStrategy.Replace)
        from outliers in Gen.Elements(OutlierStrategy.Keep, OutlierStrategy.WideFences, OutlierStrategy.Quartiles, OutlierStrategy.Deviations)
        from direction in Gen.Elements(MetricDirection.Either, MetricDirection.Increase, MetricDirection.Decrease)
        from comparison in Gen.Elements(MetricComparison.Ranks, MetricComparison.Means)
        from measure in Gen.Elements(EffectMeasure.MeanRatio, EffectMeasure.CommonLanguage)
        select new MannWhitneyMetric
        {
            Name = "a",
            Canary = canary,
            Stable = stable,
            NanStrategy = nan,
            Outliers = outliers,
            Direction = direction,
            Comparison = comparison,
            Effect = new() { Measure = measure },
        }).Select(metrics => metrics.Take(6).Select((metric, i) => metric with { Name = $"metric {i}" }).ToArray());

    private static bool HasNumbers(MannWhitneyMetric metric) => metric.Canary.Any(value => !double.IsNaN(value)) && metric.Stable.Any(value => !double.IsNaN(value));

    private static MannWhitneyMetric Good(string name, params string[] groups) =>
        new() { Name = name, Canary = [.. Stable.Select(value => value + 0.5)], Stable = Stable, Groups = groups.Length == 0 ? ["all"] : groups };

    private static MannWhitneyMetric Bad(string name, params string[] groups) => Good(name, groups) with { Canary = Double };

    private static MannWhitneyMetric Empty(string name, params string[] groups) => Good(name, groups) with { Canary = [] };
}
