using Slipway.Core.Environments;
using Slipway.Core.Gates;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Core.Tests.World;

namespace Slipway.Core.Tests.Lanes;

/// <summary>Whom a promotion waits for when nothing but the lane is missing, and what can be done about that.</summary>
public sealed class WaitedForTests
{
    private readonly MachineWorld _world = new();

    [Fact]
    public void A_rollout_that_waits_for_a_person_is_named_with_what_may_be_done()
    {
        _world.Run("1.0");
        var first = _world.Promote("2.0", new RolloutSpec { Strategy = RolloutStrategy.Canary, Steps = [new() { Weight = 5 }, new() { Pause = TimeSpan.MaxValue }] });
        var waits = WhoIsBefore(_world.Promote("3.0"));
        (waits.Id, waits.Version, waits.NeedsPerson).ShouldBe((first, "2.0", true));
        waits.ToString().ShouldBe($"{first}, which is paused: waits at 5 % until somebody resumes it");
        waits.NextStep.ShouldBe($"slipway rollout resume|skip|abort {first}");
    }

    [Fact]
    public void One_that_a_person_paused_is_not_said_to_be_so_twice()
    {
        _world.Run("1.0");
        var first = _world.Promote("2.0");
        _world.Act(first, RolloutAsk.Pause, "lunch");
        WhoIsBefore(_world.Promote("3.0")).ToString().ShouldBe($"{first}, which is paused by ada: lunch");
    }

    [Fact]
    public void One_that_goes_on_by_itself_needs_nobody()
    {
        _world.Run("1.0");
        var first = _world.Promote("2.0");
        var waits = WhoIsBefore(_world.Promote("3.0"));
        (waits.Id, waits.NeedsPerson, waits.NextStep).ShouldBe((first, false, null));
        waits.Which.ShouldStartWith("rolls out: analyzes at 5 %");

        _world.Promote("4.0", new RolloutSpec { Strategy = RolloutStrategy.Canary, Steps = [new() { Weight = 5 }, new() { Pause = TimeSpan.FromMinutes(1) }] }, concurrency: LaneConcurrency.Queue);
        WhoIsBefore("storefront-prod-4").Id.ShouldBe(first);
    }

    [Fact]
    public void In_a_queue_it_is_the_first_one_whose_gates_are_shut()
    {
        _world.Run("1.0");
        _world.ShutGates.Add(new GateAnswer("approval", GateState.Waiting, "one is asked for", OpenedBy: "slipway promotion approve"));
        var first = _world.Promote("2.0", concurrency: LaneConcurrency.Queue);
        _world.ShutGates.Clear();
        var waits = WhoIsBefore(_world.Promote("3.0", concurrency: LaneConcurrency.Queue));
        (waits.Id, waits.NeedsPerson, waits.NextStep).ShouldBe((first, true, $"slipway promotion explain {first}"));
        waits.Which.ShouldBe("waits itself (approval: one is asked for)");
    }

    private WaitedFor WhoIsBefore(string id)
    {
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Ready);
        var holder = WaitedFor.HolderOf(_world.LaneNow, id).ShouldNotBeNull();
        return WaitedFor.Of(holder, _world.Promotion(holder), _world.Promotion(holder).Phase == PromotionPhase.RollingOut ? _world.Rollout(holder) : null);
    }
}
