using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Core.Tests.World;

namespace Slipway.Core.Tests.Rollouts;

public sealed class RingStories
{
    private static readonly RolloutSpec Rings = new()
    {
        Strategy = RolloutStrategy.Ring,
        Checks = [new() { Kind = CheckKind.Errors }],
        Rings =
        [
            new()
            {
                Name = "inner", Agents = new Dictionary<string, string> { ["ring"] = "inner" }, Instances = 1, Strategy = RolloutStrategy.Canary,
                Steps = [new() { Weight = 10 }, new() { Analyze = TimeSpan.FromSeconds(20) }], Soak = TimeSpan.FromMinutes(1),
            },
            new() { Name = "middle", Agents = new Dictionary<string, string> { ["ring"] = "middle" }, Strategy = RolloutStrategy.Rolling, Soak = TimeSpan.FromMinutes(1) },
            new() { Name = "outer", Agents = new Dictionary<string, string> { ["ring"] = "outer" }, Instances = 4, Strategy = RolloutStrategy.BlueGreen, Soak = TimeSpan.FromSeconds(30) },
        ],
    };

    private readonly MachineWorld _world = new();

    [Fact]
    public void A_version_goes_through_ring_after_ring_and_each_soaks_before_the_next_has_its_turn()
    {
        Begin();
        var id = _world.Promote("1.1.0", Rings);
        _world.Rollout(id).Plan.Select(p => p.Title).ShouldBe(
        [
            "inner: start 1 instance", "inner: 10 %", "inner: analyze 20s", "inner: 100 %", "inner: soak 1m",
            "middle: start 1 instance", "middle: 1 of 2", "middle: 2 of 2", "middle: soak 1m",
            "outer: start 4 instances", "outer: switch", "outer: soak 30s",
            "100 %",
        ]);

        _world.PassUntil(() => _world.Rollout(id).Current?.Title == "inner: soak 1m", TimeSpan.FromMinutes(2));
        (_world.Share("inner", "1.1.0"), _world.Share("middle", "1.1.0"), _world.Share("outer", "1.1.0")).ShouldBe((100, 0, 0));
        (_world.WantedIn("inner", "1.1.0"), _world.WantedIn("middle", "1.1.0"), _world.WantedIn("outer", "1.1.0")).ShouldBe((1, 0, 0));
        _world.Rollout(id).Reason.ShouldBe("1.1.0 has all traffic of inner and soaks", "what the step before was passed by says nothing of the soak");

        var soaked = _world.Now;
        _world.PassUntil(() => _world.Rollout(id).Ring == 1, TimeSpan.FromMinutes(3));
        (_world.Now - soaked).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(59));
        _world.PassUntil(() => _world.Rollout(id).Current?.Title == "middle: soak 1m", TimeSpan.FromMinutes(3));
        (_world.Share("inner", "1.1.0"), _world.Share("middle", "1.1.0"), _world.Share("outer", "1.1.0")).ShouldBe((100, 100, 0));
        _world.WantedIn("middle", "1.0.0").ShouldBe(0, "rolling exchanges instances one for another");
        _world.WantedIn("inner", "1.0.0").ShouldBe(1, "a canary's stable stays until the end");

        _world.PassUntil(() => _world.Promotion(id).HasEnded, TimeSpan.FromMinutes(5));
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.1.0"] = 100 });
        (_world.WantedIn("inner", "1.1.0"), _world.WantedIn("middle", "1.1.0"), _world.WantedIn("outer", "1.1.0")).ShouldBe((1, 2, 4));
        _world.Wanted("1.0.0").ShouldBe(0);
        _world.LaneNow.Stable!.Count.ShouldBe(7);
    }

    [Fact]
    public void A_bad_ring_takes_those_before_it_back_too()
    {
        Begin();
        _world.BrokenIn.Add(("1.1.0", "outer"));
        var id = _world.Promote("1.1.0", Rings);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, TimeSpan.FromMinutes(15));

        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.RolledBack);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0.0"] = 100 });
        _world.TrafficOf.ShouldBeEmpty();
        _world.Wanted("1.1.0").ShouldBe(0);
        (_world.WantedIn("inner", "1.0.0"), _world.WantedIn("middle", "1.0.0"), _world.WantedIn("outer", "1.0.0")).ShouldBe((1, 2, 4));
        _world.LaneNow.Stable!.Spec.Version.ShouldBe("1.0.0");
        _world.LaneNow.Active.ShouldBeNull();
    }

    [Fact]
    public void Under_hold_only_the_bad_ring_goes_back_and_a_person_retries_it()
    {
        Begin();
        _world.BrokenIn.Add(("1.1.0", "outer"));
        var id = _world.Promote("1.1.0", Rings with { OnFailure = OnFailure.Hold });
        _world.PassUntil(() => _world.Rollout(id).Paused is { Failed: true }, TimeSpan.FromMinutes(15));

        var held = _world.Rollout(id);
        held.Reason.ShouldBe("failed in outer (back on 1.0.0; inner and middle on 1.1.0): it exited with code 1. Look at its output.");
        RolloutActions.PossibleFor(held).ShouldBe([RolloutAsk.Retry, RolloutAsk.Abort]);
        (_world.Share("inner", "1.1.0"), _world.Share("middle", "1.1.0"), _world.Share("outer", "1.0.0")).ShouldBe((100, 100, 100));
        _world.WantedIn("outer", "1.1.0").ShouldBe(0);
        ((string?)_world.Facts.Single(fact => fact.Type == "rollout.rollingBack").Body["ring"]).ShouldBe("outer", "the others do not go back");

        _world.BrokenIn.Clear();
        _world.Act(id, RolloutAsk.Retry);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, TimeSpan.FromMinutes(5));
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.1.0"] = 100 });
    }

    [Fact]
    public void A_pause_after_a_failure_names_the_ring()
    {
        Begin();
        _world.BrokenIn.Add(("1.1.0", "middle"));
        var id = _world.Promote("1.1.0", Rings with { OnFailure = OnFailure.Pause });
        _world.PassUntil(() => _world.Rollout(id).Paused is { Failed: true }, TimeSpan.FromMinutes(15));
        _world.Rollout(id).Reason.ShouldBe("failed in middle: it exited with code 1. Look at its output.");
    }

    [Fact]
    public void A_rollout_that_is_held_can_be_taken_back_whole()
    {
        Begin();
        _world.BrokenIn.Add(("1.1.0", "outer"));
        var id = _world.Promote("1.1.0", Rings with { OnFailure = OnFailure.Hold });
        _world.PassUntil(() => _world.Rollout(id).Paused is { Failed: true }, TimeSpan.FromMinutes(15));
        _world.Act(id, RolloutAsk.Abort);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, TimeSpan.FromMinutes(5));

        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Aborted);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0.0"] = 100 });
        _world.Wanted("1.1.0").ShouldBe(0);
        _world.LaneNow.Holds.ShouldHaveSingleItem().Why.ShouldBe("1.1.0 failed here: it exited with code 1. Look at its output.");
    }

    [Fact]
    public void A_rollback_that_comes_while_one_ring_goes_back_takes_the_others_back_too_and_waits_for_nobody()
    {
        Begin();
        _world.BrokenIn.Add(("1.1.0", "outer"));
        var id = _world.Promote("1.1.0", Rings with { OnFailure = OnFailure.Hold });
        _world.PassUntil(() => _world.Rollout(id).Ring == 1, TimeSpan.FromMinutes(5));
        _world.BrokenIn.Add(("1.1.0", "middle"));
        _world.RouterAnswers = false;
        _world.Report(id);
        _world.PassUntil(() => _world.Rollout(id).Phase == RolloutPhase.RollingBack, TimeSpan.FromMinutes(15));
        _world.Share("inner", "1.1.0").ShouldBe(100);

        _world.RouterAnswers = true;
        var back = _world.Promote("1.0.0", Rings, PromotionKind.Rollback);
        _world.PassUntil(() => _world.Promotion(back).HasEnded, TimeSpan.FromMinutes(5));
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Aborted);
        _world.Rollout(id).Reason.ShouldContain("it exited with code 1.");
        _world.Promotion(back).Phase.ShouldBe(PromotionPhase.Succeeded, _world.Promotion(back).Reason);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0.0"] = 100 });
        _world.Wanted("1.1.0").ShouldBe(0);
    }

    [Fact]
    public void A_soak_that_says_nothing_lets_no_ring_go_on()
    {
        Begin();
        var id = _world.Promote("1.1.0", Rings);
        _world.PassUntil(() => _world.Rollout(id).Current?.Title == "inner: soak 1m", TimeSpan.FromMinutes(2));
        _world.Verdict = JudgeVerdict.Inconclusive;
        _world.PassUntil(() => _world.Rollout(id).Paused is not null, TimeSpan.FromMinutes(10));

        _world.Rollout(id).Reason.ShouldStartWith("inconclusive in the ring inner after 4m: ");
        _world.Share("middle", "1.1.0").ShouldBe(0);
        _world.Rollout(id).Ring.ShouldBe(0);
    }

    [Fact]
    public void A_verdict_in_the_second_ring_takes_the_first_back()
    {
        Begin();
        var id = _world.Promote("1.1.0", Rings);
        _world.PassUntil(() => _world.Rollout(id).Current?.Title == "middle: soak 1m", TimeSpan.FromMinutes(5));
        _world.Verdict = JudgeVerdict.Failed;
        _world.PassUntil(() => _world.Promotion(id).HasEnded, TimeSpan.FromMinutes(5));

        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.RolledBack);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0.0"] = 100 });
        (_world.WantedIn("inner", "1.0.0"), _world.WantedIn("middle", "1.0.0")).ShouldBe((1, 2));
    }

    [Fact]
    public void A_version_that_is_placed_otherwise_stays_whole_until_the_last_ring_has_the_new_one()
    {
        _world.Run("1.0.0", new RolloutSpec { Strategy = RolloutStrategy.Rolling, Checks = [] }, instances: 3);
        var id = _world.Promote("1.1.0", Rings);
        _world.PassUntil(() => _world.Rollout(id).Ring == 2, TimeSpan.FromMinutes(10));
        _world.Wanted("1.0.0").ShouldBe(3);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, TimeSpan.FromMinutes(5));

        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded);
        _world.Wanted("1.0.0").ShouldBe(0);
    }

    [Fact]
    public void Where_rings_are_given_up_the_new_version_comes_beside_all_of_them()
    {
        Begin();
        var id = _world.Promote("1.1.0", new RolloutSpec { Strategy = RolloutStrategy.Rolling, Checks = [] }, instances: 3);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, TimeSpan.FromMinutes(5));

        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded);
        (_world.Wanted("1.0.0"), _world.Wanted("1.1.0")).ShouldBe((0, 3));
    }

    [Fact]
    public void A_rollback_comes_to_all_rings_at_once()
    {
        Begin();
        _world.Run("1.1.0", Rings);
        var id = _world.Promote("1.0.0", Rings, PromotionKind.Rollback);
        _world.Rollout(id).Plan.Select(p => p.Title).ShouldBe(["start 7 instances", "100 %"]);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, TimeSpan.FromMinutes(2));

        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0.0"] = 100 });
    }

    [Fact]
    public void Each_ring_is_verified_and_judged_with_its_part_of_the_false_alarm_rate()
    {
        Begin();
        var id = _world.Promote("1.1.0", Rings, verify: ["smoke"]);
        _world.PassUntil(() => _world.Rollout(id).Current?.Title == "inner: soak 1m", TimeSpan.FromMinutes(2));
        var rollout = _world.Rollout(id);
        var asked = AskJudge.About(rollout, rollout.TrafficSince!.Value);
        (asked.InRing, asked.Spec.FalseAlarmRate, asked.Spec.Strategy).ShouldBe((true, Rings.FalseAlarmRate / 4, RolloutStrategy.Canary));

        _world.PassUntil(() => _world.Promotion(id).HasEnded, TimeSpan.FromMinutes(10));
        _world.Verified.Count.ShouldBe(3);
    }

    [Fact]
    public void What_the_judge_says_late_of_the_ring_before_is_not_said_of_this_one()
    {
        Begin();
        var id = _world.Promote("1.1.0", Rings);
        _world.PassUntil(() => _world.Rollout(id).Current?.Title == "inner: soak 1m", TimeSpan.FromMinutes(2));
        var asked = AskJudge.About(_world.Rollout(id), _world.Rollout(id).TrafficSince!.Value);
        _world.PassUntil(() => _world.Rollout(id).Current?.Title == "middle: soak 1m", TimeSpan.FromMinutes(5));
        var failed = new JudgeAnswer { Verdict = JudgeVerdict.Failed, Reason = "errors: 30 %", Guaranteed = true, Checks = [], At = _world.Now };

        _world.Send(RolloutFlow.ProcessOf(id), new JudgeAnswered(failed, asked.Since));
        _world.Rollout(id).Analysis?.Verdict.ShouldNotBe(JudgeVerdict.Failed);
        _world.Send(RolloutFlow.ProcessOf(id), new JudgeAnswered(failed, _world.Rollout(id).TrafficSince));
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.RolledBack);
    }

    [Fact]
    public void A_new_version_that_dies_in_a_ring_behind_is_taken_back()
    {
        Begin();
        var id = _world.Promote("1.1.0", Rings);
        _world.PassUntil(() => _world.Rollout(id).Current?.Title == "middle: soak 1m", TimeSpan.FromMinutes(5));
        _world.BrokenIn.Add(("1.1.0", "inner"));
        _world.Report(id);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, TimeSpan.FromMinutes(5));

        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.RolledBack);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0.0"] = 100 });
    }

    private void Begin()
    {
        _world.Run("1.0.0", Rings);
        _world.Transcript.Clear();
        (_world.WantedIn("inner", "1.0.0"), _world.WantedIn("middle", "1.0.0"), _world.WantedIn("outer", "1.0.0")).ShouldBe((1, 2, 4));
    }
}
