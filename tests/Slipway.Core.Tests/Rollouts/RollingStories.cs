using Slipway.Core.Promotions;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using Slipway.Core.Tests.World;

namespace Slipway.Core.Tests.Rollouts;

public sealed class RollingStories
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(20);
    private readonly MachineWorld _world = new();

    [Fact]
    public void What_runs_stays_where_it_was_promoted_to_when_the_next_version_comes_elsewhere()
    {
        var (before, now) = (new Dictionary<string, string> { ["site"] = "north" }, new Dictionary<string, string> { ["site"] = "south" });
        RunSpec[] mailer = [new() { Command = ["./mailer"], Process = "mailer", IsWorker = true, Instances = 2 }];
        var first = _world.Promote("1.0", Rolling(new()), instances: 3, beside: mailer, target: before);
        _world.PassUntil(() => _world.Promotion(first).HasEnded, Long);
        var next = _world.Promote("2.0", Rolling(new() { MinHealthyTime = TimeSpan.FromSeconds(30) }), instances: 3, beside: mailer, target: now);
        var (old, @new) = (MachineWorld.SetOf("1.0"), MachineWorld.SetOf("2.0"));
        _world.PassUntil(() => _world.WantedOf(old) < 3 && _world.WantedOf($"{old}-mailer") < 2, Long);
        string SiteOf(string set) => _world.Targets[set]["site"];
        (SiteOf(old), SiteOf($"{old}-mailer"), SiteOf(@new), SiteOf($"{@new}-mailer")).ShouldBe(("north", "north", "south", "south"));
        _world.Act(next, RolloutAsk.Abort);
        (SiteOf(old), SiteOf($"{old}-mailer")).ShouldBe(("north", "north"));
    }

    [Theory]
    [InlineData(1, 1, 0, 4)]
    [InlineData(2, 1, 0, 4)]
    [InlineData(2, 2, 1, 5)]
    [InlineData(1, 0, 1, 4)]
    [InlineData(4, 0, 4, 4)]
    [InlineData(3, 0, 2, 7)]
    public void A_batch_takes_no_more_and_leaves_no_fewer_instances_than_it_may(int batch, int surge, int missing, int instances)
    {
        _world.Run("1.0", instances: instances);
        var id = _world.Promote("2.0", Rolling(new RollingSpec { Batch = new(batch), Surge = new(surge), MaxUnavailable = new(missing) }), instances: instances);

        // Never more asked for than the surge allows, never fewer left than may be missing.
        _world.PassUntil(
            () =>
            {
                var sum = _world.Wanted("1.0") + _world.Wanted("2.0");
                sum.ShouldBeLessThanOrEqualTo(instances + surge);
                sum.ShouldBeGreaterThanOrEqualTo(instances - missing);
                (_world.Traffic.GetValueOrDefault("1.0") == 0 || _world.Wanted("1.0") > 0).ShouldBeTrue("what has traffic runs");
                return _world.Promotion(id).HasEnded;
            },
            Long);
        _world.MostWanted.ShouldBeLessThanOrEqualTo(instances + surge);
        _world.LeastHealthy.ShouldBeGreaterThanOrEqualTo(instances - missing);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded);
        (_world.Wanted("1.0"), _world.Wanted("2.0")).ShouldBe((0, instances));
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["2.0"] = 100 });
    }

    [Theory]
    [InlineData(10, 2, 1, 0)]
    [InlineData(3, 2, 1, 0)]
    [InlineData(3, 2, 0, 1)]
    [InlineData(2, 10, 1, 0)]
    [InlineData(1, 3, 0, 1)]
    [InlineData(7, 5, 2, 2)]
    [InlineData(1, 2, 2, 1)]
    public void A_version_may_have_more_or_fewer_instances_than_the_one_before(int before, int instances, int surge, int missing)
    {
        _world.Run("1.0", instances: before);
        var id = _world.Promote("2.0", Rolling(new RollingSpec { Surge = new(surge), MaxUnavailable = new(missing) }), instances: instances);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded);
        _world.LeastHealthy.ShouldBeGreaterThanOrEqualTo(Math.Min(before, instances - missing));
        (_world.Wanted("1.0"), _world.Wanted("2.0")).ShouldBe((0, instances));
    }

    [Fact]
    public void A_batch_that_does_not_become_healthy_brings_the_old_version_back()
    {
        _world.Run("1.0", instances: 4);
        _world.MostHealthy[MachineWorld.SetOf("2.0")] = 1;
        var id = _world.Promote("2.0", Rolling(new RollingSpec { ProgressDeadline = TimeSpan.FromMinutes(3) }), instances: 4);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.RolledBack);
        _world.Rollout(id).Reason.ShouldBe("only 1 of 2 instances became healthy: nothing became better for 3m");
        (_world.Wanted("1.0"), _world.Wanted("2.0")).ShouldBe((4, 0));
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });
    }

    [Fact]
    public void The_way_back_of_a_version_that_serves_well_waits_until_the_old_one_is_whole()
    {
        _world.Run("1.0", instances: 4);
        _world.MostHealthy[MachineWorld.SetOf("2.0")] = 3;
        var id = _world.Promote("2.0", Rolling(new RollingSpec { ProgressDeadline = TimeSpan.FromMinutes(1) }), instances: 4);
        _world.PassUntil(() => _world.Wanted("1.0") == 1, Long);
        _world.MostHealthy[MachineWorld.SetOf("1.0")] = 2;
        _world.PassUntil(() => _world.Rollout(id).Phase == RolloutPhase.RollingBack, Long);
        _world.Traffic["2.0"].ShouldBe(75);
        _world.Rollout(id).Reason.ShouldBe("waits for 4 instances of 1.0 to take the traffic back (2 of 4)");

        _world.MostHealthy.Clear();
        _world.Report(id);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.RolledBack);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });
    }

    [Fact]
    public void The_way_back_does_not_wait_for_the_whole_of_it_for_ever()
    {
        _world.Run("1.0", instances: 4);
        _world.MostHealthy[MachineWorld.SetOf("2.0")] = 3;
        var id = _world.Promote("2.0", Rolling(new RollingSpec { ProgressDeadline = TimeSpan.FromMinutes(1) }), instances: 4);
        _world.PassUntil(() => _world.Wanted("1.0") == 1, Long);
        _world.MostHealthy[MachineWorld.SetOf("1.0")] = 2;
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.RolledBack);
    }

    [Fact]
    public void An_instance_that_was_healthy_for_too_short_a_time_does_not_count()
    {
        _world.Run("1.0", instances: 2);
        var id = _world.Promote("2.0", Rolling(new RollingSpec { MinHealthyTime = TimeSpan.FromSeconds(20), ProgressDeadline = TimeSpan.FromSeconds(40) }), instances: 2);
        for (var i = 0; i < 60; i++)
        {
            // It flaps every ten seconds: healthy in between, and never for twenty seconds.
            _world.Pass(TimeSpan.FromSeconds(10));
            _world.MostHealthy[MachineWorld.SetOf("2.0")] = i % 2;
            if (!_world.Promotion(id).HasEnded)
            {
                _world.Report(id);
                _world.Traffic.GetValueOrDefault("2.0").ShouldBe(0);
            }
        }

        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.RolledBack);
        (_world.Wanted("1.0"), _world.Wanted("2.0")).ShouldBe((2, 0));
    }

    [Fact]
    public void Weights_that_no_router_confirms_end_it_too()
    {
        _world.Run("1.0", instances: 3);
        var id = _world.Promote("2.0", Rolling(new RollingSpec { ProgressDeadline = TimeSpan.FromMinutes(1) }), instances: 3);
        _world.RouterAnswers = false;
        var next = _world.Promote("3.0", Rolling(new RollingSpec { ProgressDeadline = TimeSpan.FromMinutes(1) }), instances: 3);
        _world.PassUntil(() => _world.Promotion(id).HasEnded && _world.Promotion(next).HasEnded, Long);
        _world.Promotion(next).Phase.ShouldBe(PromotionPhase.Failed);
        _world.Rollout(next).Phase.ShouldBe(RolloutPhase.NeedsAttention);
        _world.Rollout(next).Reason.ShouldContain("the router did not confirm the weights within 1m");
        _world.LaneNow.Active.ShouldBeNull("the lane is free");
        _world.Wanted("2.0").ShouldBe(3);
    }

    [Fact]
    public void A_single_instance_may_be_exchanged_without_a_second_one_beside_it()
    {
        _world.Run("1.0", instances: 1);
        _world.MostHealthy[MachineWorld.SetOf("2.0")] = 0;
        var id = _world.Promote("2.0", Rolling(new RollingSpec { Surge = new(0), MaxUnavailable = new(1) }), instances: 1);
        (_world.Wanted("1.0"), _world.Wanted("2.0")).ShouldBe((0, 1));
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.RolledBack);
        (_world.Wanted("1.0"), _world.Wanted("2.0")).ShouldBe((1, 0));
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });
    }

    [Fact]
    public void Many_instances_are_exchanged_in_no_more_steps_than_a_plan_can_hold()
    {
        _world.Run("1.0", instances: 1000);
        var id = _world.Promote("2.0", Rolling(new RollingSpec()), instances: 1000);
        _world.Rollout(id).Plan.Count(p => p.Kind == PlanStepKind.Batch).ShouldBe(100);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded);
    }

    private static RolloutSpec Rolling(RollingSpec rolling) => new() { Strategy = RolloutStrategy.Rolling, Rolling = rolling, Checks = [] };
}
