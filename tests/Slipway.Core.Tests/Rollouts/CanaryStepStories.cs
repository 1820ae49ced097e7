using System.Text.Encodings.Web;
using System.Text.Json;
using Slipway.Core.Environments;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Core.Tests.World;
using Slipway.Core.Traffic;

namespace Slipway.Core.Tests.Rollouts;

public sealed class CanaryStepStories
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(20);
    private static readonly RequestMatch Beta = new(RequestPart.Header, "X-Beta", "yes");
    private readonly MachineWorld _world = new();

    [Fact]
    public void Instances_are_scaled_apart_from_the_weight_until_they_match_it_again()
    {
        _world.Run("1.0", instances: 10);
        var id = _world.Promote("2.0", Steps(
            new() { Instances = new(new Quantity(Count: 3)) }, new() { Weight = 10 }, Pause, new() { Weight = 20 }, Pause,
            new() { Instances = new(new Quantity(Share: 0.45)) }, Pause, new() { Instances = new(null) }, Pause, new() { Weight = 80 }, Pause), instances: 10);
        List<(int Weight, int Count)> seen = [];
        _world.PassUntil(
            () =>
            {
                if (_world.Rollout(id).Paused is not null)
                {
                    seen.Add((_world.Traffic.GetValueOrDefault("2.0"), _world.Wanted("2.0")));
                    _world.Act(id, RolloutAsk.Resume);
                }

                return _world.Promotion(id).HasEnded;
            },
            Long);
        seen.ShouldBe([(10, 3), (20, 3), (20, 5), (20, 2), (80, 8)]);
        _world.Wanted("2.0").ShouldBe(10);
    }

    [Fact]
    public void Marked_requests_and_copies_go_to_the_new_version_until_it_has_all()
    {
        _world.Run("1.0");
        var id = _world.Promote("2.0", Steps(new() { Route = [Beta] }, Pause, new() { Mirror = 20 }, Pause, new() { Weight = 10 }, Pause, new() { Mirror = 0 }, Pause));
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });
        _world.Routing!.Routes.ShouldBe([new TrafficRoute(MachineWorld.SetOf("2.0"), "2.0", Beta)]);
        _world.Routing.Mirror.ShouldBeNull();

        _world.Act(id, RolloutAsk.Resume);
        _world.Routing.Mirror.ShouldBe(new TrafficMirror(MachineWorld.SetOf("2.0"), "2.0", 20));
        _world.Act(id, RolloutAsk.Resume);
        (_world.Traffic["2.0"], _world.Routing.Routes.Count, _world.Routing.Mirror!.Percent).ShouldBe((10, 1, 20));

        _world.Act(id, RolloutAsk.Resume);
        _world.Routing.Mirror.ShouldBeNull();
        _world.Routing.Routes.Count.ShouldBe(1);

        _world.Act(id, RolloutAsk.Resume);
        (_world.Traffic["2.0"], _world.Routing.Routes.Count).ShouldBe((100, 0));
    }

    [Fact]
    public void The_ledger_has_marks_in_the_words_of_the_step()
    {
        _world.Run("1.0");
        var id = _world.Promote("2.0", Steps(
            new() { Route = [Beta, new(RequestPart.Cookie, "beta"), new(RequestPart.Query, "v", Prefix: "2")] }, new() { Mirror = 20 }, new() { Route = [] }, new() { Mirror = 0 }, Pause));
        _world.Rollout(id).Paused.ShouldNotBeNull();
        _world.Facts.Where(fact => fact.Type == "rollout.trafficMarked").Select(fact => fact.Body.ToJsonString(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })).ShouldBe(
        [
            """{"route":["header X-Beta = yes","cookie beta","query v = 2…"],"mirror":0,"kind":"marks"}""",
            """{"route":["header X-Beta = yes","cookie beta","query v = 2…"],"mirror":20,"kind":"copies"}""",
            """{"route":[],"mirror":20,"kind":"copies"}""",
            """{"route":[],"mirror":0,"kind":"none"}""",
        ]);
    }

    [Fact]
    public void A_version_that_only_marked_requests_reach_goes_back_like_any_other()
    {
        _world.Run("1.0");
        var id = _world.Promote("2.0", Steps(new() { Route = [Beta] }, Pause, new() { Weight = 10 }));
        _world.Act(id, RolloutAsk.Abort, "looks odd");
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Aborted);
        _world.Routing!.Routes.ShouldBeEmpty();
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });
        _world.Wanted("2.0").ShouldBe(0);
    }

    [Fact]
    public void A_verification_that_a_step_names_is_asked_for_there_and_not_before()
    {
        _world.Run("1.0");
        var id = _world.Promote("2.0", Steps(new() { Weight = 10 }, new() { Verify = ["journey"] }, new() { Weight = 50 }), verify: ["smoke", "journey"]);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Verified.ShouldBe(["smoke at 0 %", "journey at 10 %"]);

        _world.FailingVerifications.Add("journey");
        var bad = _world.Promote("3.0", Steps(new() { Weight = 10 }, new() { Verify = ["journey"] }, new() { Weight = 50 }), verify: ["smoke", "journey"]);
        _world.PassUntil(() => _world.Promotion(bad).HasEnded, Long);
        _world.Promotion(bad).Phase.ShouldBe(PromotionPhase.RolledBack);
        _world.Promotion(bad).Reason.ShouldBe("verification journey: looked at");
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["2.0"] = 100 });
    }

    [Fact]
    public void An_approval_step_waits_for_other_persons_than_those_who_made_and_asked_for_it()
    {
        _world.Run("1.0");
        var id = _world.Promote("2.0", Steps(new() { Weight = 10 }, new() { Approve = 2 }, new() { Weight = 50 }));
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Paused);
        _world.Rollout(id).Reason.ShouldBe("waits at 10 % for 2 approvals by somebody other than ada");
        RolloutActions.PossibleFor(_world.Rollout(id)).ShouldBe([RolloutAsk.Approve, RolloutAsk.Abort]);

        _world.Act(id, RolloutAsk.Approve, by: "ada");
        _world.Act(id, RolloutAsk.Approve, by: "ben");
        _world.Act(id, RolloutAsk.Approve, by: "ben");
        _world.Act(id, RolloutAsk.Resume, by: "ben");
        _world.Act(id, RolloutAsk.Skip, by: "ben");
        _world.Pass(TimeSpan.FromHours(1));
        _world.Traffic["2.0"].ShouldBe(10);
        _world.Rollout(id).Reason.ShouldBe("waits at 10 % for an approval by somebody other than ada");

        _world.Act(id, RolloutAsk.Approve, "looked at the graphs", by: "cleo");
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Rollout(id).Records.ShouldContain(r => r.Note == "approved by ben, cleo (looked at the graphs)");
    }

    [Fact]
    public void A_baseline_has_as_many_fresh_instances_and_the_same_share_as_the_canary()
    {
        _world.Run("1.0", instances: 10);
        var id = _world.Promote("2.0", Steps(new() { Weight = 20 }, Pause, new() { Weight = 60 }, Pause) with { Baseline = true }, instances: 10);
        var baseline = _world.Rollout(id).Stable!.Spec.AsBaseline.Id;
        _world.Routing!.Weights.Select(w => (w.Arm, w.Weight)).ShouldBe([(Arm.Stable, 60), (Arm.Baseline, 20), (Arm.Canary, 20)]);
        _world.WantedOf(baseline).ShouldBe(2);
        AskJudge.About(_world.Rollout(id), _world.Now).StableVersionSet.ShouldBe(baseline);

        _world.Act(id, RolloutAsk.Resume);
        _world.Routing.Weights.Select(w => (w.Arm, w.Weight)).ShouldBe([(Arm.Baseline, 40), (Arm.Canary, 60)]);
        _world.Act(id, RolloutAsk.Resume);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["2.0"] = 100 });
        _world.WantedOf(baseline).ShouldBe(0);

        var back = _world.Promote("3.0", Steps(new() { Weight = 20 }, Pause) with { Baseline = true }, instances: 10);
        _world.Act(back, RolloutAsk.Abort);
        _world.WantedOf(_world.Rollout(back).Stable!.Spec.AsBaseline.Id).ShouldBe(0);
    }

    [Fact]
    public void What_cannot_be_compared_for_want_of_a_baseline_is_not_blamed_on_the_version()
    {
        _world.Run("1.0", instances: 10);
        _world.MostHealthy[MachineWorld.SetOf("1.0") + "-baseline"] = 1;
        var id = _world.Promote("2.0", Steps(new() { Weight = 20 }, Pause) with { Baseline = true }, instances: 10);
        _world.Rollout(id).Reason.ShouldBe("waits for 2 instances of 1.0 to compare it with");
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Promotion(id).Reason.ShouldStartWith("2 instances of 1.0 to compare it with did not become healthy within");
        _world.LaneNow.Holds.ShouldBeEmpty();
        _world.Wanted("2.0").ShouldBe(0);
    }

    [Fact]
    public void A_version_that_was_taken_back_stays_for_a_while_without_traffic()
    {
        _world.Run("1.0");
        var id = _world.Promote("2.0", Steps(new() { Weight = 10 }, Pause) with { AbortScaleDownDelay = TimeSpan.FromMinutes(5) });
        _world.Act(id, RolloutAsk.Abort);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });
        _world.Wanted("2.0").ShouldBe(1);
        _world.LaneNow.Active.ShouldBeNull("the lane is free at once");
        _world.Pass(TimeSpan.FromMinutes(4));
        _world.Wanted("2.0").ShouldBe(1);
        _world.Pass(TimeSpan.FromMinutes(2));
        _world.Wanted("2.0").ShouldBe(0);

        // Promoted again in between, it is what runs, and nothing of it is let go when the time is over.
        var again = _world.Promote("3.0", Steps(new() { Weight = 10 }, Pause) with { AbortScaleDownDelay = TimeSpan.FromMinutes(5) });
        _world.Act(again, RolloutAsk.Abort);
        _world.Run("3.0");
        _world.Pass(TimeSpan.FromMinutes(20));
        _world.Wanted("3.0").ShouldBe(2);
    }

    [Fact]
    public void A_rollback_skips_the_steps_within_its_window_and_takes_them_after_it()
    {
        var spec = Steps(new() { Weight = 10 }, new() { Analyze = TimeSpan.FromSeconds(30) }) with { RollbackWindow = TimeSpan.FromHours(1) };
        _world.Run("1.0", spec);
        _world.Run("2.0", spec);
        _world.Pass(TimeSpan.FromMinutes(50));
        var soon = _world.Promote("1.0", spec, PromotionKind.Rollback);
        _world.Rollout(soon).Plan.Select(p => p.Kind).ShouldBe([PlanStepKind.Start, PlanStepKind.Full]);
        _world.Rollout(soon).WhyThisWay.ShouldNotBeNull().ShouldStartWith("at once: ");
        _world.PassUntil(() => _world.Promotion(soon).HasEnded, Long);

        _world.Pass(TimeSpan.FromHours(2));
        var late = _world.Promote("2.0", spec, PromotionKind.Rollback);
        _world.Rollout(late).Plan.Select(p => p.Kind).ShouldBe([PlanStepKind.Start, PlanStepKind.Weight, PlanStepKind.Analyze, PlanStepKind.Full]);
        _world.Rollout(late).WhyThisWay.ShouldNotBeNull().ShouldMatch("^by steps: 2.0 was stable until 2h.* ago, and the rollbackWindow is 1h$");
        _world.Facts.Last(fact => fact.Type == "rollout.started").Body["way"]!.GetValue<string>().ShouldBe(_world.Rollout(late).WhyThisWay);
        _world.Verdict = JudgeVerdict.Failed;
        _world.PassUntil(() => _world.Promotion(late).HasEnded, Long);
        _world.Promotion(late).Phase.ShouldBe(PromotionPhase.RolledBack);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });
    }

    [Fact]
    public void Sessions_are_asked_for_while_a_version_rests_too()
    {
        var sticky = new TrafficStickiness(TimeSpan.FromHours(1));
        _world.Run("1.0", Steps(new RolloutStep { Weight = 10 }) with { Sticky = sticky });
        _world.Routing!.Sticky.ShouldBe(sticky);
        var id = _world.Promote("2.0", Steps(new() { Weight = 10 }, Pause) with { Sticky = sticky });
        _world.Routing.Sticky.ShouldBe(sticky);
        _world.Act(id, RolloutAsk.Abort);
        _world.Routing.Sticky.ShouldBe(sticky);
    }

    [Theory]
    [InlineData(LaneConcurrency.NewestWins)]
    [InlineData(LaneConcurrency.Queue)]
    public void What_comes_in_mid_canary_waits_for_its_end(LaneConcurrency concurrency)
    {
        _world.Run("1.0");
        var second = _world.Promote("2.0", Steps(new() { Weight = 10 }, Pause), concurrency: concurrency);
        var third = _world.Promote("3.0", Steps(new RolloutStep { Weight = 10 }), concurrency: concurrency);
        var fourth = _world.Promote("4.0", Steps(new RolloutStep { Weight = 10 }), concurrency: concurrency);
        _world.Pass(TimeSpan.FromHours(1));
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 90, ["2.0"] = 10 });
        _world.Act(second, RolloutAsk.Resume);
        _world.PassUntil(() => _world.Promotion(fourth).HasEnded, Long);
        _world.Promotion(second).Phase.ShouldBe(PromotionPhase.Succeeded);
        _world.Promotion(third).Phase.ShouldBe(concurrency == LaneConcurrency.Queue ? PromotionPhase.Succeeded : PromotionPhase.Superseded);
        _world.Promotion(fourth).Phase.ShouldBe(PromotionPhase.Succeeded);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["4.0"] = 100 });
    }

    private static RolloutStep Pause => new() { Pause = TimeSpan.MaxValue };

    private static RolloutSpec Steps(params RolloutStep[] steps) => new() { Strategy = RolloutStrategy.Canary, Steps = steps, Checks = [new() { Kind = CheckKind.Errors }] };
}
