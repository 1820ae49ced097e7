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

    private SampleState<RolloutState> StateCalled(string name) => _samples.States.Single(s => s.Name == name);

    private SampleState<RolloutState> Act(SampleState<RolloutState> on, RolloutAsk action)
    {
        var at = on.At + TimeSpan.FromSeconds(1);
        return new(on.Name, _samples.Machine.Decide(_samples.Process, on.State, new ActionAsked(action, SampleWorld.Ada, null), at).State, at);
    }
}
