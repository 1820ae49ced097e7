using Slipway.Core.Kernel;
using Slipway.Core.Rollouts;
using Slipway.Core.Traffic;
using Slipway.Engine.Analysis;
using Slipway.Engine.Targets;
using Slipway.Engine.Tests.Simulation;
using Slipway.Engine.Traffic;

namespace Slipway.Engine.Tests.Analysis;

public sealed partial class JudgeDeskTests
{
    private const string Old = "shop/prod/1", Stable = "shop/prod/2", Canary = "shop/prod/3";
    private static readonly LaneId Lane = new("shop", "prod");
    private static readonly DateTimeOffset Shift = DateTimeOffset.FromUnixTimeSeconds(1_000_000);
    private TrafficIntake traffic = new();
    private readonly AgentRegistry agents = new();

    private JudgeDesk Desk(MemoryStore store) => new(store, traffic, agents, new Measurer(store, new ScriptedSource(_ => throw new NotSupportedException("Nothing is measured here."))));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Seconds_in_which_stable_was_a_canary_itself_are_not_seconds_of_this_canary()
    {
        var desk = Desk(new MemoryStore(new VirtualTime(), Mutation.None));
        // Half a minute before, what is stable now had half of the traffic, and the version before it the rest.
        await Tell(Enumerable.Range(-40, 20), 1, (Old, Arm.Stable, 50, 50, 0), (Stable, Arm.Canary, 50, 50, 10));
        await Tell(Enumerable.Range(-20, 20), 2, (Stable, Arm.Canary, 100, 100, 0));
        await Tell(Enumerable.Range(0, 10), 3, (Stable, Arm.Stable, 95, 95, 1), (Canary, Arm.Canary, 5, 5, 0));

        var answer = await desk.AskAsync(Asked(), Cancel);

        var errors = answer.Checks.ShouldHaveSingleItem();
        errors.CanaryUnits.ShouldBe(50);
        errors.StableUnits.ShouldBe(950);
        errors.StableBad.ShouldBe(10);
        answer.Verdict.ShouldBe(JudgeVerdict.Inconclusive);
    }

    [Fact]
    public async Task At_a_switch_of_all_traffic_latency_is_held_against_what_stable_took_before()
    {
        var desk = Desk(new MemoryStore(new VirtualTime(), Mutation.None));
        await Tell(Enumerable.Range(-60, 60), 2, (Stable, Arm.Stable, 100, 100, 0));
        await Tell(Enumerable.Range(0, 60), 3, (Canary, Arm.Stable, 100, 100, 0));

        var answer = await desk.AskAsync(Asked() with { FullAt = Shift, Spec = Asked().Spec with { Checks = [new() { Kind = CheckKind.Latency }] } }, Cancel);

        answer.Checks.ShouldNotBeEmpty();
        answer.Checks.ShouldAllBe(check => !check.Text.Contains("nothing is known"), answer.Reason);
    }

    [Fact]
    public async Task After_a_switch_nothing_is_guaranteed_even_before_anything_has_come()
    {
        var desk = Desk(new MemoryStore(new VirtualTime(), Mutation.None));
        await Tell(Enumerable.Range(-30, 30), 2, (Stable, Arm.Stable, 100, 100, 1));
        var answer = await desk.AskAsync(Asked() with { FullAt = Shift }, Cancel);
        (answer.Verdict, answer.Guaranteed).ShouldBe((JudgeVerdict.Inconclusive, false));
        answer.Reason.ShouldBe("errors: no request to the new version has been counted yet");
    }

    [Theory]
    [InlineData(30, JudgeVerdict.Failed)]
    [InlineData(0, JudgeVerdict.Passed)]
    public async Task At_a_switch_before_which_nobody_used_stable_errors_are_held_against_what_is_acceptable(int bad, JudgeVerdict verdict)
    {
        var desk = Desk(new MemoryStore(new VirtualTime(), Mutation.None));
        await Tell(Enumerable.Range(0, 60), 3, (Canary, Arm.Stable, 100, 100, bad));

        var answer = await desk.AskAsync(Asked() with { FullAt = Shift }, Cancel);

        answer.Verdict.ShouldBe(verdict, answer.Reason);
        answer.Guaranteed.ShouldBeFalse();
        answer.Reason.ShouldContain("where 1.0 % is acceptable (nothing is known of the stable arm before the switch)");
    }

    [Fact]
    public async Task The_answer_says_up_to_when_the_routers_have_counted()
    {
        var desk = Desk(new MemoryStore(new VirtualTime(), Mutation.None));
        (await desk.AskAsync(Asked(), Cancel)).CountedUntil.ShouldBeNull();

        await traffic.ReportAsync("one", [Reading(0, 3, Canary, Arm.Canary, 5, 5, 0)], at: null, Cancel);
        (await desk.AskAsync(Asked(), Cancel)).CountedUntil.ShouldBeNull("the rest of the reading is still to come");

        await traffic.ReportAsync("one", [Reading(0, 3, Stable, Arm.Stable, 95, 95, 0)], Shift.AddSeconds(1), Cancel);
        (await desk.AskAsync(Asked(), Cancel)).CountedUntil.ShouldBe(Shift.AddSeconds(1));

        await traffic.ReportAsync("two", [Reading(1, 3, Stable, Arm.Stable, 95, 95, 0)], Shift.AddSeconds(9), Cancel);
        (await desk.AskAsync(Asked(), Cancel)).CountedUntil.ShouldBe(Shift.AddSeconds(1), "of two routers the one that is behind");
    }

    [Fact]
    public async Task What_was_judged_can_be_judged_again_second_by_second()
    {
        var store = new MemoryStore(new VirtualTime(), Mutation.None);
        var desk = Desk(store);
        await Tell(Enumerable.Range(0, 30), 3, (Stable, Arm.Stable, 95, 95, 1), (Canary, Arm.Canary, 5, 5, 1));
        var answer = await desk.AskAsync(Asked(), Cancel);

        var replayed = JudgeDesk.Replay(Asked(), await store.ReadBinsAsync(Asked().Rollout, 0, Cancel)).Bins;

        replayed.Select(bin => bin.Second).ShouldBe(Enumerable.Range(0, 30).Select(second => Shift.ToUnixTimeSeconds() + second));
        var tests = replayed.Select(bin => bin.Tests.ShouldHaveSingleItem()).ToList();
        tests.Sum(test => test.CanaryBad).ShouldBe(30);
        tests[^1].Log10Evidence.ShouldBeGreaterThan(tests[0].Log10Evidence);
        answer.Checks.Single().LogEvidence.ShouldBe(tests.First(test => test.Log10Evidence >= 2).Log10Evidence, 1e-9, "what decided is told");
    }

    [Fact]
    public async Task Marked_requests_and_copies_are_not_judged()
    {
        var store = new MemoryStore(new VirtualTime(), Mutation.None);
        var desk = Desk(store);
        await Tell(Enumerable.Range(0, 30), 3, (Stable, Arm.Stable, 95, 95, 0), (Canary, Arm.Canary, 5, 5, 0), (Canary, Arm.Routed, 0, 50, 50), (Canary, Arm.Mirrored, 20, 50, 50), (Stable, Arm.Routed, 0, 7, 7));

        var answer = await desk.AskAsync(Asked(), Cancel);

        var errors = answer.Checks.ShouldHaveSingleItem();
        (errors.CanaryUnits, errors.CanaryBad, errors.StableUnits, errors.StableBad).ShouldBe((30 * 5, 0, 30 * 95, 0));
        var kept = new JudgeJournal(await store.ReadBinsAsync(Asked().Rollout, 0, Cancel)).Seconds;
        kept.Count.ShouldBe(60);
        kept.ShouldAllBe(bin => bin.Source.Arm == Arm.Stable || bin.Source.Arm == Arm.Canary);
    }

    [Fact]
    public async Task Where_sessions_are_counted_only_sessions_are_judged()
    {
        var store = new MemoryStore(new VirtualTime(), Mutation.None);
        var desk = Desk(store);
        foreach (var second in Enumerable.Range(0, 10))
        {
            await traffic.ReportAsync(
                "one",
                [
                    Reading(second, 3, Stable, Arm.Stable, 95, 19, 1) with { Unit = TrafficUnit.Session }, Reading(second, 3, Canary, Arm.Canary, 5, 2, 0) with { Unit = TrafficUnit.Session },
                    // A router that counts requests beside one that counts sessions.
                    Reading(second, 3, Stable, Arm.Stable, 95, 950, 50) with { Incarnation = "2" }, Reading(second, 3, Canary, Arm.Canary, 5, 50, 10) with { Incarnation = "2" },
                ],
                Shift.AddSeconds(second + 1), Cancel);
        }

        var answer = await desk.AskAsync(Asked(), Cancel);

        var errors = answer.Checks.ShouldHaveSingleItem();
        (errors.CanaryUnits, errors.CanaryBad, errors.StableUnits, errors.StableBad).ShouldBe((20, 0, 190, 10));
        var replayed = JudgeDesk.Replay(Asked(), await store.ReadBinsAsync(Asked().Rollout, 0, Cancel)).Bins;
        replayed.Sum(bin => bin.Tests.ShouldHaveSingleItem().StableUnits).ShouldBe(10 * 19);
    }

    [Fact]
    public async Task What_the_new_version_did_before_a_retry_is_forgotten_and_what_stable_did_is_not()
    {
        var store = new MemoryStore(new VirtualTime(), Mutation.None);
        await Tell(Enumerable.Range(0, 30), 3, (Stable, Arm.Stable, 50, 50, 1), (Canary, Arm.Canary, 50, 50, 25));
        (await Desk(store).AskAsync(Asked(), Cancel)).Verdict.ShouldBe(JudgeVerdict.Failed);

        // Within the second of the retry there are requests from before it.
        var retried = Asked() with { Since = Shift.AddSeconds(29.5) };
        var desk = Desk(store);
        (await desk.AskAsync(retried, Cancel)).Verdict.ShouldBe(JudgeVerdict.Inconclusive);
        await Tell(Enumerable.Range(30, 60), 3, (Stable, Arm.Stable, 50, 50, 1), (Canary, Arm.Canary, 50, 50, 1));

        var answer = await desk.AskAsync(retried, Cancel);
        answer.Verdict.ShouldBe(JudgeVerdict.Passed, answer.Reason);
        var errors = answer.Checks.ShouldHaveSingleItem();
        (errors.CanaryUnits, errors.CanaryBad).ShouldBe((3000, 60));
        errors.StableUnits.ShouldBeGreaterThanOrEqualTo(3000);
    }

    [Fact]
    public async Task Who_judges_by_counts_is_woken_when_they_come_and_nobody_else_is()
    {
        var time = new VirtualTime();
        var store = new MemoryStore(time, Mutation.None);
        var desk = Desk(store);
        var rollout = RolloutFlow.ProcessOf(Asked().Rollout);
        await desk.CountsCameAsync([Lane], Cancel);
        store.Find(rollout).ShouldBeNull("nobody has asked yet");

        await desk.AskAsync(Asked(), Cancel);
        await desk.CountsCameAsync([Lane], Cancel);
        store.Find(rollout).ShouldBeNull("it looked just now");

        time.Pass(TimeSpan.FromSeconds(1));
        await desk.CountsCameAsync([new LaneId("other", "prod")], Cancel);
        store.Find(rollout).ShouldBeNull("counts of another lane");

        await desk.CountsCameAsync([Lane], Cancel);
        store.Find(rollout).ShouldNotBeNull().Inbox.ShouldHaveSingleItem().Event.ShouldBe(new RolloutFlow().TimeCame);

        time.Pass(TimeSpan.FromMinutes(1));
        await desk.CountsCameAsync([Lane], Cancel);
        store.Find(rollout)!.Inbox.Count.ShouldBe(1, "it has not asked for so long that it must have ended");
    }

    [Fact]
    public async Task Halves_of_requests_change_nothing_where_the_router_drew_the_arm()
    {
        var desk = Desk(new MemoryStore(new VirtualTime(), Mutation.None));
        foreach (var second in Enumerable.Range(0, 30))
        {
            var stable = Reading(second, 3, Stable, Arm.Stable, 50, 50, 6);
            await traffic.ReportAsync(
                "one", [stable with { Seconds = [stable.Seconds[0] with { Halves = new(25, second % 2 == 0 ? 6 : 0, 25, second % 2 == 0 ? 0 : 6) }] }, Reading(second, 3, Canary, Arm.Canary, 50, 50, 6)],
                Shift.AddSeconds(second + 1), Cancel);
        }

        var errors = (await desk.AskAsync(Asked(), Cancel)).Checks.ShouldHaveSingleItem();
        errors.Guaranteed.ShouldBeTrue();
        errors.Text.ShouldNotContain("estimate");
    }

    private static AskJudge Asked() => new()
    {
        Rollout = "shop-prod-3",
        Lane = Lane,
        Spec = new RolloutSpec { Strategy = RolloutStrategy.Canary, Steps = [new() { Weight = 5 }], Checks = [new() { Kind = CheckKind.Errors }] },
        VersionSet = Canary,
        StableVersionSet = Stable,
        Since = Shift,
        RequestTimeout = TimeSpan.FromSeconds(30),
    };

    private static TrafficReading Reading(int second, long generation, string versionSet, Arm arm, int weight, long requests, long errors) => new()
    {
        Lane = Lane,
        Agent = "one",
        Incarnation = "1",
        Generation = generation,
        VersionSet = versionSet,
        Version = versionSet[^1..],
        Arm = arm,
        Weight = weight,
        Seconds = [new TrafficSecond(Shift.ToUnixTimeSeconds() + second, requests, requests, errors, 0, 0, 0, [50, requests], [])],
    };

    private Task Tell(IEnumerable<int> seconds, long generation, params (string VersionSet, Arm Arm, int Weight, long Requests, long Errors)[] sets) => Tell(seconds, generation, "one", sets);

    private async Task Tell(IEnumerable<int> seconds, long generation, string agent, params (string VersionSet, Arm Arm, int Weight, long Requests, long Errors)[] sets)
    {
        foreach (var second in seconds)
        {
            await traffic.ReportAsync(
                agent, [.. sets.Select(s => Reading(second, generation, s.VersionSet, s.Arm, s.Weight, s.Requests, s.Errors))], Shift.AddSeconds(second + 1), Cancel);
        }
    }
}
