using Slipway.Core.Environments;
using Slipway.Core.Kernel;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Tests.Simulation;

/// <summary>Of two nodes on one store the one that carries out a rollback dies; nothing that it had in hand is free before its lease is over.</summary>
public sealed class TwoNodesTests
{
    private const string Id = "shop-prod-2";
    private const int Seeds = 5, Writes = 8;
    private static readonly LaneId Lane = new(Versions.Service, "prod");
    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(10);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_one_dies_with_the_shift_of_a_way_back_in_hand_the_other_shifts_within_the_deadline(bool before)
    {
        var (inHand, away) = (0, TimeSpan.Zero);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            for (var write = 0; write < Writes; write++)
            {
                var told = $"seed {seed}, {(before ? "before" : "after")} write {write} of the way back";
                using var world = new World(seed, Mutation.None, Platform, hosts: 1) { ServerIsAlone = false };
                var story = new Story(world);
                var playing = story.PlayAsync(write, before);
                playing.IsCompleted.ShouldBeTrue($"{told}: something waits in real time; nothing here may");
                await playing;
                var rollout = world.Invariants.Rollouts[Id];
                rollout.Phase.ShouldBe(RolloutPhase.Aborted, $"{told}: {rollout.Reason}\n{string.Join('\n', world.Trace.TakeLast(60))}");
                (rollout.EndedAt!.Value - rollout.Back!.Since).ShouldBeLessThan(Limits.RollbackDeadline, told);
                world.Agents[0].Applied[Lane].Weights.ShouldHaveSingleItem(told).Version.ShouldBe("1.0", told);
                inHand += story.ShiftWasInHand ? 1 : 0;
                away = rollout.EndedAt.Value - rollout.Back.Since > away ? rollout.EndedAt.Value - rollout.Back.Since : away;
            }
        }

        inHand.ShouldBeGreaterThanOrEqualTo(Seeds, "the node dies with the shift in hand in each history");
        away.ShouldBeGreaterThan(TimeSpan.FromSeconds(10), "somebody waited for what the dead node had leased");
    }

    private static PlatformDefinition Platform => new() { Environments = [new EnvironmentDefinition { Name = "prod", Promote = PromoteMode.Manual, Traffic = TrafficExpectation.Expected }] };

    /// <summary>A canary at half of the traffic is aborted, and the node that hears of it dies.</summary>
    private sealed class Story(World world)
    {
        private readonly People people = new(world);

        /// <summary>When the node died, the change of weights was leased to it.</summary>
        public bool ShiftWasInHand { get; private set; }

        public async Task PlayAsync(int write, bool before)
        {
            foreach (var name in new[] { "1.0", "2.0" })
            {
                people.Release(VersionOf(name), repeats: false);
                await UntilAsync(() => people.Idle).ConfigureAwait(false);
                people.Promote("prod", name, repeats: false);
                await UntilAsync(() => people.Idle && (name == "1.0" ? !world.Invariants.AnythingOpen : world.Invariants.Rollouts.GetValueOrDefault(Id)?.Phase == RolloutPhase.Paused)).ConfigureAwait(false);
            }

            var node = world.Current!;
            people.Act(Id, RolloutAsk.Abort, repeats: false);
            await people.RoundAsync().ConfigureAwait(false);
            node.Faults.DieAfter(write, before, nameof(IStore.WriteWantedAsync));
            await UntilAsync(() =>
            {
                ShiftWasInHand |= node.Faults.Dead && world.Store.Outbox.Exists(row => row.Process == RolloutFlow.ProcessOf(Id) && row.Effect.Type == "shiftTraffic" && row.LeaseUntil > world.Store.Now);
                return world.Invariants.Rollouts[Id].HasEnded;
            }).ConfigureAwait(false);
        }

        private async Task UntilAsync(Func<bool> done)
        {
            await Simulation.RunAsync(world, people, world.Time.Elapsed + AtMost, () => null, done).ConfigureAwait(false);
            done().ShouldBeTrue($"it did not come to pass:\n{string.Join('\n', world.Trace.TakeLast(60))}");
        }

        private static SimVersion VersionOf(string name) => new(name, Quality.Good, new ServiceDefinition
        {
            Service = Versions.Service,
            Run = new RunSpec { Command = ["./shop", name], Instances = 2, Health = new HealthSpec { Deadline = TimeSpan.FromSeconds(20) }, Drain = TimeSpan.FromSeconds(1) },
            Rollout = new() { Strategy = RolloutStrategy.Canary, Steps = [new() { Weight = 50 }, new() { Pause = TimeSpan.MaxValue }] },
        });
    }
}
