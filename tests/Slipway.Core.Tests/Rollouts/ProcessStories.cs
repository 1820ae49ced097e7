using Slipway.Core.Promotions;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using Slipway.Core.Tests.World;

namespace Slipway.Core.Tests.Rollouts;

/// <summary>A service that serves requests and has workers beside.</summary>
public sealed class ProcessStories
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(20);
    private static readonly RunSpec[] FourMailers = [Mailer(4)];
    private readonly MachineWorld _world = new();

    [Fact]
    public void Workers_have_the_share_that_their_version_has_of_the_traffic()
    {
        _world.Run("1.0", instances: 4, beside: FourMailers);
        Mailers.ShouldBe((4, 0));
        var id = _world.Promote("2.0", Canary(25, 50), instances: 4, beside: FourMailers);
        var shares = new List<(int Weight, int Old, int New)>();
        _world.PassUntil(
            () =>
            {
                var now = (_world.Rollout(id).Weight, Mailers.Old, Mailers.New);
                if (shares.Count == 0 || shares[^1] != now)
                {
                    shares.Add(now);
                }

                return _world.Promotion(id).HasEnded;
            },
            Long);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded, _world.Promotion(id).Reason);
        shares.ShouldBe([(25, 3, 1), (50, 2, 2), (100, 0, 4)]);
        _world.WantedOf(MachineWorld.SetOf("1.0")).ShouldBe(4, "what served requests is kept warm, and does nothing");
    }

    [Theory]
    [InlineData(1, 5, 1, 1)]
    [InlineData(2, 5, 1, 1)]
    [InlineData(3, 90, 1, 2)]
    public void One_of_each_works_while_both_versions_have_traffic(int instances, int weight, int old, int @new)
    {
        _world.Run("1.0", beside: [Mailer(instances)]);
        var id = _world.Promote("2.0", Canary(weight), beside: [Mailer(instances)]);
        _world.PassUntil(() => _world.Rollout(id).Current?.Kind == PlanStepKind.Analyze, Long);
        Mailers.ShouldBe((old, @new));
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        Mailers.ShouldBe((0, instances));
    }

    [Fact]
    public void Old_workers_stay_until_the_new_ones_are_healthy()
    {
        _world.Run("1.0", beside: FourMailers);
        _world.MostHealthy[SetOfMailer("2.0")] = 0;
        var id = _world.Promote("2.0", Canary(50), beside: FourMailers);
        _world.Pass(TimeSpan.FromSeconds(10));
        _world.Rollout(id).Reason.ShouldBe("waits for 2 instances of mailer to become healthy (0 of 2)");
        Mailers.ShouldBe((4, 2));
        _world.MostHealthy.Clear();
        _world.Report(id);
        Mailers.ShouldBe((2, 2));
    }

    [Fact]
    public void Workers_that_do_not_become_healthy_in_time_take_the_version_back()
    {
        _world.Run("1.0", beside: FourMailers);
        _world.MostHealthy[SetOfMailer("2.0")] = 1;
        var id = _world.Promote("2.0", Canary(50), beside: FourMailers);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.RolledBack);
        _world.Rollout(id).Reason.ShouldStartWith("only 1 of 2 instances of mailer became healthy within 3m");
        Mailers.ShouldBe((4, 0));
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });
        _world.LaneNow.Holds.ShouldHaveSingleItem().Version.ShouldBe("2.0");
    }

    [Fact]
    public void A_worker_that_gave_up_takes_the_version_back_at_once_and_is_named()
    {
        _world.Run("1.0", beside: FourMailers);
        _world.BrokenSets.Add(SetOfMailer("2.0"));
        var id = _world.Promote("2.0", Canary(50), beside: FourMailers);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.RolledBack);
        _world.Rollout(id).Reason.ShouldBe("mailer: it exited with code 1. Look at its output.");
        Mailers.ShouldBe((4, 0));
    }

    [Fact]
    public void Workers_that_vanish_in_the_middle_take_the_version_back_though_its_requests_are_served()
    {
        _world.Run("1.0", beside: FourMailers);
        var id = _world.Promote("2.0", Canary(50), beside: FourMailers);
        _world.PassUntil(() => _world.Rollout(id).Current?.Kind == PlanStepKind.Analyze, Long);
        _world.MostHealthy[SetOfMailer("2.0")] = 0;
        _world.Report(id);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Rollout(id).Reason.ShouldStartWith("no instance of mailer of 2.0 has been healthy for ");
        Mailers.ShouldBe((4, 0));
    }

    [Fact]
    public void On_the_way_back_from_100_percent_the_old_workers_are_waited_for()
    {
        _world.Run("1.0", beside: FourMailers);
        var id = _world.Promote("2.0", Canary(50), beside: FourMailers);
        _world.PassUntil(() => _world.Rollout(id).Phase == RolloutPhase.Watching, Long);
        Mailers.ShouldBe((0, 4));
        _world.MostHealthy[SetOfMailer("1.0")] = 0;
        _world.Verdict = JudgeVerdict.Failed;
        _world.PassUntil(() => _world.Rollout(id).Phase == RolloutPhase.RollingBack, Long);
        Mailers.ShouldBe((4, 0));
        _world.Promotion(id).HasEnded.ShouldBeFalse();
        _world.Rollout(id).Reason.ShouldBe("waits for an instance of mailer of 1.0");

        _world.MostHealthy.Clear();
        _world.Report(id);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.RolledBack);
    }

    [Fact]
    public void Old_workers_that_never_come_back_need_attention_and_the_lane_is_free()
    {
        _world.Run("1.0", beside: FourMailers);
        var id = _world.Promote("2.0", Canary(50), beside: FourMailers);
        _world.PassUntil(() => _world.Rollout(id).Phase == RolloutPhase.Watching, Long);
        _world.MostHealthy[SetOfMailer("1.0")] = 0;
        _world.Verdict = JudgeVerdict.Failed;
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.NeedsAttention);
        _world.Rollout(id).Reason.ShouldEndWith("the way back failed too: no instance of mailer of 1.0 is healthy");
        (_world.LaneNow.Active, Mailers).ShouldBe((null, (4, 0)));
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });
    }

    [Fact]
    public void The_new_set_of_blue_green_does_no_work_before_the_switch()
    {
        _world.Run("1.0", beside: FourMailers);
        var blueGreen = new RolloutSpec { Strategy = RolloutStrategy.BlueGreen, KeepWarm = TimeSpan.FromMinutes(10), Switch = new() { Before = [new() { Pause = TimeSpan.FromMinutes(1) }] } };
        var id = _world.Promote("2.0", blueGreen, beside: FourMailers);
        _world.Pass(TimeSpan.FromSeconds(30));
        (_world.WantedOf(MachineWorld.SetOf("2.0")), Mailers).ShouldBe((2, (4, 0)));
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        (_world.WantedOf(MachineWorld.SetOf("1.0")), Mailers).ShouldBe((2, (0, 4)));
    }

    [Fact]
    public void A_rollback_at_once_exchanges_the_workers_too()
    {
        _world.Run("1.0", beside: FourMailers);
        _world.Run("2.0", beside: FourMailers);
        var back = _world.Promote("1.0", Canary(50), PromotionKind.Rollback, beside: FourMailers);
        _world.PassUntil(() => _world.Promotion(back).HasEnded, Long);
        _world.Promotion(back).Phase.ShouldBe(PromotionPhase.Succeeded, _world.Promotion(back).Reason);
        Mailers.ShouldBe((4, 0));
    }

    [Fact]
    public void A_retry_starts_workers_afresh_that_had_given_up()
    {
        _world.Run("1.0", beside: FourMailers);
        _world.BrokenSets.Add(SetOfMailer("2.0"));
        var id = _world.Promote("2.0", Canary(50) with { OnFailure = OnFailure.Pause }, beside: FourMailers);
        _world.Rollout(id).Reason.ShouldContain("mailer: it exited with code 1.");
        _world.BrokenSets.Clear();
        _world.Act(id, RolloutAsk.Retry);
        _world.AttemptOf(SetOfMailer("2.0")).ShouldBe(1);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded, _world.Promotion(id).Reason);
        Mailers.ShouldBe((0, 4));
    }

    [Fact]
    public void Workers_come_and_go_with_the_version_that_has_them()
    {
        _world.Run("1.0");
        _world.Run("2.0", beside: FourMailers);
        Mailers.ShouldBe((0, 4));
        _world.Run("3.0");
        Mailers.ShouldBe((0, 0));
    }

    [Fact]
    public void The_same_revision_again_leaves_its_workers_alone()
    {
        _world.Run("1.0", beside: FourMailers);
        _world.Promote("1.0", beside: FourMailers);
        Mailers.ShouldBe((4, 0));
        _world.Pass(TimeSpan.FromMinutes(5));
        Mailers.ShouldBe((4, 0));
    }

    [Fact]
    public void A_first_release_whose_workers_do_not_come_up_serves_nothing()
    {
        _world.BrokenSets.Add(SetOfMailer("2.0"));
        var id = _world.Promote("2.0", beside: FourMailers);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.NeedsAttention);
        _world.Wanted("2.0").ShouldBe(0);
    }

    [Fact]
    public void In_batches_too_workers_follow_the_share()
    {
        _world.Run("1.0", instances: 4, beside: FourMailers);
        var id = _world.Promote("2.0", new RolloutSpec(), instances: 4, beside: FourMailers);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded, _world.Promotion(id).Reason);
        Mailers.ShouldBe((0, 4));
        _world.WantedOf(MachineWorld.SetOf("2.0")).ShouldBe(4);
    }

    private (int Old, int New) Mailers => (_world.WantedOf(SetOfMailer("1.0")), _world.WantedOf(SetOfMailer("2.0")));

    private static string SetOfMailer(string version) => MachineWorld.SetOf(version) + "-mailer";

    private static RunSpec Mailer(int instances) => new() { Command = ["./mailer"], Process = "mailer", Instances = instances, IsWorker = true };

    private static RolloutSpec Canary(params int[] weights) => new()
    {
        Strategy = RolloutStrategy.Canary,
        Steps = [.. weights.SelectMany(weight => new RolloutStep[] { new() { Weight = weight }, new() { Analyze = TimeSpan.FromSeconds(30) } })],
        Checks = [new() { Kind = CheckKind.Errors }],
        Watch = TimeSpan.FromMinutes(1),
        KeepWarm = TimeSpan.FromMinutes(5),
    };
}
