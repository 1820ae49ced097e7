using Slipway.Core.Targets;
using Slipway.Engine.Targets;
using Slipway.Core.Analysis;
using Slipway.Core.Kernel;
using Slipway.Core.Rollouts;
using Slipway.Core.Traffic;
using Slipway.Engine.Analysis;
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
    public async Task Of_rings_only_the_one_whose_turn_it_is_is_compared()
    {
        var desk = Desk(new MemoryStore(new VirtualTime(), Mutation.None));
        await Tell(Enumerable.Range(0, 30), 3, (Stable, Arm.Stable, 90, 90, 1), (Canary, Arm.Canary, 10, 10, 0));
        // A ring that is done, where the new version has all, and one whose turn is still to come: whatever they answer, nothing was drawn there.
        await Tell(Enumerable.Range(0, 30), 3, "done", (Canary, Arm.Stable, 100, 1000, 1000));
        await Tell(Enumerable.Range(0, 30), 3, "to come", (Stable, Arm.Stable, 100, 1000, 0));

        var errors = (await desk.AskAsync(InRing("done", "one"), Cancel)).Checks.ShouldHaveSingleItem();

        (errors.CanaryUnits, errors.CanaryBad, errors.StableUnits, errors.StableBad).ShouldBe((300, 0, 2700, 30));
    }

    [Fact]
    public async Task A_host_that_runs_one_of_the_versions_alone_is_not_compared()
    {
        var desk = Desk(new MemoryStore(new VirtualTime(), Mutation.None));
        // In whatever order the hosts tell, and whenever somebody looks.
        await Tell(Enumerable.Range(0, 30), 3, "other", (Stable, Arm.Stable, 100, 10_000, 500));
        await desk.AskAsync(Asked(), Cancel);
        await Tell(Enumerable.Range(0, 30), 3, (Stable, Arm.Stable, 90, 90, 0), (Canary, Arm.Canary, 10, 10, 1));

        var errors = (await desk.AskAsync(Asked(), Cancel)).Checks.ShouldHaveSingleItem();

        (errors.CanaryUnits + errors.StableUnits).ShouldBe(errors.CanaryUnits * 10, "the shares are those of the host that runs both");
        errors.StableBad.ShouldBe(0);
        errors.Verdict.ShouldBe(JudgeVerdict.Failed, "a tenth of its answers are errors");
    }

    [Fact]
    public async Task A_baseline_that_is_told_before_its_canary_has_the_canary_s_share_all_the_same()
    {
        var desk = Desk(new MemoryStore(new VirtualTime(), Mutation.None));
        var asked = Asked() with { StableVersionSet = Stable + "-baseline", Spec = Asked().Spec with { Baseline = true } };
        await Tell(Enumerable.Range(0, 1), 3, (Stable + "-baseline", Arm.Baseline, 20, 20, 1), (Canary, Arm.Canary, 20, 20, 0));
        for (var second = 1; second < 30; second++)
        {
            // The rest of the reading is still to come.
            await traffic.ReportAsync("one", [Reading(second, 3, Stable + "-baseline", Arm.Baseline, 20, 20, 1)], at: null, Cancel);
            await desk.AskAsync(asked, Cancel);
            await Tell([second], 3, (Canary, Arm.Canary, 20, 20, 10));
        }

        var errors = (await desk.AskAsync(asked, Cancel)).Checks.ShouldHaveSingleItem();
        errors.Verdict.ShouldBe(JudgeVerdict.Failed);
        errors.CanaryBad.ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task A_ring_that_soaks_is_judged_by_what_was_known_of_stable_and_not_by_the_rings_before_it()
    {
        var desk = Desk(new MemoryStore(new VirtualTime(), Mutation.None));
        await Tell(Enumerable.Range(-60, 60), 2, (Stable, Arm.Stable, 100, 100, 1));
        await Tell(Enumerable.Range(0, 60), 3, (Canary, Arm.Canary, 100, 100, 50));
        await Tell(Enumerable.Range(0, 60), 3, "done", (Canary, Arm.Stable, 100, 1000, 0));

        var answer = await desk.AskAsync(InRing("done", "one") with { FullAt = Shift }, Cancel);

        answer.Verdict.ShouldBe(JudgeVerdict.Failed, answer.Reason);
        answer.Guaranteed.ShouldBeFalse();
        answer.Checks.ShouldHaveSingleItem().CanaryUnits.ShouldBeLessThan(6000, "what the ring before it answers does not count");
    }

    [Fact]
    public async Task What_stable_was_like_in_another_ring_is_no_measure_for_this_one()
    {
        var desk = Desk(new MemoryStore(new VirtualTime(), Mutation.None));
        var asked = InRing("one", "two") with { FullAt = Shift };
        await Tell(Enumerable.Range(-60, 60), 2, "one", (Stable, Arm.Stable, 100, 100, 0));
        await Tell(Enumerable.Range(-60, 60), 2, "two", (Stable, Arm.Stable, 100, 100, 30));
        await Tell(Enumerable.Range(0, 60), 3, "two", (Canary, Arm.Canary, 100, 100, 30));

        var errors = (await desk.AskAsync(asked, Cancel)).Checks.ShouldHaveSingleItem();

        errors.Verdict.ShouldBe(JudgeVerdict.Passed, errors.Text);
        (errors.StableUnits, errors.StableBad).ShouldBe((6000, 1800), "of its own ring alone");
    }

    [Fact]
    public async Task What_the_ring_before_had_counted_is_no_evidence_in_this_one()
    {
        var store = new MemoryStore(new VirtualTime(), Mutation.None);
        var desk = Desk(store);
        var first = InRing("one") with { Since = Shift.AddSeconds(-40) };
        await Tell(Enumerable.Range(-40, 40), 3, "one", (Stable, Arm.Stable, 70, 70, 0), (Canary, Arm.Canary, 30, 30, 9));
        (await desk.AskAsync(first, Cancel)).Verdict.ShouldBe(JudgeVerdict.Failed);

        var second = InRing("one", "two");
        await Tell(Enumerable.Range(0, 5), 4, "two", (Stable, Arm.Stable, 70, 70, 0), (Canary, Arm.Canary, 30, 30, 0));
        var answer = await desk.AskAsync(second, Cancel);
        (answer.Checks[0].CanaryUnits, answer.Checks[0].CanaryBad, answer.Checks[0].StableUnits).ShouldBe((150, 0, 350));
        answer.CountedUntil.ShouldBe(Shift.AddSeconds(5), "the other ring's router has told less, and is not waited for");

        var again = JudgeDesk.Replay(second, await store.ReadBinsAsync(second.Rollout, 0, Cancel));
        again.Result.Checks[0].CanaryUnits.ShouldBe(150, "and judged again it is the same");
        new JudgeJournal(await store.ReadBinsAsync(second.Rollout, 0, Cancel)).SecondsOf(second.Since).ShouldAllBe(reading => reading.Source.Agent == "two");
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
    public async Task A_baseline_is_what_the_canary_is_compared_with_at_their_share_of_each_other()
    {
        var store = new MemoryStore(new VirtualTime(), Mutation.None);
        var desk = Desk(store);
        const string Baseline = Stable + "-baseline";
        var asked = Asked() with { StableVersionSet = Baseline, Spec = Asked().Spec with { Baseline = true } };
        await Tell(Enumerable.Range(0, 30), 3, (Stable, Arm.Stable, 90, 900, 90), (Baseline, Arm.Baseline, 5, 50, 2), (Canary, Arm.Canary, 5, 50, 2));

        var errors = (await desk.AskAsync(asked, Cancel)).Checks.ShouldHaveSingleItem();

        (errors.CanaryUnits, errors.StableUnits, errors.StableBad).ShouldBe((1500, 1500, 60), "the warm instances are left out");
        errors.Against.ShouldBe(Arm.Baseline);
        errors.Text.ShouldContain(" vs baseline 4.0 %");
        errors.Ratio!.Value.ShouldBe(1, 0.01, "as bad as the other, at half of the draw each");
    }

    [Fact]
    public async Task Of_several_routers_all_are_waited_for_before_a_second_is_judged_unless_one_has_fallen_silent()
    {
        var time = new VirtualTime();
        traffic = new(time);
        var desk = Desk(new MemoryStore(time, Mutation.None));
        for (var second = 0; second < 60; second++)
        {
            // One tells of the running second first, the rest of it comes with its next reading; the other is ahead of it.
            await traffic.ReportAsync("one", [Reading(second, 3, Stable, Arm.Stable, 80, 8, 0), Reading(second, 3, Canary, Arm.Canary, 20, 2, 0)], Shift.AddSeconds(second + 0.3), Cancel);
            await traffic.ReportAsync("ahead", [Reading(second + 1, 3, Stable, Arm.Stable, 100, 50, 0)], Shift.AddSeconds(second + 1.5), Cancel);
            await desk.AskAsync(Asked(), Cancel);
            await traffic.ReportAsync("one", [Reading(second, 3, Stable, Arm.Stable, 80, 40, 1), Reading(second, 3, Canary, Arm.Canary, 20, 10, 0)], Shift.AddSeconds(second + 1), Cancel);
            time.Pass(TimeSpan.FromSeconds(1));
        }

        var errors = (await desk.AskAsync(Asked(), Cancel)).Checks.ShouldHaveSingleItem();
        (errors.CanaryUnits, errors.StableUnits, errors.StableBad).ShouldBe((600, 2400, 60), "all of each second, of the host that has both");

        // Another host's router with both is cut off; what the rest count is judged all the same, and the answer says how far back some have told nothing.
        await traffic.ReportAsync("cut off", [Reading(60, 3, Stable, Arm.Stable, 80, 40, 0), Reading(60, 3, Canary, Arm.Canary, 20, 10, 0)], Shift.AddSeconds(61), Cancel);
        for (var second = 61; second < 90; second++)
        {
            time.Pass(TimeSpan.FromSeconds(1));
            await Tell([second], 3, (Stable, Arm.Stable, 80, 40, 0), (Canary, Arm.Canary, 20, 10, 5));
            await Tell([second], 3, "ahead", (Stable, Arm.Stable, 100, 50, 0));
            await desk.AskAsync(Asked(), Cancel);
        }

        var answer = await desk.AskAsync(Asked(), Cancel);
        answer.Verdict.ShouldBe(JudgeVerdict.Failed, answer.Reason);
        answer.CountedUntil.ShouldBe(Shift.AddSeconds(61));
    }

    [Fact]
    public async Task A_baseline_is_compared_only_on_hosts_that_have_the_canary_too()
    {
        const string Baseline = Stable + "-baseline";
        var asked = Asked() with { StableVersionSet = Baseline, Spec = Asked().Spec with { Baseline = true } };
        var desk = Desk(new MemoryStore(new VirtualTime(), Mutation.None));

        // Each host has its own rate of errors, whatever runs there.
        await Tell(Enumerable.Range(0, 30), 3, "canary alone", (Canary, Arm.Canary, 33, 50, 10));
        await Tell(Enumerable.Range(0, 30), 3, "baseline alone", (Baseline, Arm.Baseline, 33, 50, 0));
        var apart = await desk.AskAsync(asked, Cancel);
        apart.Verdict.ShouldBe(JudgeVerdict.Inconclusive, "no router has drawn between the two");
        apart.Reason.ShouldBe("errors: no host's router has both: the canary runs on canary alone, baseline on baseline alone, so nothing can be compared, whatever the traffic; give both the same hosts, or leave baseline out");

        await Tell(Enumerable.Range(0, 30), 3, "both", (Baseline, Arm.Baseline, 25, 50, 1), (Canary, Arm.Canary, 25, 50, 1));
        var errors = (await desk.AskAsync(asked, Cancel)).Checks.ShouldHaveSingleItem();
        (errors.CanaryUnits, errors.CanaryBad, errors.StableUnits, errors.StableBad).ShouldBe((1500, 30, 1500, 30));
    }

    [Fact]
    public async Task Where_requests_came_only_to_hosts_without_the_canary_it_is_said_which_router_needs_some()
    {
        var store = new MemoryStore(new VirtualTime(), Mutation.None);
        var desk = Desk(store);
        await Tell(Enumerable.Range(0, 30), 3, "local", (Stable, Arm.Stable, 100, 50, 0));
        await traffic.ReportAsync("r2", [Reading(0, 3, Canary, Arm.Canary, 25, 0, 0) with { Seconds = [] }, Reading(0, 3, Stable, Arm.Stable, 75, 0, 0) with { Seconds = [] }], Shift, Cancel);

        var answer = await desk.AskAsync(Asked(), Cancel);

        answer.Reason.ShouldBe("errors: the canary can be compared on r2 only, whose router has had no request for it; requests to other hosts never come to it: "
            + "slipway load shop --env prod --rps 20 --router HOST:PORT, with the address of that router, makes some");
        answer.Checks.ShouldHaveSingleItem().NoTraffic.ShouldBeTrue();
        JudgeDesk.ReplayResult(Asked(), await store.ReadBinsAsync(Asked().Rollout, 0, Cancel)).Reason.ShouldBe(answer.Reason);
    }

    [Fact]
    public async Task A_baseline_that_no_request_has_come_to_yet_is_there_all_the_same()
    {
        const string Baseline = Stable + "-baseline";
        var store = new MemoryStore(new VirtualTime(), Mutation.None);
        var desk = Desk(store);
        var asked = Asked() with { StableVersionSet = Baseline, Spec = Asked().Spec with { Baseline = true } };
        await traffic.ReportAsync("one", [Reading(0, 3, Baseline, Arm.Baseline, 25, 0, 0) with { Seconds = [] }], Shift, Cancel);
        for (var second = 0; second < 30; second++)
        {
            await Tell([second], 3, (Canary, Arm.Canary, 25, 5, 2));
            await desk.AskAsync(asked, Cancel);
        }

        var answer = await desk.AskAsync(asked, Cancel);
        answer.Checks.ShouldHaveSingleItem().CanaryUnits.ShouldBeGreaterThan(0);
        var replayed = JudgeDesk.ReplayResult(asked, await store.ReadBinsAsync(asked.Rollout, 0, Cancel)).Checks.ShouldHaveSingleItem();
        (replayed.CanaryUnits, replayed.CanaryBad).ShouldBe((answer.Checks[0].CanaryUnits, answer.Checks[0].CanaryBad), "it was told once, before the first look, and is kept with it");
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
    public async Task Sessions_that_two_routers_counted_are_divided_by_two_and_the_verdict_is_an_estimate()
    {
        var store = new MemoryStore(new VirtualTime(), Mutation.None);
        var desk = Desk(store);
        Task TellAsync(string agent, int second, int bad) => traffic.ReportAsync(
            agent,
            [
                Reading(second, 3, Stable, Arm.Stable, 50, 50, 1) with { Agent = agent, Unit = TrafficUnit.Session },
                Reading(second, 3, Canary, Arm.Canary, 50, 50, bad) with { Agent = agent, Unit = TrafficUnit.Session },
            ],
            Shift.AddSeconds(second + 1), Cancel);
        foreach (var second in Enumerable.Range(0, 10))
        {
            await TellAsync("one", second, 2);
        }

        var one = await desk.AskAsync(Asked(), Cancel);
        one.Guaranteed.ShouldBeTrue("one router knows its sessions, and drew them");
        foreach (var second in Enumerable.Range(10, 10))
        {
            await TellAsync("one", second, 2);
            await TellAsync("two", second, 2);
        }

        var two = (await desk.AskAsync(Asked(), Cancel)).Checks.ShouldHaveSingleItem();
        two.Guaranteed.ShouldBeFalse();
        two.CanaryUnits.ShouldBe(30 * 50, "what was counted is shown as it is");
        two.Text.ShouldEndWith("(an estimate: 2 routers counted sessions, which may be the same ones, so counts are divided by 2)");

        // What came before the second router is divided too, and a restart changes nothing.
        var replayed = JudgeDesk.Replay(Asked(), await store.ReadBinsAsync(Asked().Rollout, 0, Cancel)).Bins;
        replayed[8].Tests.Single().Log10Evidence.ShouldBe(EvidenceOf([.. Enumerable.Repeat((2.0, 1.0), 9)], 2), 1e-9);
        (await Desk(store).AskAsync(Asked(), Cancel)).Checks.Single().ShouldBe(two);
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

    private static double EvidenceOf((double Canary, double Stable)[] bad, double dispersion)
    {
        var spec = Asked().Spec;
        var test = new SequentialTest(spec.FalseAlarmRate, 1, spec.Tolerate, spec.TolerateAbsolute, dispersion);
        foreach (var (second, bin) in bad.Index())
        {
            test.Fold(new(second, 0.5, 50, bin.Canary, 50, bin.Stable)).ShouldBeNull();
        }

        return test.LogEvidence / Math.Log(10);
    }

    /// <summary>The last of these rings, each of one agent that has its name.</summary>
    private AskJudge InRing(params string[] rings)
    {
        foreach (var ring in rings)
        {
            agents.Put(new AgentPresence { Name = ring, Connected = true, LastSeenAt = Shift, SeenStamp = 0, Labels = new Dictionary<string, string> { ["ring"] = ring }, Program = "test", ProtocolVersion = 1 });
        }

        return Asked() with { Rings = [.. rings.Select(ring => new RingPlace(ring, new Dictionary<string, string> { ["ring"] = ring }, 1))] };
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
