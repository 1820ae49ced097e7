using Slipway.Core.Kernel;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Core.Tests.World;

namespace Slipway.Core.Tests.Rollouts;

/// <summary>Versions that go wrong in ways that a first look does not show: what becomes of them by when, and what is said of it.</summary>
public sealed class FaultStories
{
    private const string Hangs = "errors: not enough evidence yet: 40 requests to the canary have no answer so far";
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(20);
    private readonly MachineWorld _world = new();

    [Theory]
    [InlineData(OnFailure.Rollback, RolloutPhase.RolledBack, 0)]
    [InlineData(OnFailure.Pause, RolloutPhase.Paused, 5)]
    public void A_judged_failure_goes_back_or_pauses_as_written_and_is_named(OnFailure onFailure, RolloutPhase expected, int weight)
    {
        _world.Run("1.0");
        var id = _world.Promote("2.0", MachineWorld.Canary with { OnFailure = onFailure });
        _world.PassUntil(() => _world.Traffic.GetValueOrDefault("2.0") == 5, Long);
        (_world.Verdict, _world.Reason) = (JudgeVerdict.Failed, "errors: canary 20 % vs stable 0 %");
        _world.Pass(TimeSpan.FromSeconds(5));
        _world.Rollout(id).Phase.ShouldBe(expected);
        _world.Rollout(id).Reason.ShouldContain("errors: canary 20 % vs stable 0 %");
        _world.Traffic.GetValueOrDefault("2.0").ShouldBe(weight);
        Stays(id, expected);
    }

    [Fact]
    public void What_has_failed_and_serves_on_is_counted_and_judged_no_more()
    {
        _world.Run("1.0");
        var id = _world.Promote("2.0", MachineWorld.Canary with { OnFailure = OnFailure.Pause });
        _world.PassUntil(() => _world.Traffic.GetValueOrDefault("2.0") == 5, Long);
        _world.Verdict = JudgeVerdict.Failed;
        _world.PassUntil(() => _world.Rollout(id).Phase == RolloutPhase.Paused, Long);
        var (judged, failed) = (_world.Judged.Count, _world.Rollout(id).Analysis!.At);
        _world.Judged.ShouldAllBe(asked => !asked.HasFailed);

        _world.Verdict = JudgeVerdict.Passed;
        _world.Pass(TimeSpan.FromMinutes(1));
        _world.Judged.Skip(judged).ShouldAllBe(asked => asked.HasFailed && asked.Since == _world.Rollout(id).TrafficSince);
        (_world.Judged.Count - judged).ShouldBeGreaterThan(10, "it goes on to be seen");
        (_world.Rollout(id).Analysis!.Verdict, _world.Rollout(id).Analysis!.At).ShouldBe((JudgeVerdict.Failed, failed));

        _world.Act(id, RolloutAsk.Retry);
        _world.Pass(TimeSpan.FromSeconds(5));
        _world.Judged[^1].HasFailed.ShouldBeFalse();
    }

    [Theory]
    [InlineData(OnInconclusive.Rollback, RolloutPhase.RolledBack)]
    [InlineData(OnInconclusive.Pause, RolloutPhase.Paused)]
    public void A_canary_that_hangs_is_no_pass_and_goes_back_or_pauses_at_the_deadline_with_the_reason(OnInconclusive onInconclusive, RolloutPhase expected)
    {
        _world.Run("1.0");
        (_world.Verdict, _world.Reason) = (JudgeVerdict.Inconclusive, Hangs);
        var deadline = TimeSpan.FromMinutes(2);
        var id = _world.Promote("2.0", MachineWorld.Canary with { OnInconclusive = onInconclusive, Steps = [new() { Weight = 5 }, new() { Analyze = TimeSpan.FromSeconds(30), Deadline = deadline }, new() { Weight = 50 }] });
        _world.PassUntil(() => _world.Traffic.GetValueOrDefault("2.0") == 5, Long);
        _world.PassUntil(() => _world.Rollout(id).Phase == expected, deadline + Limits.CountsPatience + TimeSpan.FromSeconds(5));
        _world.Rollout(id).Reason.ShouldContain(Hangs);
        _world.MostOf("2.0").ShouldBe(5, "it was never promoted");
        Stays(id, expected);
    }

    [Theory]
    [InlineData(OnFailure.Rollback, RolloutPhase.RolledBack)]
    [InlineData(OnFailure.Pause, RolloutPhase.Paused)]
    public void A_version_that_goes_down_while_it_is_judged_is_found_out_though_the_judge_is_silent(OnFailure onFailure, RolloutPhase expected)
    {
        _world.Run("1.0");
        _world.Verdict = JudgeVerdict.Inconclusive;
        var id = _world.Promote("2.0", MachineWorld.Canary with { OnFailure = onFailure });
        _world.PassUntil(() => _world.Traffic.GetValueOrDefault("2.0") == 5, Long);
        Healthy(id, "2.0", 0);
        _world.PassUntil(() => _world.Rollout(id).Phase == expected, Limits.DownGrace + TimeSpan.FromSeconds(10));
        _world.Rollout(id).Reason.ShouldContain("no instance of 2.0 has been healthy for ");
        _world.MostOf("2.0").ShouldBe(5);
    }

    [Fact]
    public void A_version_whose_health_flaps_is_never_promoted_on_what_it_was_a_moment_ago()
    {
        _world.Run("1.0");
        _world.Verdict = JudgeVerdict.Inconclusive;
        var id = _world.Promote("2.0");
        _world.PassUntil(() => _world.Traffic.GetValueOrDefault("2.0") == 5, Long);
        for (var flap = 0; !_world.Rollout(id).HasEnded && _world.Rollout(id).Phase != RolloutPhase.Paused && flap < 100; flap++)
        {
            Healthy(id, "2.0", flap % 2);
            _world.Pass(Limits.DownGrace / 2);
        }

        _world.Rollout(id).Phase.ShouldBeOneOf(RolloutPhase.Paused, RolloutPhase.RolledBack);
        _world.Rollout(id).Reason.ShouldNotBeNullOrEmpty();
        _world.MostOf("2.0").ShouldBe(5);
    }

    [Fact]
    public void A_step_up_waits_for_instances_that_are_healthy_now_and_not_for_ever()
    {
        _world.Run("1.0", instances: 4);
        // Two are asked for, and one flaps: it is never there when it is needed.
        _world.MostHealthy[MachineWorld.SetOf("2.0")] = 1;
        var id = _world.Promote("2.0", MachineWorld.Canary with { Steps = [new() { Weight = 5 }, new() { Weight = 50 }] }, instances: 4);
        _world.PassUntil(() => _world.Rollout(id).HasEnded, Long);
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.RolledBack);
        _world.Rollout(id).Reason.ShouldContain("only 1 of 2 instances became healthy within 3m");
        _world.MostOf("2.0").ShouldBe(5);
    }

    [Fact]
    public void A_version_that_was_healthy_until_just_after_the_switch_goes_back_within_the_watch()
    {
        _world.Run("1.0");
        var id = _world.Promote("2.0");
        _world.PassUntil(() => _world.Rollout(id).Phase == RolloutPhase.Watching, Long);
        Healthy(id, "2.0", 0);
        _world.PassUntil(() => _world.Rollout(id).HasEnded, Limits.DownGrace + TimeSpan.FromSeconds(10));
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.RolledBack);
        _world.Rollout(id).Reason.ShouldContain("no instance of 2.0 has been healthy for ");
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });
        _world.LaneNow.Stable!.Spec.Version.ShouldBe("1.0");
    }

    [Fact]
    public void Success_and_then_silence_is_no_success()
    {
        _world.Run("1.0");
        _world.Verdict = JudgeVerdict.Inconclusive;
        var id = _world.Promote("2.0");
        _world.PassUntil(() => _world.Traffic.GetValueOrDefault("2.0") == 5, Long);
        // The judge has seen nothing but good, and then the routers tell nothing any more.
        (_world.Verdict, _world.Reason) = (JudgeVerdict.Passed, "errors: canary 0 % vs stable 0 %");
        _world.Pass(TimeSpan.FromSeconds(10));
        _world.SilentSince = _world.Now;
        _world.PassUntil(() => _world.Rollout(id).Phase == RolloutPhase.Paused, TimeSpan.FromMinutes(2) + Limits.CountsPatience + TimeSpan.FromSeconds(5));
        _world.Rollout(id).Reason.ShouldBe("inconclusive after 2m: the routers have told nothing of the last 2m 20s; before that errors: canary 0 % vs stable 0 %");
        _world.MostOf("2.0").ShouldBe(5);

        // They are back, and it was well all the time.
        _world.SilentSince = null;
        _world.Act(id, RolloutAsk.Resume);
        _world.PassUntil(() => _world.Traffic.GetValueOrDefault("2.0") == 50, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void A_way_back_that_finds_no_instance_of_stable_needs_attention_and_gives_it_the_traffic_all_the_same()
    {
        _world.Run("1.0");
        _world.Verdict = JudgeVerdict.Inconclusive;
        var id = _world.Promote("2.0");
        _world.PassUntil(() => _world.Traffic.GetValueOrDefault("2.0") == 5, Long);
        Healthy(id, "1.0", 0);
        _world.Verdict = JudgeVerdict.Failed;
        _world.PassUntil(() => _world.Rollout(id).HasEnded, Limits.RollbackDeadline + TimeSpan.FromSeconds(10));
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.NeedsAttention);
        _world.Rollout(id).Reason.ShouldEndWith("; the way back failed too: no instance of 1.0 is healthy");
        ((object?)_world.LaneNow.Active, _world.LaneNow.NeedsAttention is not null, _world.LaneNow.Stable!.Spec.Version).ShouldBe((default(object), true, "1.0"));
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });

        // The lane is free: what is good comes in.
        _world.MostHealthy.Clear();
        _world.Verdict = JudgeVerdict.Passed;
        var next = _world.Promote("3.0");
        _world.PassUntil(() => _world.Promotion(next).HasEnded, Long);
        _world.Promotion(next).Phase.ShouldBe(PromotionPhase.Succeeded);
    }

    private void Healthy(string id, string version, int instances)
    {
        _world.MostHealthy[MachineWorld.SetOf(version)] = instances;
        _world.Report(id);
    }

    /// <summary>Nothing happens by itself any more.</summary>
    private void Stays(string id, RolloutPhase phase)
    {
        _world.Pass(TimeSpan.FromMinutes(10));
        _world.Rollout(id).Phase.ShouldBe(phase);
        _world.MostOf("2.0").ShouldBe(5);
    }
}
