using Slipway.Core.Analysis;
using Slipway.Core.Rollouts;
using Slipway.Core.Traffic;
using Slipway.Engine.Analysis;
using Slipway.Engine.Tests.Simulation;

namespace Slipway.Engine.Tests.Analysis;

/// <summary>Several hosts whose routers count, not all of the same versions, nor at the same time.</summary>
public sealed partial class JudgeDeskTests
{
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
}
