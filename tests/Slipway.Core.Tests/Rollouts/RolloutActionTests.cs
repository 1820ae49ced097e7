using Slipway.Core.Rollouts;
using Slipway.Core.Tests.Transitions;

namespace Slipway.Core.Tests.Rollouts;

/// <summary>What people ask for at a moment when it cannot be had.</summary>
public sealed class RolloutActionTests
{
    private readonly RolloutSamples _samples = new();

    [Fact]
    public void A_skip_that_comes_while_it_rolls_back_does_not_make_it_go_on()
    {
        var aborted = Act(StateCalled("analyzing"), RolloutAsk.Abort);
        aborted.State!.Phase.ShouldBe(RolloutPhase.RollingBack);
        RolloutActions.PossibleFor(aborted.State).ShouldBeEmpty();
        var skipped = Act(aborted, RolloutAsk.Skip).State!;
        skipped.Phase.ShouldBe(RolloutPhase.RollingBack);
        skipped.Step.ShouldBe(aborted.State.Step);
    }

    [Theory]
    [InlineData("starting")]
    [InlineData("filling up")]
    public void The_first_instance_and_all_of_the_traffic_cannot_be_skipped(string state)
    {
        var paused = Act(StateCalled(state), RolloutAsk.Pause);
        paused.State!.Phase.ShouldBe(RolloutPhase.Paused);
        RolloutActions.PossibleFor(paused.State).ShouldBe([RolloutAsk.Resume, RolloutAsk.Retry, RolloutAsk.Abort]);
        var skipped = Act(paused, RolloutAsk.Skip).State!;
        skipped.Phase.ShouldBe(RolloutPhase.Paused);
        skipped.Step.ShouldBe(paused.State.Step);
    }

    [Fact]
    public void A_skip_of_a_step_that_is_over_by_now_skips_no_other()
    {
        var first = StateCalled("analyzing");
        var meant = first.State!.Step;
        var skipped = Act(first, RolloutAsk.Skip, meant);
        skipped.State!.Step.ShouldBeGreaterThan(meant);
        var again = Act(skipped, RolloutAsk.Skip, meant).State!;
        (again.Step, again.Phase).ShouldBe((skipped.State.Step, skipped.State.Phase));
        RolloutActions.StateOf(again, meant).ShouldBe("was left out (skipped by ada)");
    }

    [Fact]
    public void A_step_is_meant_by_its_number_or_its_title()
    {
        var state = StateCalled("analyzing").State!;
        RolloutActions.StepMeant(state, state.Current!.Title).ShouldBe(state.Step);
        RolloutActions.StepMeant(state, "1").ShouldBe(0);
        RolloutActions.StepMeant(state, "0").ShouldBeNull();
        RolloutActions.StepMeant(state, "99").ShouldBeNull();
        RolloutActions.StepMeant(state, "make coffee").ShouldBeNull();
        RolloutActions.StateOf(state, 0).ShouldBe("is over");
        RolloutActions.StateOf(state, state.Step + 1).ShouldBe("is yet to come");
    }

    private SampleState<RolloutState> StateCalled(string name) => _samples.States.Single(s => s.Name == name);

    private SampleState<RolloutState> Act(SampleState<RolloutState> on, RolloutAsk action, int? step = null)
    {
        var at = on.At + TimeSpan.FromSeconds(1);
        return new(on.Name, _samples.Machine.Decide(_samples.Process, on.State, new ActionAsked(action, SampleWorld.Ada, null, step), at).State, at);
    }
}
