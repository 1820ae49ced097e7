using Slipway.Core.Rollouts;
using Slipway.Core.Traffic;
using Slipway.Engine.Analysis;
using Slipway.Engine.Tests.Simulation;

namespace Slipway.Engine.Tests.Analysis;

/// <summary>Counts that come at once, one-sided, or not at all.</summary>
public sealed partial class JudgeDeskTests
{
    [Fact]
    public async Task A_judge_that_looks_first_after_a_switch_knows_what_stable_was_before_it()
    {
        var store = new MemoryStore(new VirtualTime(), Mutation.None);
        var desk = Desk(store);
        // As after a server's restart: the routers tell at once what they counted before and after.
        await Tell(Enumerable.Range(-20, 20), 2, (Stable, Arm.Stable, 100, 100, 2));
        await Tell(Enumerable.Range(0, 20), 3, (Canary, Arm.Canary, 100, 100, 2));

        var answer = await desk.AskAsync(Asked() with { FullAt = Shift }, Cancel);

        var errors = answer.Checks.ShouldHaveSingleItem();
        (errors.StableUnits, errors.StableBad, errors.CanaryUnits).ShouldBe((2000, 40, 2000));
        errors.Text.ShouldContain("2.0 % vs 2.0 % (at most");
        JudgeDesk.Replay(Asked() with { FullAt = Shift }, await store.ReadBinsAsync(Asked().Rollout, 0, Cancel)).Result.Reason.ShouldBe(answer.Reason);
    }

    [Theory]
    [InlineData(true, "2.0 % vs 2.0 % (at most")]
    [InlineData(false, "nothing is known of the stable arm before the switch")]
    public async Task A_server_that_is_killed_at_a_switch_in_a_ring_knows_what_stable_was_there_if_it_was_asked_at_the_switch(bool wasAsked, string says)
    {
        var store = new MemoryStore(new VirtualTime(), Mutation.None);
        var asked = InRing("one", "two");
        await Tell(Enumerable.Range(-30, 30), 3, "two", (Stable, Arm.Stable, 100, 100, 2));
        await Tell(Enumerable.Range(-30, 30), 3, "one", (Stable, Arm.Stable, 100, 100, 50));
        if (wasAsked)
        {
            (await Desk(store).AskAsync(asked, Cancel)).Verdict.ShouldBe(JudgeVerdict.Inconclusive);
        }

        // It is back only after the routers have let go of what they counted before.
        traffic = new();
        await Tell(Enumerable.Range(0, 20), 4, "two", (Canary, Arm.Canary, 100, 100, 2));
        var now = asked with { FullAt = Shift };
        var answer = await Desk(store).AskAsync(now, Cancel);

        var errors = answer.Checks.ShouldHaveSingleItem();
        (errors.StableUnits, errors.StableBad, errors.CanaryUnits).ShouldBe((wasAsked ? 3000 : 0, wasAsked ? 60 : 0, 2000), "of its own ring alone");
        errors.Text.ShouldContain(says);
        JudgeDesk.Replay(now, await store.ReadBinsAsync(now.Rollout, 0, Cancel)).Result.Reason.ShouldBe(answer.Reason);
    }

    [Fact]
    public async Task A_canary_that_hangs_has_passed_nothing_and_fails_by_its_timeouts()
    {
        var desk = Desk(new MemoryStore(new VirtualTime(), Mutation.None));
        await Tell(Enumerable.Range(0, 60), 3, (Stable, Arm.Stable, 50, 100, 0));
        // Its requests have begun, and none has ended; only those of the first half are given up so far.
        async Task Hang(int givenUp)
        {
            var began = Enumerable.Range(0, 60).Select(second => new TrafficSecond(Shift.ToUnixTimeSeconds() + second, 100, 0, 0, 0, second < givenUp ? 100 : 0, 0, [], second < givenUp ? [] : [50, 100])).ToList();
            await traffic.ReportAsync("one", [Reading(0, 3, Canary, Arm.Canary, 50, 0, 0) with { Seconds = began }], Shift.AddSeconds(60), Cancel);
        }

        await Hang(givenUp: 0);
        var early = await desk.AskAsync(Asked(), Cancel);
        early.Verdict.ShouldBe(JudgeVerdict.Inconclusive, early.Reason);
        await Hang(givenUp: 30);
        var late = await desk.AskAsync(Asked(), Cancel);
        late.Verdict.ShouldBe(JudgeVerdict.Failed);
        late.Reason.ShouldStartWith("errors: canary 100.0 % vs stable 0 %");
    }

    [Fact]
    public async Task Traffic_to_one_version_alone_compares_nothing()
    {
        await Tell(Enumerable.Range(0, 120), 3, (Stable, Arm.Stable, 95, 95, 2), (Canary, Arm.Canary, 5, 0, 0));
        var stable = await Desk(new MemoryStore(new VirtualTime(), Mutation.None)).AskAsync(Asked(), Cancel);
        (stable.Verdict, stable.Reason).ShouldBe((JudgeVerdict.Inconclusive, "errors: no request to the canary has been counted yet"));
    }

    [Theory]
    [InlineData(5, JudgeVerdict.Failed, "errors: canary 10.0 % vs stable without traffic")]
    [InlineData(0, JudgeVerdict.Passed, "errors: canary 0 %")]
    public async Task Without_a_request_to_stable_a_canary_passes_only_by_a_rate_of_its_own_that_is_fine(int bad, JudgeVerdict expected, string reason)
    {
        await Tell(Enumerable.Range(0, 120), 3, (Stable, Arm.Stable, 50, 0, 0), (Canary, Arm.Canary, 50, 50, bad));
        var canary = await Desk(new MemoryStore(new VirtualTime(), Mutation.None)).AskAsync(Asked(), Cancel);
        canary.Verdict.ShouldBe(expected, canary.Reason);
        canary.Reason.ShouldStartWith(reason);
    }
}
