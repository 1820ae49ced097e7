using Slipway.Core.Lanes;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Core.Tests.Transitions;

namespace Slipway.Core.Tests.Lanes;

/// <summary>Who owns a lane's intent, and when it changes hands. The simulation found each of these histories first.</summary>
public sealed class LaneHandoverTests
{
    private readonly LaneSamples _samples = new();

    [Fact]
    public void A_watcher_gives_the_lane_back_before_the_next_is_let_in()
    {
        var asked = After(State("watching"), "promotionQueued: 3.0", "promotionReadiness: 3.0 is ready");
        asked.State.Active!.Stage.ShouldBe(ActiveStage.Watching);
        asked.Messages.ShouldHaveSingleItem().Event.ShouldBeOfType<LaneReclaimed>();
        var given = After(asked.State, "rolloutEnded: 2.0 Succeeded");
        given.State.Active!.Version.ShouldBe("3.0");
        Admitted(given.Messages).Stable!.Spec.Version.ShouldBe("2.0");
    }

    [Fact]
    public void A_watcher_that_finds_its_version_bad_while_the_next_knocks_leaves_the_lane_on_the_version_before()
    {
        var asked = After(State("watching"), "promotionQueued: 3.0", "promotionReadiness: 3.0 is ready");
        var given = After(asked.State, "rolloutEnded: 2.0 RolledBack");
        given.State.Stable!.Spec.Version.ShouldBe("1.0");
        given.State.Holds.ShouldHaveSingleItem().Version.ShouldBe("2.0");
        Admitted(given.Messages).Stable!.Spec.Version.ShouldBe("1.0");
    }

    [Fact]
    public void A_version_that_gave_way_before_its_watch_was_over_is_stable_and_not_proven_well()
    {
        var (lane, rollout) = (State("watching"), new RolloutSamples());
        var watching = rollout.States.Single(s => s.Name == "watching");
        var ended = rollout.Machine.Decide(rollout.Process, watching.State, new LaneReclaimed("3.0 comes next"), watching.At + TimeSpan.FromSeconds(1)).Messages.Select(m => m.Event).OfType<LaneRolloutEnded>().Single();
        var given = _samples.Machine.Decide(_samples.Process, lane, ended, watching.At + TimeSpan.FromSeconds(2)).State;
        given.Stable!.Spec.Version.ShouldBe("2.0");
        given.Stable.WellAt.ShouldBeNull();
        given.History[0].WellAt.ShouldBeNull();
    }

    [Fact]
    public void The_stable_version_promoted_once_more_stays_stable_when_that_rollout_fails()
    {
        var rolling = State("rolling out");
        var again = rolling with { Stable = SampleWorld.Stable("2.0"), History = [SampleWorld.Stable("2.0")] };
        var given = After(again, "rolloutReachedFull: 2.0", "rolloutEnded: 2.0 Aborted");
        given.State.Stable!.Spec.Version.ShouldBe("2.0");
        given.State.History.ShouldHaveSingleItem().Spec.Version.ShouldBe("2.0");
        given.Effects.OfType<Targets.EnsureVersionSet>().ShouldHaveSingleItem().Count.ShouldBe(4);
    }

    [Fact]
    public void A_rollout_whose_way_back_failed_leaves_nothing_running()
    {
        var given = After(State("rolling out"), "rolloutEnded: 2.0 NeedsAttention");
        given.Effects.OfType<Targets.EnsureVersionSet>().Select(e => (e.Spec.Version, e.Count)).ShouldBe([("1.0", 4), ("2.0", 0)]);
    }

    [Fact]
    public void A_promotion_that_steps_back_does_not_come_after_a_newer_one()
    {
        var given = After(State("admitted"), "promotionQueued: 3.0", "promotionSteppedBack: 2.0");
        given.State.Queue.ShouldHaveSingleItem().Version.ShouldBe("3.0");
        given.Messages.Select(m => m.Event).OfType<PromotionSuperseded>().ShouldHaveSingleItem().Version.ShouldBe("3.0");
        After(State("admitted"), "promotionSteppedBack: 2.0").State.Queue.ShouldHaveSingleItem().Version.ShouldBe("2.0");
    }

    [Fact]
    public void A_rollback_that_became_ready_while_another_stood_in_the_door_does_not_wait_for_its_whole_rollout()
    {
        var waits = After(State("admitted"), "promotionQueued: rollback to 1.0");
        var ready = _samples.Machine.Decide(_samples.Process, waits.State, new PromotionReadiness(waits.State.Queue[0].Id, true), LaneSamples.Start + TimeSpan.FromHours(1));
        After(ready.State, "rolloutBegan: 2.0").Messages.ShouldHaveSingleItem().Event.ShouldBeOfType<LaneReclaimed>();
    }

    private LaneState State(string name) => _samples.States.Single(s => s.Name == name).State!;

    private Kernel.Decision<LaneState> After(LaneState state, params string[] events)
    {
        Kernel.Decision<LaneState>? decision = null;
        foreach (var name in events)
        {
            decision = _samples.Machine.Decide(_samples.Process, state, _samples.Events.Single(e => e.Name == name).Event(state), LaneSamples.Start + TimeSpan.FromHours(1));
            state = decision.State;
        }

        return decision!;
    }

    private static Admission Admitted(IReadOnlyList<Kernel.Message> messages) => messages.Select(m => m.Event).OfType<LaneAdmitted>().Single().Admission;
}
