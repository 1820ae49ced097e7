using Slipway.Core.Rollouts;
using Slipway.Core.Traffic;
using Slipway.Engine.Analysis;
using Slipway.Engine.Tests.Simulation;

namespace Slipway.Engine.Tests.Analysis;

/// <summary>Canaries that are compared with a baseline beside them.</summary>
public sealed partial class JudgeDeskTests
{
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
}
