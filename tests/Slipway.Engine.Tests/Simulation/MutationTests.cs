namespace Slipway.Engine.Tests.Simulation;

/// <summary>The simulation can fail: with any one guard taken away some history breaks the invariant that the guard is there for.</summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    private const int MostSeeds = 300;

    [Theory]
    [InlineData(nameof(Mutation.AppendNotKept), "I1")]
    [InlineData(nameof(Mutation.CommitNotKept), "I1")]
    [InlineData(nameof(Mutation.EventFoldedTwice), "I1")]
    [InlineData(nameof(Mutation.LeasesIgnored), "I1 I2")]
    [InlineData(nameof(Mutation.FencingIgnored), "I2")]
    [InlineData(nameof(Mutation.ShiftDropped), "I2 I3")]
    [InlineData(nameof(Mutation.AnyEffectDropped), "Liveness I2 I3 I6")]
    [InlineData(nameof(Mutation.InconclusiveReadAsPassed), "I4")]
    [InlineData(nameof(Mutation.WaitingGateReadAsOpen), "I4")]
    [InlineData(nameof(Mutation.FactDropped), "I5")]
    [InlineData(nameof(Mutation.EntryRewritten), "I5")]
    [InlineData(nameof(Mutation.StopDropped), "I2 I6")]
    [InlineData(nameof(Mutation.AgentKeepsAll), "I6")]
    public void Without_a_guard_an_invariant_breaks(string guard, string invariants)
    {
        var mutation = Enum.Parse<Mutation>(guard);
        History? broken = null;
        for (var seed = 1; seed <= MostSeeds && broken is null; seed++)
        {
            var history = Simulation.Play(seed, mutation);
            broken = history.Broken is null ? null : history;
        }

        broken.ShouldNotBeNull($"{guard}: no history of {MostSeeds} shows that it is gone");
        output.WriteLine($"{guard}: seed {broken.Seed}: {broken.Broken!.Message}");
        invariants.Split(' ').ShouldContain(broken.Broken.Invariant, SimulationTests.Tell(broken));
    }
}
