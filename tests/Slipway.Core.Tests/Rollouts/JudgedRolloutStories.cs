using Slipway.Core.Kernel;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Core.Tests.World;

namespace Slipway.Core.Tests.Rollouts;

public sealed class JudgedRolloutStories
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);
    private readonly MachineWorld _world = new();

    [Fact]
    public void A_version_that_fails_while_it_is_watched_goes_back_too()
    {
        _world.Run("1.0");
        var id = _world.Promote("2.0");
        _world.PassUntil(() => _world.Rollout(id).Phase == RolloutPhase.Watching, Long);
        _world.LaneNow.Stable!.Spec.Version.ShouldBe("2.0");
        _world.Verdict = JudgeVerdict.Failed;
        _world.Pass(TimeSpan.FromSeconds(3));
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.RolledBack);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });
        _world.LaneNow.Stable!.Spec.Version.ShouldBe("1.0");
        _world.Wanted("2.0").ShouldBe(0);
    }

    [Fact]
    public void Inconclusive_pauses_at_the_deadline_and_waits_for_a_person()
    {
        _world.Run("1.0");
        _world.Verdict = JudgeVerdict.Inconclusive;
        var id = _world.Promote("2.0");
        _world.Pass(TimeSpan.FromSeconds(125));
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Paused);
        _world.Traffic["2.0"].ShouldBe(5);
        _world.Act(id, RolloutAsk.Abort, "not today");
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Aborted);
        _world.Rollout(id).Records[^1].Failed.ShouldBeFalse("somebody ended it, it did not fail");
        _world.Rollout(id).Records[^1].Skipped.ShouldBeTrue();
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Aborted);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });
        _world.LaneNow.Holds.ShouldBeEmpty();
    }

    [Fact]
    public void What_the_judge_finds_during_a_pause_is_told_and_a_pass_is_not_gathered_again()
    {
        _world.Run("1.0");
        _world.Verdict = JudgeVerdict.Inconclusive;
        var id = _world.Promote("2.0");
        _world.PassUntil(() => _world.Rollout(id).Phase == RolloutPhase.Paused, Long);
        var step = _world.Rollout(id).Step;
        _world.Rollout(id).Reason.ShouldStartWith("inconclusive after ");
        _world.Pass(TimeSpan.FromSeconds(5));
        _world.Rollout(id).Reason.ShouldNotContain("since then", Case.Sensitive, "the judge says what it said then");
        _world.Reason = "errors: canary 0 % of 391";
        _world.Pass(TimeSpan.FromSeconds(5));
        _world.Rollout(id).Reason.ShouldBe("inconclusive after 2m; since then: errors: canary 0 % of 391", "what is no longer so is not said any more");
        (_world.Verdict, _world.Reason) = (JudgeVerdict.Passed, null);
        _world.Pass(TimeSpan.FromSeconds(5));
        _world.Rollout(id).Reason.ShouldBe("inconclusive after 2m; judged since then, and passed: errors: Passed");
        RolloutActions.Does(_world.Rollout(id), RolloutAsk.Resume).ShouldStartWith("goes on, for the judge has said passed since; next: ");

        _world.Act(id, RolloutAsk.Resume);

        _world.Rollout(id).Step.ShouldBeGreaterThan(step);
        _world.Rollout(id).Records[step].Failed.ShouldBeFalse();
    }

    [Fact]
    public void A_latency_that_was_not_known_at_the_switch_never_will_be_and_the_ways_past_it_are_said()
    {
        _world.Run("1.0");
        (_world.Verdict, _world.Reason) = (JudgeVerdict.Inconclusive, "latency p50: nothing is known of the stable arm before the switch");
        _world.Checks = [new() { Name = "latency p50", Verdict = JudgeVerdict.Inconclusive, Text = _world.Reason, CanaryUnits = 900, CanaryBad = 0, StableUnits = 0, StableBad = 0, LogEvidence = 0, LogLimit = 2 }];
        var id = _world.Promote("2.0", new RolloutSpec { Strategy = RolloutStrategy.BlueGreen, Checks = [new() { Kind = CheckKind.Latency }], Switch = new() { After = [new() { Analyze = TimeSpan.FromSeconds(30) }] } });
        _world.PassUntil(() => _world.Rollout(id).Paused is not null, Long);
        _world.Rollout(id).Reason.ShouldBe(
            $"inconclusive after 2m: {_world.Reason}. How long 1.0 took is not known, and never will be: it gets no more traffic. To go on without that: slipway rollout skip {id}; to go back: slipway rollout abort {id}; in the next release, checks: [errors] leaves it out");
        RolloutActions.PossibleFor(_world.Rollout(id)).ShouldBe([RolloutAsk.Resume, RolloutAsk.Retry, RolloutAsk.Skip, RolloutAsk.Abort]);

        _world.Checks = [_world.Checks[0] with { ThresholdMillis = 7 }];
        _world.Reason = "latency p50: not enough evidence yet";
        _world.Pass(TimeSpan.FromSeconds(5));
        _world.Rollout(id).Reason.ShouldBe("inconclusive after 2m; since then: latency p50: not enough evidence yet");
    }

    [Fact]
    public void To_resume_an_inconclusive_analysis_waits_for_a_pass_for_as_long_again_and_no_longer_than_for_it()
    {
        _world.Run("1.0");
        _world.Verdict = JudgeVerdict.Inconclusive;
        var id = _world.Promote("2.0");
        _world.PassUntil(() => _world.Rollout(id).Phase == RolloutPhase.Paused, Long);
        var (step, began) = (_world.Rollout(id).Step, _world.Rollout(id).Records[^1].StartedAt);
        RolloutActions.Does(_world.Rollout(id), RolloutAsk.Resume).ShouldStartWith("lets the judge go on for up to 2m more, with all that has been counted; as soon as it says passed, next: ");

        _world.Act(id, RolloutAsk.Resume);
        _world.Pass(TimeSpan.FromSeconds(100));
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Running);
        _world.PassUntil(() => _world.Rollout(id).Phase == RolloutPhase.Paused, TimeSpan.FromSeconds(40));
        (_world.Rollout(id).Step, _world.Rollout(id).Records[^1].StartedAt).ShouldBe((step, began));

        // Once more, and the verdict comes while it runs: its own time is not gone through again.
        _world.Act(id, RolloutAsk.Resume);
        _world.Verdict = JudgeVerdict.Passed;
        _world.Pass(TimeSpan.FromSeconds(5));
        _world.Rollout(id).Step.ShouldBeGreaterThan(step);
    }

    [Fact]
    public void The_time_after_which_an_analysis_found_nothing_is_its_own_without_what_a_person_took()
    {
        _world.Run("1.0");
        _world.Verdict = JudgeVerdict.Inconclusive;
        var id = _world.Promote("2.0");
        foreach (var own in (string[])["2m", "4m", "6m"])
        {
            _world.PassUntil(() => _world.Rollout(id).Phase == RolloutPhase.Paused, Long);
            _world.Rollout(id).Reason.ShouldStartWith($"inconclusive after {own}:");
            _world.Pass(TimeSpan.FromSeconds(17));
            _world.Act(id, RolloutAsk.Resume);
            _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Running);
        }
    }

    [Fact]
    public void To_resume_what_a_person_paused_before_its_time_was_over_begins_it_anew()
    {
        _world.Run("1.0");
        var id = _world.Promote("2.0");
        _world.PassUntil(() => _world.Rollout(id).Current?.Kind == PlanStepKind.Analyze, Long);
        _world.Pass(TimeSpan.FromSeconds(2));
        _world.Act(id, RolloutAsk.Pause);
        _world.Pass(TimeSpan.FromSeconds(2));
        _world.Rollout(id).Analysis!.Verdict.ShouldBe(JudgeVerdict.Passed);
        RolloutActions.Does(_world.Rollout(id), RolloutAsk.Resume).ShouldEndWith(" anew, with all that has been counted");

        _world.Act(id, RolloutAsk.Resume);
        _world.Pass(TimeSpan.FromSeconds(1));
        _world.Rollout(id).Current!.Kind.ShouldBe(PlanStepKind.Analyze, "an analysis that was paused at its beginning is not cut short by that");
    }

    [Fact]
    public void Counts_that_come_late_are_waited_for_before_an_analysis_is_called_inconclusive()
    {
        _world.Run("1.0");
        _world.Verdict = JudgeVerdict.Inconclusive;
        var id = _world.Promote("2.0");
        _world.SilentSince = _world.Now;
        _world.Pass(TimeSpan.FromSeconds(125));
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Running);
        _world.Rollout(id).Reason.ShouldBe("waits for the routers' last counts at 5 %");

        _world.SilentSince = null;
        _world.Verdict = JudgeVerdict.Passed;
        _world.PassUntil(() => _world.Traffic.GetValueOrDefault("2.0") == 50, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Counts_that_do_not_come_are_not_waited_for_for_ever()
    {
        _world.Run("1.0");
        _world.Verdict = JudgeVerdict.Inconclusive;
        var id = _world.Promote("2.0");
        _world.SilentSince = _world.Now;
        _world.Pass(TimeSpan.FromSeconds(120) + Limits.CountsPatience + Limits.StepRecheck);
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Paused);
    }

    [Fact]
    public void A_watch_ends_only_when_what_was_counted_in_it_has_been_judged()
    {
        _world.Run("1.0");
        var id = _world.Promote("2.0");
        _world.PassUntil(() => _world.Rollout(id).Phase == RolloutPhase.Watching, Long);
        _world.SilentSince = _world.Now;
        _world.Pass(TimeSpan.FromSeconds(65));
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Watching);

        _world.SilentSince = null;
        _world.Verdict = JudgeVerdict.Failed;
        _world.Pass(TimeSpan.FromSeconds(5));
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.RolledBack);
    }
}
