using Slipway.Core.Analysis;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Tests.Analysis;

/// <summary>A failure that is certain before its seconds are settled, and what is told beside it.</summary>
public sealed class MomentTests
{
    private static readonly AnalysisSettings Both = new() { Checks = [new() { Kind = CheckKind.Errors }, new() { Kind = CheckKind.Latency }], WarmUp = TimeSpan.Zero };

    [Fact]
    public void Beside_a_failure_every_test_tells_of_the_same_moment()
    {
        var analysis = new RunningAnalysis(Both);
        for (var i = 0; i < 60; i++)
        {
            See(analysis, i, share: 0, canary: 0, hanging: 0);
        }

        // Some of the canary's requests hang in every second, so that none of its seconds is settled.
        var second = 60;
        for (; !analysis.HasFailed; second++)
        {
            See(analysis, second, share: 0.5, canary: 50, hanging: 4);
            second.ShouldBeLessThan(90);
        }

        var result = analysis.Result();
        result.Verdict.ShouldBe(Verdict.Failed);
        result.Reason.ShouldStartWith("latency p");
        var errors = result.Checks.Single(check => check.Name == "errors");
        (errors.Verdict, errors.NoTraffic).ShouldBe((Verdict.Inconclusive, false));
        var units = 50 * (int)(result.DecidedAt!.Value - 60 + 1);
        errors.CanaryUnits.ShouldBe(units, "what is known of the open seconds is told");
        errors.Reason.ShouldStartWith($"errors: not enough evidence yet: canary 0 % of {units} ");
        errors.Reason.ShouldEndWith($"; outcomes of the last {result.DecidedAt - 60 + 1} s are still open");
        result.Checks.ShouldAllBe(check => check.Verdict == Verdict.Failed || check.Reason.EndsWith(" are still open", StringComparison.Ordinal));

        var known = analysis.Unsettled().Where(bin => bin.Second >= 60).ToList();
        known.Select(bin => bin.Second).ShouldBe(Enumerable.Range(60, second - 60).Select(each => (long)each), "none of its seconds is settled, and what it failed by is to be seen all the same");
        var failed = result.Checks.First(check => check.Verdict == Verdict.Failed);
        known.Single(bin => bin.Second == failed.DecidedAt).Tests.Single(test => test.Test == failed.Name).Log10Evidence.ShouldBe(failed.Log10Evidence, 1e-9);
    }

    [Fact]
    public void What_is_known_of_open_seconds_decides_nothing()
    {
        var analysis = new RunningAnalysis(Both with { Checks = [new() { Kind = CheckKind.Errors, Acceptable = 0.5 }, new() { Kind = CheckKind.Latency }] });
        for (var i = 0; i < 60; i++)
        {
            See(analysis, i, share: 0, canary: 0, hanging: 0);
        }

        for (var second = 60; !analysis.HasFailed; second++)
        {
            See(analysis, second, share: 0.5, canary: 5000, hanging: 5000);
        }

        var errors = analysis.Result().Checks.Single(check => check.Name == "errors");
        errors.Reason.ShouldContain("is acceptable; outcomes of the last ", Case.Sensitive, "all that is known speaks for a pass");
        (errors.Verdict, errors.DecidedAt).ShouldBe((Verdict.Inconclusive, null), "and what is open may speak against it");
    }

    [Fact]
    public void Without_traffic_that_is_said_and_without_a_past_of_stable_it_is_not()
    {
        var analysis = new RunningAnalysis(Both);
        analysis.Result().Checks.ShouldAllBe(check => check.Verdict == Verdict.Inconclusive);
        analysis.Result().Checks.Select(check => check.NoTraffic).ShouldBe([true, false, false, false], "thresholds are what the others lack");

        var watch = new WatchAnalysis(Both, [new("errors", null, 1000, 1)]);
        watch.Result().Checks.Select(check => check.NoTraffic).ShouldBe([true, false, false, false]);
        watch.Observe(new(1, 1, 1, new() { Units = 100, Bad = 0, Finished = [new(1000, 100)] }, ArmSecond.None));
        watch.Complete(2);
        watch.Result().Checks.ShouldAllBe(check => !check.NoTraffic);
        watch.Result().Checks[1].Reason.ShouldEndWith("nothing is known of the stable arm before the switch");
    }

    [Fact]
    public void After_the_switch_too_all_is_of_one_moment()
    {
        var watch = new WatchAnalysis(Both, [new("errors", null, 100_000, 10), new("latency p50", 1000, 100_000, 50_000), new("latency p95", 2000, 100_000, 5000), new("latency p99", 3000, 100_000, 1000)]);
        for (var i = 0; i < 30 && watch.Result().Verdict != Verdict.Failed; i++)
        {
            watch.Observe(new(i, 1, 1, new() { Units = 100, Bad = 0, Open = 50, Finished = [new(500, 50)], InFlight = [new(9000, 50)] }, ArmSecond.None));
            watch.Complete(i + 1);
        }

        var result = watch.Result();
        result.Verdict.ShouldBe(Verdict.Failed);
        var errors = result.Checks.Single(check => check.Name == "errors");
        (errors.Verdict, errors.CanaryUnits).ShouldBe((Verdict.Inconclusive, 50 * (result.DecidedAt!.Value + 1)));
        errors.Reason.ShouldMatch(@"^errors: not enough evidence yet: 0 % vs .*; outcomes of the last \d+ s are still open$");
    }

    // Stable answers in 1 to 100 µs; what hangs has done so for longer than that already.
    private static void See(RunningAnalysis analysis, long second, double share, int canary, int hanging)
    {
        analysis.Observe(new(
            second, 1, share,
            new() { Units = canary + hanging, Bad = 0, Open = hanging, Finished = canary > 0 ? [new(50, canary)] : [], InFlight = hanging > 0 ? [new(100_000, hanging)] : [] },
            new() { Units = 100, Bad = 0, Finished = [.. Enumerable.Range(1, 100).Select(i => new LatencyCount(i, 1))] }));
        analysis.Complete(second + 1);
    }
}
