using Slipway.Core.Analysis;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Tests.Analysis;

public sealed class WatchTests
{
    private static readonly AnalysisSettings Settings = new() { Checks = [new() { Kind = CheckKind.Errors }] };
    private static readonly WatchBaseline[] Stable = [new("errors", null, 100_000, 2000)];

    [Fact]
    public void A_version_like_stable_passes_the_watch_as_an_estimate()
    {
        var result = Watched(0.02, 600, Stable).Result();
        result.Verdict.ShouldBe(Verdict.Passed);
        result.Guarantee.ShouldBe(Guarantee.Estimated);
    }

    [Fact]
    public void Three_times_the_errors_fail_it()
    {
        var result = Watched(0.06, 120, Stable).Result();
        result.Verdict.ShouldBe(Verdict.Failed);
        result.Guarantee.ShouldBe(Guarantee.Estimated);
        result.DecidedAt.ShouldNotBeNull().ShouldBeLessThan(60);
        result.Reason.ShouldMatch(@"^errors: \d+\.\d %( \(since .*\))? vs 2\.0 % \(at most 2\.\d %\) before the switch, by estimate beyond 1 in 100 after \d+ s$");
    }

    [Fact]
    public void Identical_versions_are_seldom_blamed() =>
        Enumerable.Range(0, 100).Count(seed => Watched(0.02, 900, Stable, seed).Result().Verdict == Verdict.Failed).ShouldBeLessThanOrEqualTo(3);

    [Fact]
    public void With_nothing_known_of_stable_errors_are_held_against_what_is_acceptable()
    {
        var bad = Watched(0.3, 60, []).Result();
        bad.Verdict.ShouldBe(Verdict.Failed);
        bad.Guarantee.ShouldBe(Guarantee.Estimated);
        bad.Reason.ShouldMatch(@"^errors: \d+\.\d %, where 1\.0 % is acceptable \(nothing is known of the stable arm before the switch\), by estimate beyond 1 in 100 after \d+ s$");

        var good = Watched(0.001, 60, []).Result();
        good.Verdict.ShouldBe(Verdict.Passed);
        good.Reason.ShouldContain("where 1.0 % is acceptable (nothing is known of the stable arm before the switch): surely below 0.");
        Watched(0.0105, 600, []).Result().Verdict.ShouldBe(Verdict.Inconclusive, "neither surely acceptable nor surely worse");
    }

    [Fact]
    public void A_few_good_answers_of_stable_are_no_excuse_for_many_bad_ones()
    {
        // The 99 % interval of 0 of 17 ends at 24 %.
        WatchBaseline[] few = [new("errors", null, 17, 0)];
        var bad = Watched(0.29, 60, few).Result();
        bad.Verdict.ShouldBe(Verdict.Failed);
        bad.Reason.ShouldMatch(@"^errors: \d+\.\d % vs 0 % of only 17 requests \(at most 2\.0 % assumed\) before the switch, by estimate beyond 1 in 100 after \d+ s$");
        Watched(0.001, 60, few).Result().Verdict.ShouldBe(Verdict.Passed);
        Watched(0.015, 600, few).Result().Verdict.ShouldBe(Verdict.Inconclusive, "more than is acceptable, and not surely worse than stable was");
    }

    [Fact]
    public void With_nothing_known_of_stable_and_nothing_acceptable_it_is_inconclusive()
    {
        var watch = new WatchAnalysis(new() { Checks = [new() { Kind = CheckKind.Errors, Acceptable = 0 }, new() { Kind = CheckKind.Latency }] }, []);
        watch.Observe(new(0, 1, 1, new() { Units = 1000, Bad = 900, Finished = [new(5000, 1000)] }, ArmSecond.None));
        watch.Complete(1);
        watch.Result().Checks.ShouldAllBe(check => check.Verdict == Verdict.Inconclusive && check.Reason.EndsWith("nothing is known of the stable arm before the switch"));
        watch.Traces().ShouldBeEmpty("there is nothing to hold it against");
    }

    [Fact]
    public void Without_traffic_it_is_inconclusive()
    {
        var silent = new WatchAnalysis(Settings, Stable);
        silent.Complete(100);
        silent.Result().Reason.ShouldBe("errors: no request to the new version has been counted yet");
        new WatchAnalysis(new() { Checks = [] }, Stable).Result().Verdict.ShouldBe(Verdict.Inconclusive);
    }

    [Fact]
    public void Its_history_has_all_that_was_counted_in_at_most_three_hundred_points()
    {
        foreach (var seconds in (int[])[90, 900, 5000])
        {
            var watch = Watched(0.02, seconds, Stable);
            var trace = watch.Traces().ShouldHaveSingleItem();
            trace.Result.Reason.ShouldBe(watch.Result().Reason);
            trace.Points.Count.ShouldBeInRange(Math.Min(seconds, WatchPoints.Most) / 2, WatchPoints.Most);
            trace.Points.Select(point => point.Second).ShouldBeInOrder(SortDirection.Ascending);
            (trace.Points.Sum(point => point.Units), trace.Points.Sum(point => point.Bad)).ShouldBe((trace.Result.CanaryUnits, trace.Result.CanaryBad));
            (trace.Points[^1].TotalUnits, trace.Points[^1].TotalBad, trace.Points[^1].Log10Evidence).ShouldBe((trace.Result.CanaryUnits, trace.Result.CanaryBad, trace.Result.Log10Evidence));
            trace.Tolerated.ShouldBe(trace.StableUpper * 1.1, 1e-12);
        }
    }

    [Fact]
    public void The_reference_is_the_stable_arm_of_the_last_hour_with_its_thresholds()
    {
        var analysis = new RunningAnalysis(new() { Checks = [new() { Kind = CheckKind.Errors }, new() { Kind = CheckKind.Latency }] });
        for (var i = 0; i < 3 * 3600; i++)
        {
            analysis.Observe(new(i, 1, 0, ArmSecond.None, new()
            {
                Units = 100, Bad = i < 3600 ? 50 : 1, Finished = [new(1000, 98), new(2000, 2)],
            }));
            analysis.Complete(i + 1);
        }

        var baseline = analysis.Baseline();
        baseline[0].ShouldBe(new WatchBaseline("errors", null, 360_000, 3600));
        baseline[3].ShouldBe(new WatchBaseline("latency p99", 2000 + 5000, 360_000, 0));
        baseline[1].ShouldBe(new WatchBaseline("latency p50", 1000 + 5000, 360_000, 0));
    }

    [Fact]
    public void A_hang_counts_when_its_timeout_has_passed_though_its_second_is_not_settled()
    {
        var watch = new WatchAnalysis(Settings, Stable);
        for (var i = 0; i < 10; i++)
        {
            watch.Observe(new(i, 1, 1, new() { Units = 100, Bad = 30, Open = 5 }, ArmSecond.None));
            watch.Complete(i + 1);
        }

        var check = watch.Result().Checks.Single();
        check.Verdict.ShouldBe(Verdict.Failed);
        check.Reason.ShouldMatch(@"^errors: 30\.0 % vs 2\.0 % \(at most 2\.\d %\) before the switch, by estimate beyond 1 in 100 after \d s$");
        check.CanaryBad.ShouldBe(30 * (check.DecidedAt!.Value + 1));
        check.Evidence.ShouldBeGreaterThanOrEqualTo(check.Limit);
    }

    [Fact]
    public void Latency_is_not_judged_right_after_the_switch_and_errors_are()
    {
        var settings = new AnalysisSettings { Checks = [new() { Kind = CheckKind.Errors }, new() { Kind = CheckKind.Latency }] };
        var watch = new WatchAnalysis(settings, [new("errors", null, 100_000, 10), new("latency p50", 1000, 100_000, 50_000), new("latency p95", 2000, 100_000, 5000), new("latency p99", 3000, 100_000, 1000)]);
        void See(int second, long bad) => watch.Observe(new(second, 1, 1, new() { Units = 100, Bad = bad, Finished = [new(5000, 100)] }, ArmSecond.None));
        for (var i = 0; i < settings.WarmUp.TotalSeconds; i++)
        {
            See(i, bad: 0);
            watch.Complete(i + 1);
        }

        watch.Result().Verdict.ShouldBe(Verdict.Inconclusive);
        for (var i = 10; i < 14; i++)
        {
            See(i, bad: 0);
        }

        watch.Complete(14);
        watch.Result().Verdict.ShouldBe(Verdict.Inconclusive, "four slow seconds may be a moment in which it was held up");
        See(14, bad: 0);
        watch.Complete(15);
        watch.Result().Reason.ShouldStartWith("latency p");
        watch.Result().Verdict.ShouldBe(Verdict.Failed);
    }

    private static WatchAnalysis Watched(double rate, int seconds, WatchBaseline[] baselines, int seed = 1)
    {
        var random = new Random(seed);
        var watch = new WatchAnalysis(Settings, baselines);
        for (var i = 0; i < seconds; i++)
        {
            watch.Observe(new(i, 1, 1, new() { Units = 100, Bad = Enumerable.Range(0, 100).Count(_ => random.NextDouble() < rate) }, ArmSecond.None));
            watch.Complete(i + 1);
        }

        return watch;
    }
}
