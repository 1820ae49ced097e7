using Slipway.Core.Environments;
using Slipway.Core.Pipelines;
using Slipway.Core.Promotions;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using Slipway.Core.Tests.World;

namespace Slipway.Core.Tests.Rollouts;

public sealed class WorkerStories
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(20);
    private static readonly CheckSpec Lag = new() { Kind = CheckKind.Counts, Name = "failures", Counts = new CountsSpec("prom", "bad", "all", null, TimeSpan.FromSeconds(10)) };
    private readonly MachineWorld _world = new();

    [Fact]
    public void A_weight_is_a_share_of_the_instances_and_the_routers_hear_nothing()
    {
        _world.Run("1.0", instances: 4, worker: true);
        var id = _world.Promote("2.0", Canary(25, 50), instances: 4, worker: true);
        _world.Rollout(id).Plan.Select(p => p.Title).ShouldBe(["start 1 instance", "25 %: 1 of 4", "analyze 30s", "50 %: 2 of 4", "analyze 30s", "4 of 4", "100 %"]);
        var shares = new List<(int Old, int New, int Weight)>();
        _world.PassUntil(
            () =>
            {
                var now = (_world.Wanted("1.0"), _world.Wanted("2.0"), _world.Rollout(id).Weight);
                if (shares.Count == 0 || shares[^1] != now)
                {
                    shares.Add(now);
                }

                return _world.Promotion(id).HasEnded;
            },
            Long);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded, _world.Promotion(id).Reason);
        shares.ShouldBe([(3, 1, 25), (2, 2, 50), (0, 4, 100)]);
        _world.MostWanted.ShouldBe(5, "one more at a time, as the surge is where nothing is said");
        _world.Routing.ShouldBeNull();
        _world.Rollout(id).Reason.ShouldBe("all instances are of 2.0");
    }

    [Fact]
    public void What_new_instances_have_replaced_is_known_until_it_goes_back()
    {
        _world.Run("1.0", instances: 4, worker: true);
        var id = _world.Promote("2.0", Canary(25, 50), instances: 4, worker: true);
        _world.PassUntil(() => _world.Rollout(id).Current?.Kind == PlanStepKind.Analyze, Long);
        _world.Rollout(id).Replaced.ShouldBe(1);
        _world.PassUntil(() => _world.Rollout(id) is { Weight: 50, Current.Kind: PlanStepKind.Analyze }, Long);
        _world.Rollout(id).Replaced.ShouldBe(2);
        _world.Act(id, RolloutAsk.Abort);
        _world.Rollout(id).Replaced.ShouldBe(0);
    }

    [Theory]
    [InlineData(1, 50)]
    [InlineData(2, 50)]
    [InlineData(3, 66)]
    public void One_of_the_old_stays_until_the_end_to_compare_with(int instances, int weight)
    {
        _world.Run("1.0", instances: instances, worker: true);
        var id = _world.Promote("2.0", Canary(90), instances: instances, worker: true);
        _world.PassUntil(() => _world.Rollout(id).Current?.Kind == PlanStepKind.Analyze, Long);
        (_world.Wanted("1.0"), _world.Rollout(id).Weight).ShouldBe((1, weight));
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        (_world.Wanted("1.0"), _world.Wanted("2.0")).ShouldBe((0, instances));
    }

    [Theory]
    [InlineData(10, 2, 0)]
    [InlineData(4, 0, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(5, 3, 2)]
    public void There_are_never_more_and_never_fewer_than_may_be(int instances, int surge, int missing)
    {
        _world.Run("1.0", instances: instances, worker: true);
        var id = _world.Promote("2.0", Canary(10, 60) with { Rolling = new() { Surge = new(surge), MaxUnavailable = new(missing) } }, instances: instances, worker: true);
        _world.PassUntil(
            () =>
            {
                (_world.Wanted("1.0") + _world.Wanted("2.0")).ShouldBeInRange(instances - missing, instances + surge);
                return _world.Promotion(id).HasEnded;
            },
            Long);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded, _world.Promotion(id).Reason);
        _world.MostWanted.ShouldBeLessThanOrEqualTo(instances + surge);
        _world.LeastHealthy.ShouldBeGreaterThanOrEqualTo(instances - missing);
    }

    [Fact]
    public void A_large_batch_begins_with_no_more_than_the_first_share()
    {
        _world.Run("1.0", instances: 10, worker: true);
        var id = _world.Promote("2.0", Canary(10, 50) with { Rolling = new() { Batch = new(4), Surge = new(4) } }, instances: 10, worker: true);
        _world.Rollout(id).Plan.Select(p => p.Title).ShouldBe(["start 1 instance", "10 %: 1 of 10", "analyze 30s", "50 %: 5 of 10", "analyze 30s", "10 of 10", "100 %"]);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.MostWanted.ShouldBe(14);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded);
    }

    [Fact]
    public void A_bad_worker_ends_at_once_and_the_old_ones_come_back()
    {
        _world.Run("1.0", instances: 4, worker: true);
        var id = _world.Promote("2.0", Canary(25, 75), instances: 4, worker: true);
        _world.PassUntil(() => _world.Rollout(id).Weight == 75, Long);
        _world.MostHealthy[MachineWorld.SetOf("1.0")] = 0;
        _world.Report(id);
        _world.Verdict = JudgeVerdict.Failed;
        _world.PassUntil(() => _world.Rollout(id).Phase == RolloutPhase.RollingBack, Long);
        (_world.Wanted("1.0"), _world.Wanted("2.0")).ShouldBe((4, 0), "what is bad does not wait for what is good");
        _world.Promotion(id).HasEnded.ShouldBeFalse("none of the old ones is back");

        _world.MostHealthy.Clear();
        _world.Report(id);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.RolledBack);
        _world.LaneNow.Stable!.Spec.Version.ShouldBe("1.0");
        _world.LaneNow.Holds.ShouldHaveSingleItem().Version.ShouldBe("2.0");
        _world.Routing.ShouldBeNull();
        _world.Facts.Where(fact => fact.Type is "rollout.weightChanged" or "rollout.rollingBack" && fact.Subject.Version == "2.0").ShouldAllBe(fact => (string?)fact.Body["kind"] == "worker");
    }

    [Fact]
    public void The_switch_of_blue_green_ends_the_old_instances_and_a_failure_after_it_starts_them_again()
    {
        _world.Run("1.0", instances: 3, worker: true);
        var blueGreen = new RolloutSpec { Strategy = RolloutStrategy.BlueGreen, Checks = [Lag], Switch = new() { After = [new() { Analyze = TimeSpan.FromMinutes(1) }] } };
        var id = _world.Promote("2.0", blueGreen, instances: 3, worker: true, verify: ["smoke"]);
        _world.Verified.Count.ShouldBe(1);
        (_world.Wanted("1.0"), _world.Wanted("2.0")).ShouldBe((0, 3));
        _world.LaneNow.Stable!.Spec.Version.ShouldBe("1.0", "until the steps after the switch are through");

        _world.Verdict = JudgeVerdict.Failed;
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.RolledBack);
        (_world.Wanted("1.0"), _world.Wanted("2.0")).ShouldBe((3, 0));
    }

    [Fact]
    public void Rolling_and_a_rollback_go_by_instances_alone()
    {
        _world.Run("1.0", instances: 3, worker: true);
        var id = _world.Promote("2.0", new RolloutSpec(), instances: 3, worker: true);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        (_world.Wanted("1.0"), _world.Wanted("2.0")).ShouldBe((0, 3));
        var back = _world.Promote("1.0", new RolloutSpec(), PromotionKind.Rollback, instances: 3, worker: true);
        _world.PassUntil(() => _world.Promotion(back).HasEnded, Long);
        _world.Promotion(back).Phase.ShouldBe(PromotionPhase.Succeeded);
        (_world.Wanted("1.0"), _world.Wanted("2.0")).ShouldBe((3, 0));
        _world.Routing.ShouldBeNull();
    }

    [Fact]
    public void Where_no_traffic_is_expected_the_shares_are_left_out_and_the_instances_still_exchanged()
    {
        _world.Run("1.0", instances: 4, worker: true);
        var id = _world.Promote("2.0", Canary(25) with { Checks = [] }, instances: 4, worker: true, traffic: TrafficExpectation.None);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded);
        _world.MostWanted.ShouldBe(5);
        (_world.Wanted("1.0"), _world.Wanted("2.0")).ShouldBe((0, 4));
    }

    [Fact]
    public void A_service_that_becomes_a_worker_loses_its_traffic_and_gets_it_back_with_the_version_before()
    {
        _world.Run("1.0", instances: 2);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });
        var id = _world.Promote("2.0", Canary(25), instances: 2, worker: true);
        _world.Rollout(id).Plan.Select(p => p.Title).ShouldBe(["start 2 instances", "100 %"]);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Routing!.Weights.ShouldBeEmpty();
        _world.Wanted("1.0").ShouldBe(0);

        var back = _world.Promote("1.0", kind: PromotionKind.Rollback);
        _world.PassUntil(() => _world.Promotion(back).HasEnded, Long);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });
        _world.Wanted("2.0").ShouldBe(0);
    }

    [Fact]
    public void A_worker_that_becomes_a_service_does_not_work_on_beside_it_while_it_is_watched()
    {
        _world.Run("1.0", instances: 2, worker: true);
        var id = _world.Promote("2.0", new RolloutSpec { Watch = TimeSpan.FromMinutes(5), Checks = [new() { Kind = CheckKind.Errors }] }, verify: ["smoke"]);
        _world.PassUntil(() => _world.Rollout(id).Phase == RolloutPhase.Watching, Long);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["2.0"] = 100 });
        _world.Wanted("1.0").ShouldBe(0);
        _world.Verdict = JudgeVerdict.Failed;
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.RolledBack);
        _world.Routing!.Weights.ShouldBeEmpty("the one before is at no address");
        (_world.Wanted("1.0"), _world.Wanted("2.0")).ShouldBe((2, 0));
    }

    [Fact]
    public void A_script_verifies_it_beside_its_instances_without_an_address()
    {
        _world.Run("1.0", instances: 2, worker: true);
        _world.Verification = new VerificationSpec { Name = "", Run = "./look.sh" };
        var id = _world.Promote("2.0", new RolloutSpec(), instances: 2, worker: true, verify: ["queue"]);
        var job = _world.Queued.ShouldHaveSingleItem();
        job.Labels.ShouldBe(new Dictionary<string, string> { [CommandFlow.WorkerLabel] = MachineWorld.SetOf("2.0") });
        _world.EndCommand(job.Run, JobOutcome.Succeeded);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded);
    }

    private static RolloutSpec Canary(params int[] weights) => new()
    {
        Strategy = RolloutStrategy.Canary,
        Steps = [.. weights.SelectMany(w => new RolloutStep[] { new() { Weight = w }, new() { Analyze = TimeSpan.FromSeconds(30) } })],
        Checks = [Lag],
    };
}
