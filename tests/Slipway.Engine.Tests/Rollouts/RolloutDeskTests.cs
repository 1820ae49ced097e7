using Slipway.Core.Environments;
using Slipway.Core.Kernel;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using Slipway.Engine.Lanes;
using Slipway.Engine.Ports;
using Slipway.Engine.Rollouts;
using Slipway.Engine.Tests.Simulation;

namespace Slipway.Engine.Tests.Rollouts;

public sealed class RolloutDeskTests
{
    private const string Id = "shop-prod-2";
    private static readonly LaneId Lane = new(Versions.Service, "prod");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Until_the_lane_has_heard_of_a_rollout_s_end_nobody_is_told_what_its_version_is_held_for()
    {
        using var world = new World(1, Mutation.None, new() { Environments = [new() { Name = Lane.Environment, Promote = PromoteMode.Manual, Traffic = TrafficExpectation.Expected }] }, hosts: 1);
        var people = new People(world);
        foreach (var (version, phase) in new[] { ("1.0", RolloutPhase.Succeeded), ("2.0", RolloutPhase.Paused) })
        {
            people.Release(VersionOf(version), repeats: false);
            await UntilAsync(world, people, () => people.Idle);
            people.Promote(Lane.Environment, version, repeats: false);
            await UntilAsync(world, people, () => world.Invariants.Rollouts.Values.Any(rollout => rollout.Inputs.Revision.Version == version && rollout.Phase == phase));
        }

        var lane = world.Store.Find(Lane.Process).ShouldNotBeNull();
        var before = lane.Stored();
        people.Act(Id, RolloutAsk.Abort, repeats: false);
        await UntilAsync(world, people, () => !world.Invariants.AnythingOpen);
        (await WayOnAsync(world.Store)).ShouldBe("To try it once more: slipway promote shop@2.0 --to prod");

        lane.Write(
            new ProcessTurn
            {
                Claim = new(Lane.Process, lane.State, lane.StateVersion, lane.Sequence, [], Due: false, lane.LeaseId),
                State = before.State, StateVersion = before.StateVersion, Folded = 1, Consumed = [], Facts = [], Effects = [], Messages = [], DueAt = before.DueAt, Ended = before.Ended,
            },
            world.Store.Now);
        (await WayOnAsync(world.Store)).ShouldBe("prod has not heard of that yet, and may hold 2.0 for it: slipway status shop");
    }

    private static async Task<string> WayOnAsync(MemoryStore store) =>
        (await new RolloutDesk(store, new LaneStates(store)).ActAsync(Id, RolloutAsk.Retry, World.Ada, null, null, null, Cancel)).ShouldBeOfType<Outcome<RolloutState>.Refused>().Refusal.NextStep;

    private static async Task UntilAsync(World world, People people, Func<bool> done)
    {
        await Simulation.Simulation.RunAsync(world, people, world.Time.Elapsed + TimeSpan.FromMinutes(10), () => null, done);
        done().ShouldBeTrue(string.Join('\n', world.Trace.TakeLast(60)));
    }

    private static SimVersion VersionOf(string name) => new(name, Quality.Good, new ServiceDefinition
    {
        Service = Versions.Service,
        Run = new RunSpec { Command = ["./shop", name], Instances = 1, Health = new HealthSpec() },
        Rollout = new() { Strategy = RolloutStrategy.Canary, Steps = [new() { Weight = 50 }, new() { Pause = TimeSpan.MaxValue }], Watch = TimeSpan.Zero },
    });
}
