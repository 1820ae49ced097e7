using Slipway.Core.Analysis;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Tests.Analysis;

/// <summary>The first seconds after a rise of the weight: instances are cold then, and must not hang.</summary>
public sealed class WarmUpTests
{
    private const int Rise = 20;
    private static readonly AnalysisSettings AsDefined = new() { Checks = [new() { Kind = CheckKind.Errors }, new() { Kind = CheckKind.Latency }] };
    private static readonly WatchBaseline[] Known = [new("errors", null, 100_000, 10), new("latency p50", 1000, 100_000, 50_000), new("latency p95", 2000, 100_000, 5000), new("latency p99", 3000, 100_000, 1000)];

    [Theory]
    [InlineData(10, 0.3)]
    [InlineData(100, 0.3)]
    [InlineData(10, 1)]
    public void A_hang_from_the_first_second_is_found_within_eight(int canaryRequests, double hanging)
    {
        var random = new Random(5);
        var hung = Enumerable.Range(0, 60).Select(_ => Enumerable.Range(0, canaryRequests).Count(_ => random.NextDouble() < hanging)).ToList();
        var analysis = new RunningAnalysis(AsDefined);
        var found = Until(analysis, canaryRequests, second => hung[second]);

        (found - Rise).ShouldBeLessThanOrEqualTo(8);
        var result = analysis.Result();
        result.Verdict.ShouldBe(Verdict.Failed);
        result.Guarantee.ShouldBe(Guarantee.Guaranteed);
        result.Reason.ShouldMatch(
            @"^latency p\d\d: \d+ of \d+ requests to the canary had no full answer yet \(the longest for [5-8] s\): canary \d+\.\d % vs stable 0 % took longer than 1006 ms while it warmed up, .*certain beyond 1 in 100 after [5-8] s$");
        result.Checks.Where(check => check.Verdict == Verdict.Failed).ShouldAllBe(check => check.IsOfWarmUps && check.ThresholdMicros == 1_006_000);
    }

    [Fact]
    public void Requests_that_all_hang_at_once_are_found_though_none_comes_after_them()
    {
        // Clients that wait for their answer send nothing more: what hangs is of one second alone.
        var analysis = new RunningAnalysis(AsDefined);
        var found = Until(analysis, second => second == 0 ? 20 : 0, second => second == 0 ? 20 : 0);
        (found - Rise).ShouldBeInRange(5, 8);
        analysis.Result().Reason.ShouldContain(": 20 of 20 requests to the canary had no full answer yet (the longest for ");
    }

    [Fact]
    public void A_cold_instance_whose_first_requests_take_longer_is_not_blamed()
    {
        var analysis = new RunningAnalysis(AsDefined);
        for (var i = 0; i < 300; i++)
        {
            analysis.Observe(Of(i, 0.1, canary: 100, i - Rise is >= 0 and < 5 ? 401_000 : 1000, hanging: 0, age: 0));
            analysis.Complete(i + 1);
            analysis.HasFailed.ShouldBeFalse($"in second {i}");
        }

        analysis.Result().Verdict.ShouldBe(Verdict.Passed);
        analysis.Result().Checks[1].CanaryUnits.ShouldBe((300 - Rise - 10) * 100, "a pass rests on none of them");
    }

    [Fact]
    public void A_cold_start_of_two_seconds_is_not_blamed_and_what_follows_it_can_pass()
    {
        var analysis = new RunningAnalysis(AsDefined);
        for (var i = 0; i < 300; i++)
        {
            analysis.Observe(Of(i, 0.1, canary: 100, i - Rise is 0 or 1 ? 2_000_000 : 1000, hanging: 0, age: 0));
            analysis.Complete(i + 1);
            if (i == Rise + 4)
            {
                analysis.Result().Checks[1].Reason.ShouldStartWith("latency p50: worse than tolerated, but in 2 of the 5 seconds only that a failure takes: canary 40.0 % of 500 ");
            }
        }

        analysis.Result().Verdict.ShouldBe(Verdict.Passed, analysis.Result().Reason);
    }

    [Fact]
    public void Identical_versions_that_are_slow_by_seconds_after_each_rise_are_seldom_blamed()
    {
        // A tenth of all requests takes two seconds, in bursts that differ from second to second; the weight rises every 20 s, so that half of the time is warm-up.
        int Alarms(double ratio, bool warmUpsAlone = false) => Enumerable.Range(0, 400).Count(seed =>
        {
            var random = new Random(seed);
            var analysis = new RunningAnalysis(AsDefined with { Tolerate = 0, TolerateAbsolute = 0 });
            for (var i = 0; i < 200; i++)
            {
                var share = i < Rise ? 0 : 0.05 * (1 + ((i - Rise) / 20));
                var rate = random.NextDouble() < 0.3 ? 0.3 : 0.02;
                int canary = 0, canarySlow = 0, slow = 0;
                for (var request = 0; request < 60; request++)
                {
                    var isCanary = random.NextDouble() < share;
                    var isSlow = random.NextDouble() < rate * (isCanary && !(warmUpsAlone && i % 20 >= 10) ? ratio : 1);
                    canary += isCanary ? 1 : 0;
                    canarySlow += isCanary && isSlow ? 1 : 0;
                    slow += !isCanary && isSlow ? 1 : 0;
                }

                analysis.Observe(new(i, 1 + (i / 20), share, Arm(canary - canarySlow, canarySlow), Arm(60 - canary - slow, slow)));
                analysis.Complete(i + 1);
            }

            return analysis.HasFailed;
        });
        Alarms(1).ShouldBeLessThanOrEqualTo(8, "1 % of 400, and what chance adds to it");
        Alarms(3, warmUpsAlone: true).ShouldBeGreaterThan(200, "what is slow in warm-ups alone is found too");

        static ArmSecond Arm(int quick, int slow) => new() { Units = quick + slow, Bad = 0, Finished = [new(1000, quick), new(2_000_000, slow)] };
    }

    [Fact]
    public void A_hang_right_after_the_switch_is_found_too_and_slow_starts_are_not_blamed()
    {
        var watch = new WatchAnalysis(AsDefined, Known);
        var found = 0;
        for (; watch.Result().Verdict != Verdict.Failed; found++)
        {
            found.ShouldBeLessThan(9);
            for (var second = 0; second <= found; second++)
            {
                watch.Observe(new(second, 1, 1, Arm(100, 1000, 30, found - second), ArmSecond.None));
            }

            watch.Complete(found + 1);
        }

        watch.Result().Reason.ShouldMatch(@"^latency p9\d: \d+ of \d+ requests had no full answer yet \(the longest for [4-8] s\): \d+\.\d % took longer than 100\d ms while it warmed up; took longer than \d ms: \d\.\d % \(at most \d\.\d %\) before the switch, by estimate beyond 1 in 100 after \d s$");

        var cold = new WatchAnalysis(AsDefined, Known);
        for (var second = 0; second < 300; second++)
        {
            cold.Observe(new(second, 1, 1, Arm(100, second < 8 ? 400_000 : 500, 0, 0), ArmSecond.None));
            cold.Complete(second + 1);
            cold.Result().Verdict.ShouldNotBe(Verdict.Failed);
        }

        cold.Result().Verdict.ShouldBe(Verdict.Passed, cold.Result().Reason);
        cold.Traces().Single(trace => trace.Result.Name == "latency p99").Points.Count.ShouldBe(290, "what is drawn is of the limit that is told");
    }

    private static int Until(RunningAnalysis analysis, int requests, Func<int, int> hanging) => Until(analysis, _ => requests, hanging);

    /// <returns>The second at whose end the analysis has failed.</returns>
    private static int Until(RunningAnalysis analysis, Func<int, int> requests, Func<int, int> hanging)
    {
        for (var now = 0; now < Rise + 60; now++)
        {
            // What hangs grows older with each look.
            for (var second = Math.Min(now, Rise); second <= now; second++)
            {
                var since = second - Rise;
                analysis.Observe(since < 0 ? Of(second, 0.1, 0, 1000, 0, 0) : Of(second, 0.1, requests(since), 1000, hanging(since), now - second));
            }

            analysis.Complete(now + 1);
            if (analysis.HasFailed)
            {
                return now + 1;
            }
        }

        throw new InvalidOperationException($"Nothing was found: {analysis.Result().Reason}");
    }

    private static ObservedSecond Of(int second, double share, int canary, double micros, int hanging, int age) => new(
        second, 1, second < Rise ? 0 : share,
        second < Rise ? ArmSecond.None : Arm(canary, micros, hanging, age),
        new() { Units = 200, Bad = 0, Finished = [new(1000, 200)] });

    // Requests come all through the second, so that the oldest that hangs is half a second older on average than whole seconds say.
    private static ArmSecond Arm(int requests, double micros, int hanging, int age) => new()
    {
        Units = requests, Bad = 0, Open = hanging,
        Finished = requests > hanging ? [new(micros, requests - hanging)] : [],
        InFlight = hanging > 0 ? [new((age + 0.5) * 1_000_000, hanging)] : [],
    };
}
