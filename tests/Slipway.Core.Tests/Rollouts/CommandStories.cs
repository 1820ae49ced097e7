using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Core.Tests.World;

namespace Slipway.Core.Tests.Rollouts;

/// <summary>Verifications that are commands.</summary>
public sealed class CommandStories
{
    private readonly MachineWorld _world = new();

    public CommandStories() => _world.Verification = new() { Name = "", Run = "./smoke.sh" };

    private string Last => _world.Queued[^1].Run;

    [Fact]
    public void A_command_that_ends_well_lets_the_rollout_go_on()
    {
        _world.Verification = _world.Verification with { Run = null, Http = new() { Path = "/" } };
        _world.Run("1.0");
        _world.Verification = _world.Verification with { Run = "./smoke.sh", Http = null };
        var id = _world.Promote("2.0", verify: ["a name / with ? anything"]);
        var queued = _world.Queued.ShouldHaveSingleItem();
        queued.Labels[CommandFlow.VersionSetLabel].ShouldBe(MachineWorld.SetOf("2.0"), "only where its instances are can it reach them");
        CommandFlow.IsCommand(queued.Run).ShouldBeTrue();
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Verifying);
        _world.Traffic.GetValueOrDefault("2.0").ShouldBe(0);

        _world.EndCommand(Last, JobOutcome.Succeeded, 0);

        _world.PassUntil(() => _world.Promotion(id).HasEnded, TimeSpan.FromMinutes(5));
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded);
        _world.Rollout(id).Verifications.ShouldHaveSingleItem().Detail.ShouldBe("exit status 0");
    }

    [Fact]
    public void One_that_fails_takes_the_version_back_and_its_last_lines_are_told()
    {
        var id = _world.Promote("1.0", verify: ["smoke"]);
        _world.EndCommand(Last, JobOutcome.BuildFailed, 1, "expected 2 items / got 0");
        _world.Rollout(id).Reason.ShouldStartWith("verification smoke: exit status 1: expected 2 items / got 0");
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.NeedsAttention);
        _world.Withdrawn.ShouldBe([Last]);
    }

    [Theory]
    [InlineData(JobOutcome.AgentLost)]
    [InlineData(JobOutcome.Unknown)]
    public void One_whose_end_nobody_knows_has_not_passed_and_is_not_run_again_by_itself(JobOutcome outcome)
    {
        var id = _world.Promote("1.0", verify: ["smoke"]);
        _world.EndCommand(Last, outcome);
        _world.Pass(TimeSpan.FromMinutes(5));
        _world.Queued.Count.ShouldBe(1);
        _world.Rollout(id).Reason.ShouldStartWith($"verification smoke: it ended: {outcome}");
    }

    [Fact]
    public void A_try_that_is_left_is_another_command()
    {
        _world.Verification = _world.Verification with { Retries = 1 };
        var id = _world.Promote("1.0", verify: ["smoke"]);
        var first = Last;
        _world.EndCommand(first, JobOutcome.AgentLost);
        _world.Pass(TimeSpan.FromSeconds(3));
        _world.Queued.Count.ShouldBe(2);
        Last.ShouldNotBe(first);
        _world.Rollout(id).Verifications.ShouldHaveSingleItem().Command.ShouldBe(Last);
        _world.EndCommand(Last, JobOutcome.Succeeded, 0);
        _world.Rollout(id).Verifications.ShouldHaveSingleItem().Passed.ShouldBe(true);
    }

    [Fact]
    public void When_the_rollout_is_aborted_its_command_is_ended()
    {
        var id = _world.Promote("1.0", verify: ["smoke"]);
        _world.Act(id, RolloutAsk.Abort);
        _world.Withdrawn.ShouldBe([Last]);
        _world.EndCommand(Last, JobOutcome.Succeeded, 0);
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Aborted);
        _world.Rollout(id).Verifications.ShouldHaveSingleItem().Passed.ShouldBeNull("nobody waited for its answer");
    }

    [Fact]
    public void One_that_no_agent_takes_fails_with_the_reason_and_the_way_out()
    {
        var id = _world.Promote("1.0", verify: ["smoke"]);
        _world.Pass(Limits.CommandPatience + TimeSpan.FromSeconds(10));
        _world.Rollout(id).Reason.ShouldStartWith("verification smoke: no agent that has instances of 1.0 took it within 10m: see whether one runs jobs (slipway agent list)");
        _world.Withdrawn.ShouldBe([Last]);
    }
}
