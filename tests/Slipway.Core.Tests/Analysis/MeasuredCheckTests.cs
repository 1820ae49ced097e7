using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Analysis;
using Slipway.Core.Analysis.Metrics;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Tests.Analysis;

public sealed class MeasuredCheckTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("1 2 3", Verdict.Passed)]
    [InlineData("1 2 30", Verdict.Inconclusive)]
    [InlineData("1 200", Verdict.Failed)]
    [InlineData("200 1", Verdict.Failed)]
    [InlineData("none", Verdict.Inconclusive)]
    [InlineData("1 none", Verdict.Inconclusive)]
    [InlineData("none 1", Verdict.Passed)]
    [InlineData("none none 1", Verdict.Inconclusive)]
    [InlineData("error error 1", Verdict.Passed)]
    [InlineData("1 error", Verdict.Inconclusive)]
    [InlineData("1 error error error", Verdict.Inconclusive)]
    [InlineData("", Verdict.Inconclusive)]
    public void A_threshold_goes_by_its_conditions_and_its_limits(string measured, Verdict expected) =>
        Fold(new ThresholdSpec { Source = "p", Query = "q", Pass = "value < 10", Fail = "value > 100", InconclusiveLimit = 1, ConsecutiveErrorLimit = 2 }, measured).Verdict.ShouldBe(expected);

    [Theory]
    [InlineData("value < 10", null, "50", Verdict.Failed)]
    [InlineData(null, "value > 10", "5", Verdict.Passed)]
    [InlineData(null, "value > 10", "50", Verdict.Failed)]
    [InlineData("values.all(v, v < 10)", null, "5", Verdict.Passed)]
    [InlineData("value < 10 / (1 - 1) ", null, "5", Verdict.Inconclusive)]
    public void One_condition_alone_has_its_contrary_and_what_cannot_be_evaluated_is_no_pass(string? pass, string? fail, string measured, Verdict expected) =>
        Fold(new ThresholdSpec { Source = "p", Query = "q", Pass = pass, Fail = fail }, measured).Verdict.ShouldBe(expected);

    [Fact]
    public void So_many_failures_may_be_and_no_more()
    {
        var spec = new ThresholdSpec { Source = "p", Query = "q", Pass = "value < 10", FailureLimit = 2 };
        Fold(spec, "50 50 1").Verdict.ShouldBe(Verdict.Passed);
        var failed = Fold(spec, "50 50 1 50");
        failed.Verdict.ShouldBe(Verdict.Failed);
        failed.Reason.ShouldBe("queue: 3 measurements failed, 2 may: value 50: not value < 10");
        failed.DecidedAt.ShouldBe(Start.AddSeconds(90).ToUnixTimeSeconds());
    }

    [Theory]
    [InlineData("value < 10.0", "not value < 10")]
    [InlineData("value < 10.05", "not value < 10.05")]
    [InlineData("value < 2.0 * 1.50", "not value < 2 * 1.50")]
    public void A_whole_number_of_a_condition_is_told_as_people_write_it(string pass, string told)
    {
        var check = new ThresholdCheck(Check(new ThresholdSpec { Source = "p", Query = "q", Pass = pass }));
        check.Fold(Of(0, "50"));
        check.Result().Reason.ShouldEndWith($": value 50: {told}");
    }

    [Fact]
    public void What_a_source_counts_are_units() => Counts().Result().Reason.ShouldBe("letters: no unit to the canary has been counted yet");

    [Fact]
    public void A_count_is_waited_for_and_ends_the_measuring()
    {
        var check = new ThresholdCheck(Check(new ThresholdSpec { Source = "p", Query = "q", Pass = "value < 10", Count = 2 }));
        check.Fold(Of(0, "1"));
        (check.IsOver, check.Result().Verdict).ShouldBe((false, Verdict.Inconclusive));
        check.Fold(Of(1, "1"));
        (check.IsOver, check.Result().Verdict).ShouldBe((true, Verdict.Passed));
    }

    [Fact]
    public void A_condition_may_speak_of_stable_and_needs_it_then()
    {
        var spec = new ThresholdSpec { Source = "p", Query = "q", Pass = "value < 2.0 * stable" };
        ThresholdCheck.AsksStable(spec).ShouldBeTrue();
        ThresholdCheck.AsksStable(spec with { Pass = "value < 2" }).ShouldBeFalse();
        var check = new ThresholdCheck(Check(spec));
        check.Fold(new Measurement("queue", 0, Start, [new MeasuredPart("value", 5), new MeasuredPart("stable", 3)]));
        check.Result().Verdict.ShouldBe(Verdict.Passed);
        check.Fold(new Measurement("queue", 1, Start, [new MeasuredPart("value", 5), new MeasuredPart("stable", NoData: "no series")]));
        check.Result().Verdict.ShouldBe(Verdict.Inconclusive);
    }

    [Fact]
    public void Whatever_is_measured_a_pass_has_a_last_measurement_that_passed() => Prop.ForAll(
        Gen.Elements("1", "50", "none", "error").ListOf().Select(m => string.Join(' ', m)).ToArbitrary(),
        measured =>
        {
            var result = Fold(new ThresholdSpec { Source = "p", Query = "q", Pass = "value < 10", Fail = "value > 100", InconclusiveLimit = 3, FailureLimit = 1 }, measured);
            return result.Verdict != Verdict.Passed || measured.EndsWith('1');
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Counts_of_a_source_are_judged_like_the_routers_and_promise_less()
    {
        var check = Counts();
        for (var i = 0; i < 60 && !check.IsOver; i++)
        {
            check.Fold(Counted(i, 100, 20, 900, 18));
        }

        var result = check.Result();
        (result.Verdict, result.Guarantee).ShouldBe((Verdict.Failed, Guarantee.Estimated));
        result.Reason.ShouldStartWith("letters: canary 20.0 % vs stable 2.0 %");
    }

    [Fact]
    public void A_last_answer_without_numbers_is_no_pass()
    {
        var check = Counts();
        for (var i = 0; i < 60; i++)
        {
            check.Fold(Counted(i, 1000, 0, 9000, 0));
        }

        check.Result().Verdict.ShouldBe(Verdict.Inconclusive, "no acceptable rate was given, and nothing bad was seen on either side");
        check.Fold(new Measurement("letters", 60, Start.AddSeconds(600), [new MeasuredPart(CountsCheck.CanaryBad, Failure: "connection refused")]));
        check.Result().Reason.ShouldBe("letters: the source failed: connection refused (1 of 61 times)");
    }

    [Fact]
    public void An_acceptable_rate_lets_a_version_without_a_bad_unit_pass_once_there_were_enough()
    {
        var check = new CountsCheck(CountsSpec() with { Acceptable = 0.01, MinRequests = 5000 }, new AnalysisSettings { Checks = [CountsSpec()] });
        check.Fold(Counted(0, 4000, 0, 4000, 0));
        check.Result().Reason.ShouldBe("letters: not enough evidence yet: 4000 of the 5000 units that the check asks for at least");
        check.Fold(Counted(1, 4000, 0, 4000, 0));
        check.Result().Verdict.ShouldBe(Verdict.Passed);
    }

    [Fact]
    public void Counts_of_which_all_are_bad_for_both_versions_say_that_bad_and_total_are_the_same()
    {
        var check = Counts();
        for (var i = 0; i < 60; i++)
        {
            check.Fold(Counted(i, 100, 100, 900, 900.5));
        }

        var result = check.Result();
        (result.Verdict, result.DecidedAt).ShouldBe((Verdict.Inconclusive, null));
        result.Reason.ShouldBe(
            "letters: every unit of both versions is bad: bad and total have been the same number each time, so see whether they ask for what is meant (canary 100.0 % vs stable 100.0 %)");
        check.Fold(Counted(60, 100, 100, 900, 899));
        check.Result().Reason.ShouldNotContain("the same number");
    }

    [Fact]
    public void A_version_that_fails_all_while_the_other_does_not_is_no_matter_of_the_queries()
    {
        var check = Counts();
        for (var i = 0; i < 60 && !check.IsOver; i++)
        {
            check.Fold(Counted(i, 100, 100, 900, 9));
        }

        check.Result().Verdict.ShouldBe(Verdict.Failed);
        check.Result().Reason.ShouldNotContain("the same number");
    }

    [Fact]
    public void What_a_source_extrapolates_a_little_beyond_is_taken_for_what_it_means()
    {
        var check = Counts();
        check.Fold(Counted(0, 10, 10.4, 90, -0.2));
        var result = check.Result();
        (result.CanaryBad, result.StableBad).ShouldBe((10, 0));
    }

    [Fact]
    public void Ranks_compare_all_values_so_far_and_a_failure_stays()
    {
        var spec = new RankSpec { Source = "p", Metrics = [new RankedMetric { Name = "cpu", Query = "q" }] };
        var check = new RankCheck(new CheckSpec { Kind = CheckKind.MannWhitney, Name = "kayenta", Ranks = spec });
        check.Result().Verdict.ShouldBe(Verdict.Inconclusive);
        double[] low = [10, 11, 9, 10, 12, 10, 11, 9], high = [30, 29, 31, 33, 30, 28, 32, 31];
        check.Fold(Ranked(0, low, low));
        check.Result().Verdict.ShouldBe(Verdict.Passed);
        check.Fold(Ranked(1, high, low));
        (check.IsOver, check.Result().Verdict).ShouldBe((true, Verdict.Failed));
        check.Result().Guarantee.ShouldBe(Guarantee.Estimated);

        var nothing = new RankCheck(new CheckSpec { Kind = CheckKind.MannWhitney, Name = "kayenta", Ranks = spec });
        nothing.Fold(new Measurement("kayenta", 0, Start, [new MeasuredPart("cpu/canary", NoData: "none"), new MeasuredPart("cpu/stable", NoData: "none")]));
        nothing.Result().Verdict.ShouldBe(Verdict.Inconclusive);
    }

    [Fact]
    public void Ranks_of_too_few_values_wait_for_more_and_have_no_score_until_then()
    {
        var spec = new RankSpec { Source = "p", Metrics = [new RankedMetric { Name = "cpu", Query = "q" }] };
        var check = new RankCheck(new CheckSpec { Kind = CheckKind.MannWhitney, Name = "kayenta", Ranks = spec });
        check.Fold(Ranked(0, [33.41], [31.97]));
        check.Result().Reason.ShouldBe("kayenta: cpu: 1 value of the canary and 1 of stable are too few to be 98 % sure of anything; waits for 5 of each");
        (check.IsOver, check.Result().Measured, check.Last!.Number).ShouldBe((false, null, null));
        check.Fold(Ranked(1, [33, 31, 32, 30, 34], [31, 33, 30, 34, 32.5]));
        var passed = check.Result();
        (passed.Verdict, passed.Measured).ShouldBe((Verdict.Passed, 100));
        passed.Reason.ShouldBe("kayenta: score 100, 95 passes: 5 values of the canary and 5 of stable");
    }

    [Fact]
    public void Tests_that_promise_something_share_the_rate_and_others_have_none_of_it()
    {
        AnalysisSettings Of(params CheckSpec[] checks) => new() { Checks = checks };
        var latency = new CheckSpec { Kind = CheckKind.Latency };
        Of(new CheckSpec { Kind = CheckKind.Errors }, latency).Tests.ShouldBe(4);
        Of(latency, CountsSpec(), Check(new ThresholdSpec { Source = "p", Query = "q", Pass = "value < 1" })).Tests.ShouldBe(4);
        Of(latency with { DryRun = true }, CountsSpec()).Tests.ShouldBe(1);
    }

    private static CheckSpec CountsSpec() => new() { Kind = CheckKind.Counts, Name = "letters", Counts = new CountsSpec("p", "bad", "total", null, TimeSpan.FromSeconds(10)) };

    private static CountsCheck Counts() => new(CountsSpec(), new AnalysisSettings { Checks = [CountsSpec()] });

    private static Measurement Counted(int number, double canary, double canaryBad, double stable, double stableBad) => new(
        "letters", number, Start.AddSeconds(10 * number),
        [new(CountsCheck.CanaryTotal, canary), new(CountsCheck.CanaryBad, canaryBad), new(CountsCheck.StableTotal, stable), new(CountsCheck.StableBad, stableBad)]);

    private static Measurement Ranked(int number, double[] canary, double[] stable) =>
        new("kayenta", number, Start.AddMinutes(5 * number), [new("cpu/canary", Values: canary), new("cpu/stable", Values: stable)]);

    private static CheckSpec Check(ThresholdSpec spec) => new() { Kind = CheckKind.Threshold, Name = "queue", Threshold = spec };

    private static CheckResult Fold(ThresholdSpec spec, string measured)
    {
        var check = new ThresholdCheck(Check(spec));
        foreach (var (text, number) in measured.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((m, i) => (m, i)))
        {
            check.Fold(Of(number, text));
        }

        return check.Result();
    }

    private static Measurement Of(int number, string text) => new("queue", number, Start.AddSeconds(30 * number),
    [
        text == "none" ? new MeasuredPart("value", NoData: "no series") : text == "error" ? new MeasuredPart("value", Failure: "connection refused") : new MeasuredPart("value", double.Parse(text)),
    ]);
}
