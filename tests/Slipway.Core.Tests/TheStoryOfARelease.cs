using Slipway.Core.Access;
using Slipway.Core.Gates;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Core.Tests.World;

namespace Slipway.Core.Tests;

/// <summary>
/// What happens to releases on their way into production, told by the three machines alone in virtual time. The transcript beside this file is every fact that goes into the
/// ledger meanwhile.
/// </summary>
public sealed class TheStoryOfARelease
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);
    private static readonly Actor Ben = new("ben", "ben");
    private readonly MachineWorld world = new();

    [Fact]
    public void From_the_request_to_production_and_back()
    {
        // The first release waits for an approval, goes to all traffic after its instances are healthy, and is stable from then on.
        var first = PromoteWithApproval("1.0");
        world.PassUntil(() => world.Promotion(first).HasEnded, Long);
        world.LaneNow.Stable!.Spec.Version.ShouldBe("1.0");

        // The second one takes over step by step: each analysis must pass. Then it is watched; the old version stays warm for a while.
        var second = PromoteWithApproval("2.0");
        world.PassUntil(() => world.Promotion(second).HasEnded, Long);
        world.LaneNow.Stable!.Spec.Version.ShouldBe("2.0");

        // The third one fails on real traffic. Traffic goes back before anybody is asked, and a hold keeps the version from coming again by itself.
        world.Verdict = JudgeVerdict.Inconclusive;
        var third = PromoteWithApproval("3.0");
        world.Pass(TimeSpan.FromSeconds(4));
        world.Verdict = JudgeVerdict.Failed;
        world.PassUntil(() => world.Promotion(third).HasEnded, Long);
        world.Promotion(third).Phase.ShouldBe(PromotionPhase.RolledBack);
        world.Traffic.ShouldBe(new Dictionary<string, int> { ["2.0"] = 100 });
        world.LaneNow.Holds.ShouldHaveSingleItem().Version.ShouldBe("3.0");

        Snapshot.Matches("tests/Slipway.Core.Tests/TheStoryOfARelease.txt", string.Join('\n', world.Transcript) + "\n");
    }

    private string PromoteWithApproval(string version)
    {
        var approval = new GateAnswer("approval", GateState.Waiting, "waits for an approval", null, "somebody other than ada");
        world.ShutGates.Add(approval);
        var promotion = world.Promote(version);
        world.Pass(TimeSpan.FromSeconds(20));
        world.Promotion(promotion).Phase.ShouldBe(PromotionPhase.Waiting);

        world.ShutGates.Remove(approval);
        world.Send(PromotionFlow.ProcessOf(promotion), new ApprovalDecided(new Approval(Ben, world.Now, true, "tried it", world.Promotion(promotion).InputsHash)));
        return promotion;
    }
}
