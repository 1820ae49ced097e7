using Slipway.Core.Kernel;
using Slipway.Core.Tests.Transitions;

namespace Slipway.Core.Tests.Golden;

/// <summary>A state that a newer Slipway wrote is never read as if it were ours: what we do not know of it would be lost with the next write.</summary>
public sealed class MachineVersionTests
{
    [Fact]
    public void A_state_of_a_newer_lane_machine_is_refused() => Refuses(new LaneSamples());

    [Fact]
    public void A_state_of_a_newer_promotion_machine_is_refused() => Refuses(new PromotionSamples());

    [Fact]
    public void A_state_of_a_newer_rollout_machine_is_refused() => Refuses(new RolloutSamples());

    private static void Refuses<TState, TEvent>(Samples<TState, TEvent> samples)
        where TState : class
        where TEvent : class
    {
        var machine = samples.Machine;
        var newer = machine.Version + 1;
        var state = System.Text.Json.JsonSerializer.Serialize(samples.States[^1].State!, samples.Json);
        Should.Throw<NotSupportedException>(() => machine.ReadState(state, newer)).Message.ShouldContain($"version {newer}");
        Should.Throw<NotSupportedException>(() => machine.Decide(samples.Process, state, newer, machine.TimeCame, samples.States[^1].At)).Message.ShouldContain("newer");
        Should.NotThrow(() => machine.Decide(samples.Process, state, machine.Version, machine.TimeCame, samples.States[^1].At));
    }
}
