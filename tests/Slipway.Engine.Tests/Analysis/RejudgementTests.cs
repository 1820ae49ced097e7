using Slipway.Engine.Targets;
using Slipway.Core.Analysis;
using Slipway.Core.Kernel;
using Slipway.Core.Rollouts;
using Slipway.Core.Traffic;
using Slipway.Engine.Analysis;
using Slipway.Engine.Tests.Simulation;
using Slipway.Engine.Traffic;

namespace Slipway.Engine.Tests.Analysis;

/// <summary>Rollouts of scripted traffic, whose counts come late, from routers that restart, under weights that change; each judged while it goes on, and again from what was kept.</summary>
public sealed class RejudgementTests
{
    private const string Stable = "shop/prod/1", Canary = "shop/prod/2";
    private static readonly LaneId Lane = new("shop", "prod");
    private static readonly DateTimeOffset Shift = DateTimeOffset.FromUnixTimeSeconds(1_000_000);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Equal_settings_give_the_equal_verdict_second_and_evidence()
    {
        var verdicts = new Dictionary<JudgeVerdict, int>();
        for (var seed = 1; seed <= 24; seed++)
        {
            var story = new Story(seed);
            await story.PlayAsync();
            var again = JudgeDesk.Replay(story.Asked, await story.Store.ReadBinsAsync(story.Asked.Rollout, 0, Cancel));

            var told = $"rollout {seed}";
            again.Result.Verdict.ToString().ShouldBe(story.Last.Verdict.ToString(), told);
            again.Result.Reason.ShouldBe(story.Last.Reason, told);
            again.Result.Checks.Select(c => (c.Name, c.Reason, c.CanaryUnits, c.CanaryBad, c.StableUnits, c.StableBad, c.Ratio))
                .ShouldBe(story.Last.Checks.Select(c => (c.Name, c.Text, (double)c.CanaryUnits, (double)c.CanaryBad, (double)c.StableUnits, (double)c.StableBad, c.Ratio)), told);
            again.Result.Checks.Select(c => c.Log10Evidence).ShouldBe(story.Last.Checks.Select(c => c.LogEvidence), told);
            again.Result.DecidedAt.ShouldBe(story.Last.DecidedAt?.ToUnixTimeSeconds(), told);
            JudgeDesk.ReplayResult(story.Asked, await story.Store.ReadBinsAsync(story.Asked.Rollout, 0, Cancel)).ShouldBeEquivalentTo(again.Result, told);
            verdicts[story.Last.Verdict] = verdicts.GetValueOrDefault(story.Last.Verdict) + 1;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", verdicts.Select(v => $"{v.Value} {v.Key}")));
        verdicts.Keys.ShouldBe([JudgeVerdict.Passed, JudgeVerdict.Failed, JudgeVerdict.Inconclusive], ignoreOrder: true, "the stories end in all ways");
    }

    [Fact]
    public async Task A_server_that_starts_anew_in_the_middle_judges_as_one_that_did_not()
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            var whole = new Story(seed);
            await whole.PlayAsync();
            var broken = new Story(seed) { RestartsAt = 70 };
            await broken.PlayAsync();

            broken.Last.Reason.ShouldBe(whole.Last.Reason, $"rollout {seed}");
            broken.Last.Checks.Select(c => c.LogEvidence).ShouldBe(whole.Last.Checks.Select(c => c.LogEvidence), $"rollout {seed}");
        }
    }

    [Fact]
    public async Task Other_settings_are_asked_of_the_same_counts()
    {
        var story = new Story(4) { CanaryErrors = 0.08 };
        await story.PlayAsync();
        story.Last.Verdict.ShouldBe(JudgeVerdict.Failed);
        var rows = await story.Store.ReadBinsAsync(story.Asked.Rollout, 0, Cancel);

        var tolerant = JudgeDesk.Replay(story.Asked with { Spec = story.Asked.Spec with { Tolerate = 50 } }, rows).Result;
        tolerant.Verdict.ShouldNotBe(Verdict.Failed);
        tolerant.Checks[0].Tolerate.ShouldBe(50);

        var stricter = JudgeDesk.Replay(story.Asked with { Spec = story.Asked.Spec with { FalseAlarmRate = 0.000001 } }, rows).Result;
        stricter.Checks[0].Limit.ShouldBe(4_000_000, 0.001);
        (stricter.DecidedAt ?? long.MaxValue).ShouldBeGreaterThan(story.Last.DecidedAt!.Value.ToUnixTimeSeconds(), "more certainty takes longer");
    }

    [Fact]
    public async Task A_trace_ends_where_the_test_stands_and_has_all_its_counts()
    {
        var story = new Story(2);
        await story.PlayAsync();
        var judged = JudgeDesk.Replay(story.Asked, await story.Store.ReadBinsAsync(story.Asked.Rollout, 0, Cancel));

        judged.Traces.Select(t => t.Result.Name).ShouldBe(["errors", "latency p50", "latency p95", "latency p99"]);
        foreach (var trace in judged.Traces.Where(t => t.Result.Verdict != Verdict.Failed))
        {
            trace.Points.Count.ShouldBeInRange(20, EvidenceTrace.MostPoints);
            trace.Points.Sum(p => p.Stretch.CanaryUnits).ShouldBe(trace.Result.CanaryUnits);
            trace.Points.Sum(p => p.Stretch.StableBad).ShouldBe(trace.Result.StableBad);
            trace.Points[^1].Log10Evidence.ShouldBe(trace.Result.Log10Evidence);
            trace.Points[^1].Ratio.ShouldBe(new RatioInterval(trace.Result.Ratio, trace.Result.RatioLow, trace.Result.RatioHigh), "folded along, as at once");
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task The_trace_of_a_failure_ends_with_the_second_that_decided(int seed)
    {
        var story = new Story(seed) { CanaryErrors = 0.2 };
        await story.PlayAsync();
        var judged = JudgeDesk.Replay(story.Asked, await story.Store.ReadBinsAsync(story.Asked.Rollout, 0, Cancel));

        var errors = judged.Traces.Single(t => t.Result.Name == "errors");
        errors.Result.Verdict.ShouldBe(Verdict.Failed);
        errors.Points[^1].Second.ShouldBe(errors.Result.DecidedAt!.Value);
        errors.Points.Sum(p => p.Stretch.CanaryBad).ShouldBeGreaterThanOrEqualTo(errors.Result.CanaryBad, "what was still open when it was decided may have turned out bad since");
        errors.Points[^1].Log10Evidence.ShouldBeGreaterThanOrEqualTo(Math.Log10(errors.Result.Limit));
    }

    [Fact]
    public async Task What_is_counted_after_the_failure_is_kept_to_be_seen_and_changes_no_verdict()
    {
        var whole = new Story(4) { CanaryErrors = 0.2 };
        await whole.PlayAsync();
        whole.Last.Verdict.ShouldBe(JudgeVerdict.Failed);
        var failing = new Story(4) { CanaryErrors = 0.2, WaitsForAPerson = true };
        await failing.PlayAsync();
        var rows = await failing.Store.ReadBinsAsync(failing.Asked.Rollout, 0, Cancel);
        var again = JudgeDesk.Replay(failing.Asked, rows);

        again.Result.Reason.ShouldBe(failing.Last.Reason);
        again.Result.Checks.Select(c => (c.CanaryUnits, c.CanaryBad, c.StableUnits)).ShouldBe(failing.Last.Checks.Select(c => ((double)c.CanaryUnits, (double)c.CanaryBad, (double)c.StableUnits)), "the judge's last word was at the failure");
        again.Traces.SelectMany(trace => trace.Points).Max(point => point.Second).ShouldBeLessThanOrEqualTo(failing.FailedAt!.Value);

        var seen = new JudgeJournal(rows).Seconds.Max(reading => reading.Second.Second);
        seen.ShouldBeGreaterThan(failing.FailedAt!.Value + 20);
        seen.ShouldBe(new JudgeJournal(await whole.Store.ReadBinsAsync(whole.Asked.Rollout, 0, Cancel)).Seconds.Max(reading => reading.Second.Second));
    }

    [Fact]
    public async Task A_try_that_is_begun_anew_is_judged_by_nothing_of_the_one_before()
    {
        var story = new Story(4) { CanaryErrors = 0.2, AnewAt = 60 };
        await story.PlayAsync();
        story.Firsts.Keys.ShouldBe([0, 60]);
        story.Firsts[60].Verdict.ShouldBe(JudgeVerdict.Inconclusive);
        story.Firsts[60].Checks[0].ShouldSatisfyAllConditions(errors => errors.CanaryUnits.ShouldBeLessThan(40), errors => errors.StableBad.ShouldBeLessThan(20));
        story.Last.Verdict.ShouldBe(JudgeVerdict.Failed, "it is no better");
        story.Last.DecidedAt!.Value.ShouldBeGreaterThan(Shift.AddSeconds(60));
    }

    [Fact]
    public async Task A_watch_is_judged_again_as_a_watch()
    {
        var story = new Story(1) { FullAt = 90 };
        await story.PlayAsync();
        var again = JudgeDesk.Replay(story.Asked with { FullAt = Shift.AddSeconds(90) }, await story.Store.ReadBinsAsync(story.Asked.Rollout, 0, Cancel));
        again.Result.Reason.ShouldBe(story.Last.Reason);
        again.Result.Reason.ShouldContain("before the switch");
        again.Traces[0].Result.StableUnits.ShouldBeGreaterThan(0, "the history is that of the comparison");
        var watch = again.Traces[0].Watch.ShouldNotBeNull();
        watch.Result.Reason.ShouldBe(story.Last.Checks[0].Text, "and beside it that of the watch");
        watch.Points[0].Second.ShouldBeGreaterThanOrEqualTo(Shift.ToUnixTimeSeconds() + 90);
        watch.Points.Sum(point => point.Units).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Beside_a_watch_it_is_told_what_the_steps_before_it_came_to()
    {
        var (canary, watched) = (new Story(1) { Seconds = 91 }, new Story(1) { FullAt = 90 });
        await canary.PlayAsync();
        await watched.PlayAsync();
        var asked = watched.Asked with { FullAt = Shift.AddSeconds(90) };
        var rows = await watched.Store.ReadBinsAsync(asked.Rollout, 0, Cancel);

        var (last, steps) = JudgeDesk.ReplayParts(asked, rows);

        last.Reason.ShouldBe(watched.Last.Reason);
        steps.ShouldNotBeNull().Checks.Select(check => check.Name).ShouldBe(last.Checks.Select(check => check.Name));
        steps.Reason.ShouldNotContain("before the switch");
        steps.Checks[0].CanaryUnits.ShouldBeGreaterThanOrEqualTo(canary.Last.Checks[0].CanaryUnits, "all that came while both had traffic, and what was open then is known by now");
        JudgeDesk.ReplayParts(asked with { Spec = asked.Spec with { Checks = [asked.Spec.Checks[0] with { Acceptable = 1 }] } }, rows).Steps.ShouldNotBeNull().Verdict.ShouldBe(Verdict.Passed, "they are judged by the other settings too");
        JudgeDesk.ReplayParts(canary.Asked, await canary.Store.ReadBinsAsync(asked.Rollout, 0, Cancel)).Steps.ShouldBeNull("the last word is of them");
    }

    [Fact]
    public async Task Where_a_failure_before_the_watch_is_the_last_word_there_is_one_word_alone()
    {
        var story = new Story(4) { CanaryErrors = 0.2, FullAt = 90 };
        await story.PlayAsync();

        var (last, steps) = JudgeDesk.ReplayParts(story.Asked with { FullAt = Shift.AddSeconds(90) }, await story.Store.ReadBinsAsync(story.Asked.Rollout, 0, Cancel));

        (last.Verdict, steps).ShouldBe((Verdict.Failed, null));
    }

    [Fact]
    public async Task Twenty_minutes_are_told_in_at_most_three_hundred_points_for_each_test()
    {
        var rows = await TwentyMinutesAsync();
        JudgeDesk.Replay(Plain, rows);
        var began = Environment.CpuUsage.TotalTime;
        var traces = JudgeDesk.Replay(Plain, rows).Traces;
        TestContext.Current.TestOutputHelper?.WriteLine($"{rows.Count} looks, {rows.Sum(r => r.Payload.Length) / 1e6:0.0} MB: {(Environment.CpuUsage.TotalTime - began).TotalMilliseconds:0} ms of processor time");

        traces.Count.ShouldBe(4);
        traces.ShouldAllBe(trace => trace.Points.Count > 200 && trace.Points.Count <= EvidenceTrace.MostPoints);
        traces.ShouldAllBe(trace => trace.Points.Zip(trace.Points.Skip(1)).All(pair => pair.First.Second < pair.Second.Second));
    }

    private static readonly AskJudge Plain = new Story(1).Asked;

    private static async Task<IReadOnlyList<Ports.BinRow>> TwentyMinutesAsync()
    {
        var story = new Story(1) { Seconds = 1200 };
        await story.PlayAsync();
        return await story.Store.ReadBinsAsync(Plain.Rollout, 0, Cancel);
    }

    /// <summary>A rollout with its traffic; what happens in them is drawn from the seed.</summary>
    private sealed class Story
    {
        private readonly Random random;
        private readonly TrafficIntake traffic = new();
        private readonly VirtualTime time = new();
        private readonly List<Request> requests = [];

        public Story(int seed)
        {
            random = new Random(seed);
            CanaryErrors = (seed % 4) switch { 0 => 0.25, 1 => 0.01, 2 => 0.03, _ => 0.002 };
            Store = new MemoryStore(time, Mutation.None);
        }

        public double CanaryErrors { get; init; }
        public int? RestartsAt { get; init; }
        public int? FullAt { get; init; }

        /// <summary>Somebody has the version tried anew.</summary>
        public int? AnewAt { get; init; }

        /// <summary>What was said first, by when the judgement began.</summary>
        public Dictionary<int, JudgeAnswer> Firsts { get; } = [];
        public int Seconds { get; init; } = 120;

        /// <summary>When it has failed it goes on to serve, and nothing is asked of the judge.</summary>
        public bool WaitsForAPerson { get; init; }
        public long? FailedAt { get; private set; }
        public MemoryStore Store { get; }
        public JudgeAnswer Last { get; private set; } = null!;

        public AskJudge Asked { get; } = new()
        {
            Rollout = "shop-prod-2",
            Lane = Lane,
            Spec = new RolloutSpec { Strategy = RolloutStrategy.Canary, Checks = [new() { Kind = CheckKind.Errors, Acceptable = 0.03 }, new() { Kind = CheckKind.Latency, Acceptable = 0.08 }] },
            VersionSet = Canary,
            StableVersionSet = Stable,
            Since = Shift,
            RequestTimeout = TimeSpan.FromSeconds(10),
        };

        private sealed record Request(int Second, int Router, long Generation, bool IsCanary, double Ends, bool Fails);

        public async Task PlayAsync()
        {
            JudgeDesk Desk() => new(Store, traffic, new AgentRegistry(), new Measurer(Store, new ScriptedSource(_ => throw new NotSupportedException("Nothing is measured here."))));
            var desk = Desk();
            for (var second = -40; second < Seconds; second++)
            {
                Start(second);
                foreach (var router in new[] { 0, 1 })
                {
                    // A router tells every second as a rule, now and then nothing, and a part of its counts ahead of the rest.
                    if (random.NextDouble() < 0.85)
                    {
                        await ReportAsync(router, second + random.NextDouble());
                    }
                }

                if (second == RestartsAt)
                {
                    desk = Desk();
                }

                if (FailedAt is not null)
                {
                    await desk.CountOnAsync(Asked with { HasFailed = true }, Cancel);
                }
                else if (second >= 0)
                {
                    var asked = second >= AnewAt ? Asked with { Since = Shift.AddSeconds(AnewAt.Value) } : Asked;
                    Last = await desk.AskAsync(second >= FullAt ? asked with { FullAt = Shift.AddSeconds(FullAt.Value) } : asked, Cancel);
                    Firsts.TryAdd(second >= AnewAt ? AnewAt.Value : 0, Last);
                    FailedAt = WaitsForAPerson && Last.Verdict == JudgeVerdict.Failed ? Shift.ToUnixTimeSeconds() + second : null;
                }

                time.Pass(TimeSpan.FromSeconds(1));
            }

        }

        private int WeightAt(int second) => second < 0 ? 0 : second >= FullAt ? 100 : second < 50 ? 20 : 50;

        private long GenerationAt(int second) => second < 0 ? 1 : second >= FullAt ? 4 : second < 50 ? 2 : 3;

        /// <summary>A router that restarts at second 60 forgets what it had; its requests die with it.</summary>
        private static int IncarnationAt(int second, int router) => router == 1 && second >= 60 ? 2 : 1;

        private void Start(int second)
        {
            for (var i = 0; i < 40; i++)
            {
                var router = random.Next(2);
                var isCanary = random.Next(100) < WeightAt(second);
                var slow = random.NextDouble() < 0.05;
                var takes = slow ? random.NextDouble() * 14 : 0.02 + (random.NextDouble() * 0.1);
                requests.Add(new(second, router, GenerationAt(second), isCanary, second + random.NextDouble() + takes, random.NextDouble() < (isCanary ? CanaryErrors : 0.01)));
            }
        }

        private async Task ReportAsync(int router, double at)
        {
            requests.RemoveAll(r => r.Second < at - 40);
            var incarnation = IncarnationAt((int)Math.Floor(at), router);
            var readings = requests
                .Where(r => r.Router == router && IncarnationAt(r.Second, router) == incarnation && r.Second <= at)
                .GroupBy(r => (r.Generation, r.IsCanary))
                .Select(g => new TrafficReading
                {
                    Lane = Lane,
                    Agent = $"router-{router}",
                    Incarnation = incarnation.ToString(),
                    Generation = g.Key.Generation,
                    VersionSet = g.Key.IsCanary ? Canary : Stable,
                    Version = g.Key.IsCanary ? "2" : "1",
                    Arm = g.Key.IsCanary ? Arm.Canary : Arm.Stable,
                    Weight = g.Key.IsCanary ? WeightAt(g.First().Second) : 100 - WeightAt(g.First().Second),
                    Seconds = [.. g.GroupBy(r => r.Second).OrderBy(s => s.Key).Select(s => SecondOf(s.Key, [.. s], at))],
                })
                .ToList();
            if (random.NextDouble() < 0.2 && readings.Count > 1)
            {
                await traffic.ReportAsync($"router-{router}", [readings[0]], at: null, Cancel);
                readings.RemoveAt(0);
            }

            await traffic.ReportAsync($"router-{router}", readings, Shift.AddSeconds(at), Cancel);
        }

        private static long BucketOf(double seconds) => Math.Max(0, (long)Math.Ceiling(Math.Log(seconds * 1e6 / LatencyScale.UpperMicros(0)) / Math.Log(LatencyScale.UpperMicros(1) / LatencyScale.UpperMicros(0))));

        private static TrafficSecond SecondOf(int second, IReadOnlyList<Request> all, double at)
        {
            var finished = all.Where(r => r.Ends <= at && r.Ends - r.Second <= 10).ToList();
            var timedOut = all.Count(r => r.Ends - r.Second > 10 && at - r.Second > 10);
            var inFlight = all.Where(r => r.Ends > at).ToList();
            return new(
                Shift.ToUnixTimeSeconds() + second, all.Count, finished.Count, finished.Count(r => r.Fails), 0, timedOut, 0,
                [.. finished.GroupBy(r => BucketOf(r.Ends - r.Second)).OrderBy(b => b.Key).SelectMany(b => new long[] { b.Key, b.Count() })],
                [.. inFlight.GroupBy(r => BucketOf(at - r.Second)).OrderBy(b => b.Key).SelectMany(b => new long[] { b.Key, b.Count() })]);
        }
    }
}
