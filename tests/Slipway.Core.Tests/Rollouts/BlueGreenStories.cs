using Slipway.Core.Environments;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Core.Tests.World;

namespace Slipway.Core.Tests.Rollouts;

public sealed class BlueGreenStories
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(20), Minute = TimeSpan.FromMinutes(1);
    private readonly MachineWorld _world = new();

    [Fact]
    public void The_whole_new_set_is_verified_before_one_switch_and_the_old_set_stays_for_the_way_back()
    {
        _world.Run("1.0", instances: 4);
        var id = _world.Promote("2.0", BlueGreen, instances: 4, verify: ["smoke"]);
        _world.Rollout(id).Plan.Select(p => p.Title).ShouldBe(["start 4 instances", "verify: smoke", "approve", "switch", "analyze 1m", "100 %"]);
        _world.Verified.ShouldBe(["smoke at 0 %"]);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });
        _world.Routing!.Previews.ShouldBe([MachineWorld.SetOf("2.0")], "it answers at its preview address until the switch");

        _world.Act(id, RolloutAsk.Approve, by: "ben");
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["2.0"] = 100 });
        _world.LaneNow.Stable!.Spec.Version.ShouldBe("1.0", "until the steps after the switch are through");
        (_world.Wanted("1.0"), _world.Wanted("2.0")).ShouldBe((4, 4));

        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.LaneNow.Stable!.Spec.Version.ShouldBe("2.0");
        (_world.Wanted("1.0"), _world.Wanted("2.0")).ShouldBe((4, 4));

        // Undone by one switch: the old set has never gone.
        var shifts = _world.Shifts;
        var back = _world.Promote("1.0", BlueGreen, PromotionKind.Rollback, instances: 4);
        _world.Promotion(back).HasEnded.ShouldBeTrue();
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });
        _world.Shifts.ShouldBe(shifts + 1);
    }

    [Fact]
    public void Whoever_skips_the_switch_does_not_get_past_those_who_confirm_the_promotion()
    {
        _world.Run("1.0");
        var confirms = new HookSpec { Name = "release manager", Url = "https://ci.example.com/confirm" };
        var says = HookDecision.Wait;
        _world.Hook = _ => (says, "not yet");
        var id = _world.Promote("2.0", BlueGreen with { Switch = new(), Hooks = new() { ConfirmPromotion = [confirms] } });
        _world.Rollout(id).Current!.Title.ShouldBe("switch");
        _world.Act(id, RolloutAsk.Skip);
        _world.Pass(Minute);
        _world.Rollout(id).Reason.ShouldStartWith("waits for the hook release manager (confirmPromotion)");
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });

        says = HookDecision.Go;
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["2.0"] = 100 });
    }

    [Fact]
    public void The_judge_is_asked_as_soon_as_the_switch_is_so_that_it_keeps_what_stable_was_and_what_it_answers_then_counts_for_nothing()
    {
        _world.Run("1.0", instances: 2);
        _world.RouterAnswers = false;
        var id = _world.Promote("2.0", BlueGreen with { Switch = new() { After = [new() { Analyze = Minute }] } }, instances: 2);
        var rollout = _world.Rollout(id);
        (rollout.Weight, rollout.FullAt).ShouldBe((100, null));
        var asked = _world.Judged.Where(each => each.Rollout == id).ToList().ShouldHaveSingleItem();
        (asked.Since, asked.FullAt).ShouldBe((rollout.TrafficSince!.Value, null));
        rollout.Analysis.ShouldBeNull();
        _world.Pass(TimeSpan.FromSeconds(5));
        _world.Judged.Count(each => each.Rollout == id).ShouldBe(1, "once is enough");
    }

    [Fact]
    public void The_new_set_answers_at_its_preview_address_from_when_it_is_healthy_until_the_switch_whatever_is_waited_for()
    {
        _world.Run("1.0", instances: 2);
        _world.Hook = asked => asked.Question.Point == HookPoint.BeforeStep && asked.Question.Step == "switch" ? (HookDecision.Wait, "not yet") : (HookDecision.Go, "go");
        var spec = BlueGreen with
        {
            Switch = new() { Before = [new() { Pause = TimeSpan.MaxValue }, new() { Mirror = 5 }] },
            Hooks = new() { BeforeStep = [new() { Name = "budget", Url = "https://hooks.test/go" }] },
        };
        _world.MostHealthy[MachineWorld.SetOf("2.0")] = 0;
        var id = _world.Promote("2.0", spec, instances: 2);
        IsOpen(id).ShouldBeFalse("nothing answers there yet");

        _world.MostHealthy.Clear();
        _world.Report(id);
        _world.Rollout(id).Paused.ShouldNotBeNull();
        IsOpen(id).ShouldBeTrue();

        _world.Act(id, RolloutAsk.Resume);
        _world.Rollout(id).AtHook.ShouldBeTrue(_world.Rollout(id).Reason);
        _world.Rollout(id).Mirror.ShouldBe(5);
        IsOpen(id).ShouldBeTrue("also while a hook is waited for");

        _world.Hook = _ => (HookDecision.Go, "go");
        _world.PassUntil(() => _world.Traffic.ContainsKey("2.0"), Long);
        IsOpen(id).ShouldBeFalse("it has the users' address now");
    }

    [Fact]
    public void A_preview_is_closed_where_the_new_set_goes_back_before_the_switch()
    {
        _world.Run("1.0", instances: 2);
        var id = _world.Promote("2.0", BlueGreen, instances: 2);
        IsOpen(id).ShouldBeTrue();
        _world.Act(id, RolloutAsk.Abort);
        _world.Promotion(id).HasEnded.ShouldBeTrue();
        _world.Routing!.Previews.ShouldBeEmpty();
    }

    [Fact]
    public void The_preview_of_a_first_release_that_fails_its_verification_is_closed()
    {
        _world.FailingVerifications.Add("smoke");
        var id = _world.Promote("1.0", BlueGreen, verify: ["smoke"]);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Verified.ShouldBe(["smoke at 0 %"]);
        _world.Routing!.Previews.ShouldBeEmpty();
    }

    private bool IsOpen(string id)
    {
        var routed = _world.Routing!.Previews.Contains(MachineWorld.SetOf("2.0"));
        _world.Rollout(id).Preview.ShouldBe(routed);
        return routed;
    }

    [Fact]
    public void A_failure_after_the_switch_is_one_switch_back()
    {
        _world.Run("1.0", instances: 4);
        var id = _world.Promote("2.0", BlueGreen with { Switch = new() { After = [new() { Analyze = Minute }] } }, instances: 4);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["2.0"] = 100 });
        var shifts = _world.Shifts;
        _world.Verdict = JudgeVerdict.Failed;
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.RolledBack);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });
        _world.Shifts.ShouldBe(shifts + 1);
        _world.LaneNow.Stable!.Spec.Version.ShouldBe("1.0");
        _world.Wanted("2.0").ShouldBe(0);
        _world.LaneNow.Holds.ShouldHaveSingleItem().Version.ShouldBe("2.0");
    }

    [Fact]
    public void A_verification_that_fails_leaves_the_users_where_they_are()
    {
        _world.Run("1.0", instances: 4);
        _world.FailingVerifications.Add("smoke");
        var id = _world.Promote("2.0", BlueGreen, instances: 4, verify: ["smoke"]);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.RolledBack);
        _world.MostOf("2.0").ShouldBe(0);
        _world.Wanted("2.0").ShouldBe(0);
    }

    [Fact]
    public void Where_no_traffic_is_expected_the_switch_is_made_and_nothing_is_judged()
    {
        _world.Run("1.0", instances: 2);
        var id = _world.Promote("2.0", BlueGreen with { Switch = new() { After = [new() { Analyze = Minute }] } }, instances: 2, traffic: TrafficExpectation.None);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded);
        _world.Rollout(id).Records.Count(r => r.Skipped).ShouldBe(1);
    }

    private static RolloutSpec BlueGreen { get; } = new()
    {
        Strategy = RolloutStrategy.BlueGreen,
        Switch = new() { Before = [new() { Approve = 1 }], After = [new() { Analyze = Minute }] },
        Checks = [new() { Kind = CheckKind.Errors }],
        KeepWarm = TimeSpan.FromMinutes(30),
    };
}
