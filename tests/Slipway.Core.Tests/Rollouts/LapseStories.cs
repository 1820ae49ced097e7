using Slipway.Core.Kernel;
using Slipway.Core.Promotions;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using Slipway.Core.Tests.World;

namespace Slipway.Core.Tests.Rollouts;

/// <summary>Instances that become healthy, end, and are started again.</summary>
public sealed class LapseStories
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(20);
    private readonly MachineWorld _world = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_version_that_ends_again_and_again_goes_back_though_it_is_healthy_in_between(bool worker)
    {
        _world.Run("1.0", Paused(30), worker: worker);
        var id = _world.Promote("2.0", Paused(30), worker: worker);
        LapseEvery(12, id, "2.0");
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.RolledBack);
        _world.Rollout(id).Reason.ShouldBe("an instance of 2.0 has ceased to be healthy 3 times: The program ended with exit status 3. See its output.");
        _world.Rollout(id).Records[^1].Failed.ShouldBeTrue();
        _world.LaneNow.Stable!.Spec.Version.ShouldBe("1.0");
        _world.LaneNow.Holds.ShouldHaveSingleItem().Version.ShouldBe("2.0");
    }

    [Fact]
    public void So_does_one_whose_workers_do()
    {
        _world.Run("1.0", Paused(30), beside: Mailers);
        var id = _world.Promote("2.0", Paused(30), beside: Mailers);
        LapseEvery(12, id, "2.0", "-mailer");
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.RolledBack);
        _world.Rollout(id).Reason.ShouldStartWith("an instance of mailer of 2.0 has ceased to be healthy 3 times: ");
        _world.MostOf("2.0").ShouldBe(50);
    }

    [Fact]
    public void A_pause_lasts_until_nothing_has_ended_for_a_while()
    {
        _world.Run("1.0", Paused(30), worker: true);
        var id = _world.Promote("2.0", Paused(30), worker: true);
        _world.Pass(TimeSpan.FromSeconds(29));
        Lapse(id, "2.0");
        _world.Pass(TimeSpan.FromSeconds(2));
        _world.Rollout(id).Reason.ShouldBe("pauses for 30s at 50 %; an instance has ceased to be healthy: goes on once all have been for 1m");
        _world.Rollout(id).Until.ShouldBe(_world.Now - TimeSpan.FromSeconds(2) + Limits.CalmAfterLapse);
        _world.Pass(Limits.CalmAfterLapse - TimeSpan.FromSeconds(3));
        _world.Rollout(id).Weight.ShouldBe(50);
        _world.Pass(TimeSpan.FromSeconds(3));
        _world.Rollout(id).Weight.ShouldBe(100);
    }

    [Fact]
    public void An_analysis_that_passed_lasts_until_then_too_and_so_does_the_watch()
    {
        _world.Run("1.0");
        var id = _world.Promote("2.0");
        _world.PassUntil(() => _world.Rollout(id).Current?.Kind == PlanStepKind.Analyze, Long);
        _world.Pass(TimeSpan.FromSeconds(20));
        Lapse(id, "2.0");
        _world.Pass(TimeSpan.FromSeconds(30));
        (_world.Rollout(id).Current!.Kind, _world.Rollout(id).Weight).ShouldBe((PlanStepKind.Analyze, 5));
        _world.Rollout(id).Reason.ShouldEndWith("; an instance has ceased to be healthy: goes on once all have been for 1m");
        _world.PassUntil(() => _world.Rollout(id).Phase == RolloutPhase.Watching, Long);
        _world.Pass(TimeSpan.FromSeconds(50));
        Lapse(id, "2.0");
        _world.Pass(TimeSpan.FromSeconds(30));
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Watching);
        _world.PassUntil(() => _world.Rollout(id).HasEnded, Limits.CalmAfterLapse);
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Succeeded);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_that_is_not_healthy_again_is_waited_for_as_long_as_a_start_may_take_and_then_fails_the_next_step(bool returns)
    {
        _world.Run("1.0", Paused(30), worker: true, instances: 4);
        var id = _world.Promote("2.0", Paused(30), worker: true, instances: 4);
        _world.PassUntil(() => _world.Rollout(id).Weight == 50, Long);
        _world.Pass(TimeSpan.FromSeconds(20));
        _world.MostHealthy[MachineWorld.SetOf("2.0")] = 1;
        Lapse(id, "2.0");
        _world.Pass(TimeSpan.FromMinutes(2));
        _world.Rollout(id).Weight.ShouldBe(50);
        if (!returns)
        {
            _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
            _world.Promotion(id).Phase.ShouldBe(PromotionPhase.RolledBack);
            _world.Rollout(id).Reason.ShouldBe("only 1 of 3 instances became healthy: nothing became better for 3m");
            return;
        }

        _world.MostHealthy.Clear();
        _world.Report(id);
        _world.Pass(Limits.CalmAfterLapse - TimeSpan.FromSeconds(2));
        _world.Rollout(id).Weight.ShouldBe(50, "it has not been healthy for long");
        _world.PassUntil(() => _world.Promotion(id).HasEnded, TimeSpan.FromSeconds(20));
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded);
        _world.Rollout(id).Records.Single(record => record.Note is not null).Note.ShouldBe("longer than that: an instance had ceased to be healthy");
    }

    [Fact]
    public void A_version_that_is_judged_failed_says_what_befell_its_instances_meanwhile()
    {
        _world.Run("1.0");
        _world.Verdict = JudgeVerdict.Inconclusive;
        var id = _world.Promote("2.0");
        _world.PassUntil(() => _world.Rollout(id).Current?.Kind == PlanStepKind.Analyze, Long);
        Lapse(id, "2.0");
        _world.Verdict = JudgeVerdict.Failed;
        _world.PassUntil(() => _world.Rollout(id).HasEnded, Long);
        _world.Rollout(id).Reason.ShouldBe("errors: Failed; meanwhile an instance of 2.0 ceased to be healthy: The program ended with exit status 3. See its output.");
    }

    [Fact]
    public void A_person_need_not_wait_with_it()
    {
        _world.Run("1.0", Paused(30), worker: true);
        var id = _world.Promote("2.0", Paused(30), worker: true);
        _world.Pass(TimeSpan.FromSeconds(29));
        Lapse(id, "2.0");
        _world.Act(id, RolloutAsk.Resume);
        _world.Rollout(id).Weight.ShouldBe(100);
    }

    [Fact]
    public void Ends_long_after_one_another_are_no_loop()
    {
        _world.Run("1.0", Paused(3600), worker: true);
        var id = _world.Promote("2.0", Paused(3600), worker: true);
        LapseEvery((int)Limits.LapseMemory.TotalSeconds, id, "2.0");
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded, _world.Rollout(id).Reason);
        _world.Lapses[MachineWorld.SetOf("2.0")].ShouldBeGreaterThan(Limits.Lapses);
    }

    [Fact]
    public void What_ended_before_the_rollout_is_none_of_its_ends()
    {
        _world.Run("1.0", Paused(30), worker: true);
        _world.Lapses[MachineWorld.SetOf("2.0")] = 7;
        var id = _world.Promote("2.0", Paused(30), worker: true);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, TimeSpan.FromSeconds(40));
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded);
    }

    [Fact]
    public void A_retry_begins_with_none()
    {
        _world.Run("1.0", Paused(60), worker: true);
        var id = _world.Promote("2.0", Paused(60) with { OnFailure = OnFailure.Pause }, worker: true);
        LapseEvery(12, id, "2.0");
        _world.Rollout(id).Paused!.Failed.ShouldBeTrue();
        _world.Act(id, RolloutAsk.Retry);
        _world.Pass(TimeSpan.FromSeconds(20));
        _world.Rollout(id).Paused!.Failed.ShouldBeFalse();
        Lapse(id, "2.0");
        _world.PassUntil(() => _world.Promotion(id).HasEnded, TimeSpan.FromMinutes(3));
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded);
    }

    [Fact]
    public void What_stables_instances_do_too_is_not_held_against_the_new_version()
    {
        _world.Run("1.0", Paused(60), worker: true);
        var id = _world.Promote("2.0", Paused(60), worker: true);
        _world.Pass(TimeSpan.FromSeconds(1));
        for (var lapse = 0; lapse < Limits.Lapses; lapse++)
        {
            Lapse(id, "1.0");
            Lapse(id, "2.0");
        }

        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.RolledBack);
        _world.Rollout(id).Reason.ShouldStartWith("an instance of 2.0, and one of 1.0 too, has ceased to be healthy 3 times");
        _world.LaneNow.Holds.ShouldBeEmpty();
    }

    /// <summary>Until it fails or has ended.</summary>
    private void LapseEvery(int seconds, string id, string version, string process = "")
    {
        for (var lapse = 0; lapse < 20 && !_world.Promotion(id).HasEnded && _world.Rollout(id).Paused is not { Failed: true }; lapse++)
        {
            _world.Pass(TimeSpan.FromSeconds(seconds));
            Lapse(id, version, process);
        }
    }

    private void Lapse(string id, string version, string process = "")
    {
        var set = MachineWorld.SetOf(version) + process;
        _world.Lapses[set] = _world.Lapses.GetValueOrDefault(set) + 1;
        _world.Report(id);
    }

    private static readonly RunSpec[] Mailers = [new() { Command = ["./mailer"], Process = "mailer", Instances = 2, IsWorker = true }];

    private static RolloutSpec Paused(int seconds) => new()
    {
        Strategy = RolloutStrategy.Canary,
        Steps = [new() { Weight = 50 }, new() { Pause = TimeSpan.FromSeconds(seconds) }],
    };
}
