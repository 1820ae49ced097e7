using Slipway.Core.Kernel;
using Slipway.Core.Promotions;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using Slipway.Core.Tests.World;

namespace Slipway.Core.Tests.Rollouts;

/// <summary>Instances that become healthy, end, and are started again.</summary>
public sealed class CrashStories
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
        CrashEvery(12, id, "2.0");
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.RolledBack);
        _world.Rollout(id).Reason.ShouldBe("an instance of 2.0 has ended 3 times after it had become healthy: The program ended with exit status 3. See its output.");
        _world.Rollout(id).Records[^1].Failed.ShouldBeTrue();
        _world.LaneNow.Stable!.Spec.Version.ShouldBe("1.0");
        _world.LaneNow.Holds.ShouldHaveSingleItem().Version.ShouldBe("2.0");
    }

    [Fact]
    public void So_does_one_whose_workers_do()
    {
        _world.Run("1.0", Paused(30), beside: Mailers);
        var id = _world.Promote("2.0", Paused(30), beside: Mailers);
        CrashEvery(12, id, "2.0", "-mailer");
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.RolledBack);
        _world.Rollout(id).Reason.ShouldStartWith("an instance of mailer of 2.0 has ended 3 times after it had become healthy: ");
        _world.MostOf("2.0").ShouldBe(50);
    }

    [Fact]
    public void A_pause_lasts_until_nothing_has_ended_for_a_while()
    {
        _world.Run("1.0", Paused(30), worker: true);
        var id = _world.Promote("2.0", Paused(30), worker: true);
        _world.Pass(TimeSpan.FromSeconds(29));
        Crash(id, "2.0");
        _world.Pass(TimeSpan.FromSeconds(2));
        _world.Rollout(id).Reason.ShouldBe("pauses for 30s at 50 %; an instance has ended by itself: goes on once none has for 1m");
        _world.Rollout(id).Until.ShouldBe(_world.Now - TimeSpan.FromSeconds(2) + Limits.CalmAfterCrash);
        _world.Pass(Limits.CalmAfterCrash - TimeSpan.FromSeconds(3));
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
        Crash(id, "2.0");
        _world.Pass(TimeSpan.FromSeconds(30));
        (_world.Rollout(id).Current!.Kind, _world.Rollout(id).Weight).ShouldBe((PlanStepKind.Analyze, 5));
        _world.Rollout(id).Reason.ShouldEndWith("; an instance has ended by itself: goes on once none has for 1m");
        _world.PassUntil(() => _world.Rollout(id).Phase == RolloutPhase.Watching, Long);
        _world.Pass(TimeSpan.FromSeconds(50));
        Crash(id, "2.0");
        _world.Pass(TimeSpan.FromSeconds(30));
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Watching);
        _world.PassUntil(() => _world.Rollout(id).HasEnded, Limits.CalmAfterCrash);
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Succeeded);
    }

    [Fact]
    public void A_person_need_not_wait_with_it()
    {
        _world.Run("1.0", Paused(30), worker: true);
        var id = _world.Promote("2.0", Paused(30), worker: true);
        _world.Pass(TimeSpan.FromSeconds(29));
        Crash(id, "2.0");
        _world.Act(id, RolloutAsk.Resume);
        _world.Rollout(id).Weight.ShouldBe(100);
    }

    [Fact]
    public void Ends_long_after_one_another_are_no_loop()
    {
        _world.Run("1.0", Paused(3600), worker: true);
        var id = _world.Promote("2.0", Paused(3600), worker: true);
        CrashEvery((int)Limits.CrashMemory.TotalSeconds, id, "2.0");
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded, _world.Rollout(id).Reason);
        _world.Crashes[MachineWorld.SetOf("2.0")].ShouldBeGreaterThan(Limits.Crashes);
    }

    [Fact]
    public void What_ended_before_the_rollout_is_none_of_its_ends()
    {
        _world.Run("1.0", Paused(30), worker: true);
        _world.Crashes[MachineWorld.SetOf("2.0")] = 7;
        var id = _world.Promote("2.0", Paused(30), worker: true);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, TimeSpan.FromSeconds(40));
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded);
    }

    [Fact]
    public void A_retry_begins_with_none()
    {
        _world.Run("1.0", Paused(60), worker: true);
        var id = _world.Promote("2.0", Paused(60) with { OnFailure = OnFailure.Pause }, worker: true);
        CrashEvery(12, id, "2.0");
        _world.Rollout(id).Paused!.Failed.ShouldBeTrue();
        _world.Act(id, RolloutAsk.Retry);
        _world.Pass(TimeSpan.FromSeconds(20));
        _world.Rollout(id).Paused!.Failed.ShouldBeFalse();
        Crash(id, "2.0");
        _world.PassUntil(() => _world.Promotion(id).HasEnded, TimeSpan.FromMinutes(3));
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded);
    }

    [Fact]
    public void What_stables_instances_do_too_is_not_held_against_the_new_version()
    {
        _world.Run("1.0", Paused(60), worker: true);
        var id = _world.Promote("2.0", Paused(60), worker: true);
        _world.Pass(TimeSpan.FromSeconds(1));
        for (var crash = 0; crash < Limits.Crashes; crash++)
        {
            Crash(id, "1.0");
            Crash(id, "2.0");
        }

        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.RolledBack);
        _world.Rollout(id).Reason.ShouldStartWith("an instance of 2.0, and one of 1.0 too, has ended 3 times after it had become healthy");
        _world.LaneNow.Holds.ShouldBeEmpty();
    }

    /// <summary>Until it fails or has ended.</summary>
    private void CrashEvery(int seconds, string id, string version, string process = "")
    {
        for (var crash = 0; crash < 20 && !_world.Promotion(id).HasEnded && _world.Rollout(id).Paused is not { Failed: true }; crash++)
        {
            _world.Pass(TimeSpan.FromSeconds(seconds));
            Crash(id, version, process);
        }
    }

    private void Crash(string id, string version, string process = "")
    {
        var set = MachineWorld.SetOf(version) + process;
        _world.Crashes[set] = _world.Crashes.GetValueOrDefault(set) + 1;
        _world.Report(id);
    }

    private static readonly RunSpec[] Mailers = [new() { Command = ["./mailer"], Process = "mailer", Instances = 2, IsWorker = true }];

    private static RolloutSpec Paused(int seconds) => new()
    {
        Strategy = RolloutStrategy.Canary,
        Steps = [new() { Weight = 50 }, new() { Pause = TimeSpan.FromSeconds(seconds) }],
    };
}
