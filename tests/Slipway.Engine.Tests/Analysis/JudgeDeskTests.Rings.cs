using Slipway.Core.Rollouts;
using Slipway.Core.Targets;
using Slipway.Core.Traffic;
using Slipway.Engine.Analysis;
using Slipway.Engine.Targets;
using Slipway.Engine.Tests.Simulation;

namespace Slipway.Engine.Tests.Analysis;

/// <summary>Rings, of which one alone has its turn.</summary>
public sealed partial class JudgeDeskTests
{
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

    /// <summary>The last of these rings, each of one agent that has its name.</summary>
    private AskJudge InRing(params string[] rings)
    {
        foreach (var ring in rings)
        {
            agents.Put(new AgentPresence { Name = ring, Connected = true, LastSeenAt = Shift, SeenStamp = 0, Labels = new Dictionary<string, string> { ["ring"] = ring }, Program = "test", ProtocolVersion = 1 });
        }

        return Asked() with { Rings = [.. rings.Select(ring => new RingPlace(ring, new Dictionary<string, string> { ["ring"] = ring }, 1))] };
    }
}
