using Slipway.Core.Rollouts;
using Slipway.Core.Tests.Transitions;

namespace Slipway.Core.Tests.Rollouts;

/// <summary>What people asked for a moment too late.</summary>
public sealed class LateActionTests
{
    [Fact]
    public void A_skip_that_comes_while_it_rolls_back_does_not_make_it_go_on()
    {
        var samples = new RolloutSamples();
        var analyzing = samples.States.Single(s => s.Name == "analyzing");
        var aborted = samples.Machine.Decide(samples.Process, analyzing.State, new ActionAsked(RolloutAsk.Abort, SampleWorld.Ben, null), analyzing.At + TimeSpan.FromSeconds(1)).State;
        aborted.Phase.ShouldBe(RolloutPhase.RollingBack);
        var skipped = samples.Machine.Decide(samples.Process, aborted, new ActionAsked(RolloutAsk.Skip, SampleWorld.Ada, null), analyzing.At + TimeSpan.FromSeconds(2)).State;
        skipped.Phase.ShouldBe(RolloutPhase.RollingBack);
        skipped.Step.ShouldBe(aborted.Step);
    }
}
