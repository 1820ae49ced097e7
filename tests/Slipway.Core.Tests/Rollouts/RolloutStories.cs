using Slipway.Core.Environments;
using Slipway.Core.Gates;
using Slipway.Core.Kernel;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Core.Tests.World;

namespace Slipway.Core.Tests.Rollouts;

public sealed class RolloutStories
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);
    private readonly MachineWorld _world = new();

    [Fact]
    public void The_first_release_goes_to_all_traffic_and_becomes_stable()
    {
        var id = _world.Run("1.0");
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Succeeded);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded);
        _world.LaneNow.Stable!.Spec.Version.ShouldBe("1.0");
        _world.LaneNow.Stable.WellAt.ShouldNotBeNull();
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });
    }

    [Fact]
    public void A_good_version_takes_over_by_canary_and_the_old_one_stays_warm_for_a_while()
    {
        _world.Run("1.0");
        var id = _world.Promote("2.0");
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 95, ["2.0"] = 5 });
        _world.PassUntil(() => _world.Traffic.GetValueOrDefault("2.0") == 100, Long);
        _world.Wanted("1.0").ShouldBe(2);
        _world.PassUntil(() => _world.Rollout(id).HasEnded, Long);
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Succeeded);
        _world.LaneNow.Stable!.Spec.Version.ShouldBe("2.0");
        _world.PassUntil(() => _world.Wanted("1.0") == 0, Long);
        _world.Wanted("2.0").ShouldBe(2);
    }

    [Fact]
    public void A_version_that_the_judge_fails_is_rolled_back_held_and_leaves_nothing_behind()
    {
        _world.Run("1.0");
        _world.Verdict = JudgeVerdict.Inconclusive;
        var id = _world.Promote("2.0");
        _world.Pass(TimeSpan.FromSeconds(5));
        _world.Verdict = JudgeVerdict.Failed;
        _world.Pass(TimeSpan.FromSeconds(3));
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.RolledBack);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.RolledBack);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });
        _world.Wanted("2.0").ShouldBe(0);
        _world.LaneNow.Stable!.Spec.Version.ShouldBe("1.0");
        _world.LaneNow.Holds.ShouldHaveSingleItem().Version.ShouldBe("2.0");
    }

    [Fact]
    public void A_version_that_failed_and_waits_is_held_when_a_person_aborts_it_and_not_when_it_was_tried_anew_before()
    {
        _world.Run("1.0");
        _world.Verdict = JudgeVerdict.Failed;
        var pausing = MachineWorld.Canary with { OnFailure = OnFailure.Pause };
        var id = _world.Promote("2.0", pausing);
        _world.PassUntil(() => _world.Rollout(id).Paused is { Failed: true }, Long);
        _world.LaneNow.Holds.ShouldBeEmpty("nobody has decided yet");
        _world.Act(id, RolloutAsk.Abort, "too risky");
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        (_world.Rollout(id).Phase, _world.Rollout(id).Reason).ShouldBe((RolloutPhase.Aborted, "aborted by ada: too risky"));
        var hold = _world.LaneNow.Holds.ShouldHaveSingleItem();
        (hold.Id, hold.Version, hold.Why, hold.By).ShouldBe(($"hold-{id}", "2.0", "2.0 failed here: errors: Failed", Fact.Slipway));

        var again = _world.Promote("3.0", pausing);
        _world.PassUntil(() => _world.Rollout(again).Paused is { Failed: true }, Long);
        _world.Verdict = JudgeVerdict.Inconclusive;
        _world.Act(again, RolloutAsk.Retry);
        _world.Rollout(again).Paused.ShouldBeNull();
        _world.Act(again, RolloutAsk.Abort);
        _world.PassUntil(() => _world.Promotion(again).HasEnded, Long);
        _world.LaneNow.Holds.ShouldHaveSingleItem().Version.ShouldBe("2.0");
    }

    [Fact]
    public void A_person_who_aborts_what_found_no_place_or_what_has_not_failed_puts_no_hold_on_it()
    {
        _world.Run("1.0");
        _world.Nowhere = "no agent takes instances of prod: local is drained";
        var id = _world.Promote("2.0", MachineWorld.Canary with { OnFailure = OnFailure.Pause });
        _world.PassUntil(() => _world.Rollout(id).Paused is { Failed: true }, Long);
        _world.Act(id, RolloutAsk.Abort);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);

        _world.Nowhere = null;
        _world.Verdict = JudgeVerdict.Inconclusive;
        var other = _world.Promote("3.0");
        _world.PassUntil(() => _world.Rollout(other).Paused is { Failed: false }, Long);
        _world.Act(other, RolloutAsk.Abort);
        _world.PassUntil(() => _world.Promotion(other).HasEnded, Long);
        _world.LaneNow.Holds.ShouldBeEmpty();
    }

    [Fact]
    public void A_failed_version_that_a_newer_one_displaces_is_held_and_the_newer_one_comes()
    {
        _world.Run("1.0");
        _world.Verdict = JudgeVerdict.Failed;
        var id = _world.Promote("2.0", MachineWorld.Canary with { OnFailure = OnFailure.Pause });
        _world.PassUntil(() => _world.Rollout(id).Paused is { Failed: true }, Long);
        _world.Verdict = JudgeVerdict.Passed;
        var newer = _world.Promote("3.0", preempt: true);
        _world.PassUntil(() => _world.Promotion(newer).HasEnded, Long);
        _world.Promotion(newer).Phase.ShouldBe(PromotionPhase.Succeeded);
        _world.LaneNow.Holds.ShouldHaveSingleItem().Version.ShouldBe("2.0");
    }

    [Fact]
    public void A_rollout_without_a_place_says_so_while_it_waits_and_when_it_fails_and_the_version_is_not_held()
    {
        _world.Run("1.0");
        _world.Nowhere = "no agent takes instances of prod: local is drained";
        var id = _world.Promote("2.0");
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Running);
        _world.Rollout(id).Reason.ShouldBe("waits for a place for 1 instance: no agent takes instances of prod: local is drained");

        _world.PassUntil(() => _world.Rollout(id).HasEnded, Long);
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.RolledBack);
        _world.Rollout(id).Reason.ShouldStartWith("there was no place for 1 instance of 2.0 within ");
        _world.Rollout(id).Reason.ShouldEndWith(": no agent takes instances of prod: local is drained");
        _world.LaneNow.Holds.ShouldBeEmpty();
        _world.LaneNow.Stable!.Spec.Version.ShouldBe("1.0");

        _world.Nowhere = null;
        var again = _world.Promote("2.0");
        _world.PassUntil(() => _world.Rollout(again).HasEnded, Long);
        _world.Rollout(again).Phase.ShouldBe(RolloutPhase.Succeeded);
    }

    [Fact]
    public void A_first_release_without_a_place_leaves_the_lane_empty_with_that_as_the_reason()
    {
        _world.Nowhere = "no agent is connected";
        var id = _world.Promote("1.0");
        _world.PassUntil(() => _world.Rollout(id).HasEnded, Long);
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.NeedsAttention);
        _world.LaneNow.NeedsAttention!.ShouldContain("there was no place for");
        _world.LaneNow.NeedsAttention!.ShouldContain("no agent is connected");
        _world.LaneNow.Holds.ShouldBeEmpty();
    }

    [Fact]
    public void A_version_that_was_down_with_stable_until_the_end_is_taken_back_and_not_held()
    {
        _world.Run("1.0");
        _world.Verdict = JudgeVerdict.Inconclusive;
        var id = _world.Promote("2.0");
        var rollout = _world.Rollout(id);
        _world.Send(RolloutFlow.ProcessOf(id), new TargetsObserved(rollout.Seen with { VersionSets = [] }));
        _world.PassUntil(() => _world.Rollout(id).Back is not null, Long);
        _world.Rollout(id).Back!.Because.ShouldStartWith("no instance of 2.0, nor any of 1.0, has been healthy for ");
        _world.PassUntil(() => _world.Rollout(id).HasEnded, Long);
        _world.LaneNow.Holds.ShouldBeEmpty();
    }

    [Fact]
    public void What_runs_already_is_not_tried_against_itself_and_loses_no_instance()
    {
        _world.Run("1.0");
        var id = _world.Promote("1.0");
        _world.PassUntil(
            () =>
            {
                _world.Wanted("1.0").ShouldBe(2);
                return _world.Rollout(id).HasEnded;
            },
            Long);
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Succeeded);
        _world.Rollout(id).Plan.ShouldNotContain(step => step.Kind == PlanStepKind.Analyze);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });
    }

    [Fact]
    public void A_rollback_while_a_version_comes_holds_that_version_and_not_what_serves()
    {
        _world.Run("1.0");
        _world.Verdict = JudgeVerdict.Inconclusive;
        _world.Promote("2.0");
        var back = _world.Promote("1.0", kind: PromotionKind.Rollback);
        _world.PassUntil(() => _world.Rollout(back).HasEnded, Long);
        _world.LaneNow.Stable!.Spec.Version.ShouldBe("1.0");
        var hold = _world.LaneNow.Holds.ShouldHaveSingleItem();
        hold.Version.ShouldBe("2.0");
        hold.Why.ShouldBe("rolled back to 1.0");
    }

    [Theory]
    [InlineData("the title is wrong", "rolled back to 1.0: the title is wrong")]
    [InlineData(null, "rolled back to 1.0")]
    public void A_rollback_holds_what_it_takes_out_in_the_name_and_with_the_reason_of_who_asked_for_it(string? why, string expected)
    {
        _world.Run("1.0");
        _world.Run("2.0");
        var back = _world.Promote("1.0", kind: PromotionKind.Rollback, why: why);
        _world.PassUntil(() => _world.Rollout(back).HasEnded, Long);
        var hold = _world.LaneNow.Holds.ShouldHaveSingleItem();
        (hold.Version, hold.By, hold.Why).ShouldBe(("2.0", "ada", expected));
    }

    [Fact]
    public void A_canary_that_nothing_reached_says_how_to_make_traffic()
    {
        _world.Run("1.0");
        _world.Verdict = JudgeVerdict.Inconclusive;
        _world.Reason = "errors: no request to the canary has been counted yet";
        var id = _world.Promote("2.0");
        _world.PassUntil(() => _world.Rollout(id).Phase == RolloutPhase.Paused, Long);
        _world.Rollout(id).Reason.ShouldEndWith("no request to the canary has been counted yet. There was no traffic: slipway load storefront --env prod --rps 20 --for 3m makes some");
    }

    [Fact]
    public void When_everything_is_down_the_new_version_is_not_blamed_before_it_had_the_time_of_a_start()
    {
        _world.Run("1.0");
        _world.Verdict = JudgeVerdict.Inconclusive;
        var id = _world.Promote("2.0");
        var rollout = _world.Rollout(id);
        void See(int ofStable) => _world.Send(RolloutFlow.ProcessOf(id), new TargetsObserved(rollout.Seen with
        {
            VersionSets = [.. rollout.Seen.VersionSets.Select(v => v with { Healthy = v.VersionSet == rollout.Stable!.Spec.Id ? ofStable : 0 })],
        }));
        See(ofStable: 0);
        _world.Pass(Limits.DownGrace + TimeSpan.FromSeconds(5));
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Running);

        See(ofStable: 2);
        _world.Pass(Limits.DownGrace - TimeSpan.FromSeconds(2));
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Running, "it has its grace from when the others are back");
        _world.Pass(TimeSpan.FromSeconds(5));
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.RolledBack);
        _world.Rollout(id).Reason.ShouldStartWith("no instance of 2.0 has been healthy for ");
    }

    [Fact]
    public void A_version_that_does_not_start_never_gets_traffic()
    {
        _world.Run("1.0");
        _world.Break("2.0");
        var id = _world.Promote("2.0");
        _world.Pass(TimeSpan.FromSeconds(2));
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.RolledBack);
        _world.Rollout(id).Reason.ShouldContain("exited with code 1");
        _world.Facts.ShouldNotContain(f => f.Type == "rollout.weightChanged" && f.Subject.Version == "2.0");
    }

    [Fact]
    public void The_first_release_that_does_not_start_needs_attention()
    {
        _world.Break("1.0");
        var id = _world.Promote("1.0");
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.NeedsAttention);
        _world.LaneNow.NeedsAttention.ShouldNotBeNull();
        _world.LaneNow.Stable.ShouldBeNull();
        _world.LaneNow.Active.ShouldBeNull();
    }

    [Fact]
    public void A_rollback_that_no_router_confirms_needs_attention_and_frees_the_lane()
    {
        _world.Run("1.0");
        _world.Verdict = JudgeVerdict.Inconclusive;
        var id = _world.Promote("2.0");
        _world.Pass(TimeSpan.FromSeconds(3));
        _world.RouterAnswers = false;
        _world.Verdict = JudgeVerdict.Failed;
        _world.Pass(TimeSpan.FromMinutes(2));
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.NeedsAttention);
        _world.LaneNow.Active.ShouldBeNull();
        _world.LaneNow.NeedsAttention.ShouldNotBeNull();
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });
    }

    [Fact]
    public void A_newer_promotion_waits_for_the_one_that_rolls_out_and_supersedes_those_that_wait()
    {
        _world.Run("1.0");
        _world.Promote("2.0");
        var third = _world.Promote("3.0");
        var fourth = _world.Promote("4.0");
        _world.Promotion(third).Phase.ShouldBe(PromotionPhase.Superseded);
        _world.Promotion(third).SupersededBy.ShouldBe(fourth);
        _world.Promotion(fourth).Phase.ShouldBe(PromotionPhase.Ready);
        _world.PassUntil(() => _world.Promotion(fourth).HasEnded, Long);
        _world.LaneNow.Stable!.Spec.Version.ShouldBe("4.0");
    }

    [Fact]
    public void In_a_queue_one_goes_after_the_other()
    {
        _world.Run("1.0");
        _world.Promote("2.0", concurrency: LaneConcurrency.Queue);
        var third = _world.Promote("3.0", concurrency: LaneConcurrency.Queue);
        var fourth = _world.Promote("4.0", concurrency: LaneConcurrency.Queue);
        _world.PassUntil(() => _world.Promotion(fourth).HasEnded, TimeSpan.FromHours(1));
        _world.Promotion(third).Phase.ShouldBe(PromotionPhase.Succeeded);
    }

    [Fact]
    public void With_preempt_a_newer_promotion_aborts_the_one_that_rolls_out()
    {
        _world.Run("1.0");
        var second = _world.Promote("2.0");
        var third = _world.Promote("3.0", preempt: true);
        _world.Promotion(second).Phase.ShouldBe(PromotionPhase.Aborted);
        _world.PassUntil(() => _world.Promotion(third).HasEnded, Long);
        _world.LaneNow.Stable!.Spec.Version.ShouldBe("3.0");
        _world.Wanted("2.0").ShouldBe(0);
    }

    [Fact]
    public void A_rollback_brings_the_version_before_at_once_and_holds_the_one_it_leaves()
    {
        _world.Run("1.0");
        _world.Run("2.0");
        var back = _world.Promote("1.0", kind: PromotionKind.Rollback);
        _world.Promotion(back).Phase.ShouldBe(PromotionPhase.Succeeded);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });
        _world.LaneNow.Holds.ShouldHaveSingleItem().Version.ShouldBe("2.0");
        _world.PassUntil(() => _world.Wanted("2.0") == 0, Long);
    }

    [Fact]
    public void A_rollback_in_mid_rollout_aborts_it_first()
    {
        _world.Run("1.0");
        _world.Run("2.0");
        var third = _world.Promote("3.0");
        var back = _world.Promote("1.0", kind: PromotionKind.Rollback);
        _world.Promotion(third).Phase.ShouldBe(PromotionPhase.Aborted);
        _world.Promotion(back).Phase.ShouldBe(PromotionPhase.Succeeded);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });
        _world.Wanted("3.0").ShouldBe(0);
    }

    [Fact]
    public void A_gate_that_waits_holds_the_promotion_and_one_that_is_closed_ends_it()
    {
        _world.ShutGates.Add(new GateAnswer("freeze", GateState.Waiting, "frozen until Monday"));
        var id = _world.Promote("1.0");
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Waiting);
        _world.Promotion(id).Reason.ShouldBe("freeze: frozen until Monday");
        _world.ShutGates.Clear();
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded);
        _world.ShutGates.Add(new GateAnswer("hold", GateState.Closed, "vetoed"));
        var vetoed = _world.Promote("2.0");
        _world.Promotion(vetoed).Phase.ShouldBe(PromotionPhase.Failed);
        _world.LaneNow.Queue.ShouldBeEmpty();
    }

    [Fact]
    public void A_rolling_rollout_replaces_one_instance_after_the_other()
    {
        var rolling = new RolloutSpec { Strategy = RolloutStrategy.Rolling };
        _world.Run("1.0", rolling, 3);
        var id = _world.Promote("2.0", rolling, instances: 3);
        _world.PassUntil(() => _world.Rollout(id).HasEnded, Long);
        _world.Rollout(id).Plan.Select(p => p.Title).ShouldBe(["start 1 instance", "1 of 3", "2 of 3", "3 of 3", "100 %"]);
        _world.Wanted("1.0").ShouldBe(0);
        _world.Wanted("2.0").ShouldBe(3);
    }

    [Fact]
    public void Pause_resume_and_skip_do_what_they_say()
    {
        _world.Run("1.0");
        _world.Verdict = JudgeVerdict.Inconclusive;
        var id = _world.Promote("2.0");
        _world.Act(id, RolloutAsk.Pause);
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Paused);
        _world.Pass(TimeSpan.FromMinutes(10));
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Paused);
        _world.Traffic["2.0"].ShouldBe(5);
        _world.Act(id, RolloutAsk.Resume);
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Running);
        _world.Act(id, RolloutAsk.Skip);
        _world.Traffic["2.0"].ShouldBe(50);
    }
}
