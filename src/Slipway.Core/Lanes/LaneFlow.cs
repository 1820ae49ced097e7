using Slipway.Core.Kernel;

namespace Slipway.Core.Lanes;

/// <summary>
/// One service in one environment, for ever: lets promotions in one at a time, hands each the intent under a fresh fencing token, takes it back when the rollout
/// ends, remembers what was well here, and keeps what is wanted true in between.
/// </summary>
public sealed class LaneFlow(long generation) : Machine<LaneState, LaneEvent>(
    LaneId.LaneProcess, 2, LaneJson.Default.LaneState, LaneJson.Default.LaneEvent, new LaneTimeCame())
{
    /// <summary>Weights generations of one owner of intent; more shifts than a rollout can make, one for each instance and several for each step.</summary>
    public const long GenerationsPerOwner = 10_000;

    public override Decision<LaneState> Decide(ProcessId process, LaneState? state, LaneEvent @event, DateTimeOffset at)
    {
        var turn = new LaneTurn(state ?? new LaneState { Lane = LaneId.Parse(process.Key), Counter = 0 }, generation, at);
        switch (@event)
        {
            case PromotionQueued e: turn.Enqueue(e.Promotion); break;
            case PromotionReadiness e: turn.SetReady(e.Id, e.Ready); break;
            case PromotionWithdrawn e: turn.Withdraw(e.Id); break;
            case PromotionSteppedBack e: turn.StepBack(e.Id); break;
            case RolloutBegan e: turn.Began(e.Id); break;
            case RolloutReachedFull e: turn.BecomeStable(e); break;
            case LaneRolloutEnded e: turn.TakeBack(e); break;
            case HoldPlaced e: turn.Place(e.Hold); break;
            case HoldLifted e: turn.Lift(e); break;
            case TargetsChanged: turn.SayAgain(); break;
            case LaneTimeCame: break;
            default: throw new InvalidOperationException($"A lane does not take {@event.GetType().Name}.");
        }

        turn.CoolDown();
        turn.AdmitNext();
        return turn.Done();
    }
}
