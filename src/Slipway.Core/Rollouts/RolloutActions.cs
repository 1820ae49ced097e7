using Slipway.Core.Access;

namespace Slipway.Core.Rollouts;

/// <summary>What a person may ask of a rollout. Said here once: the machine ignores the rest, and whoever asks is told.</summary>
public static class RolloutActions
{
    /// <summary>What may be asked now, the most likely first; nothing once it is on its way back or has ended.</summary>
    public static IReadOnlyList<RolloutAsk> PossibleFor(RolloutState rollout)
    {
        if (rollout.HasEnded || rollout.Phase == RolloutPhase.RollingBack)
        {
            return [];
        }

        var possible = new List<RolloutAsk>();
        if (rollout.Paused is { } paused)
        {
            possible.AddRange(
                paused.Failed ? [RolloutAsk.Retry]
                : paused.ByStep && rollout.Current?.Kind == PlanStepKind.Approve ? [RolloutAsk.Approve]
                : [RolloutAsk.Resume, RolloutAsk.Retry]);
        }
        else if (rollout.Phase is RolloutPhase.Running or RolloutPhase.Verifying)
        {
            possible.Add(RolloutAsk.Pause);
        }

        if (MayBeSkipped(rollout))
        {
            possible.Add(RolloutAsk.Skip);
        }

        possible.Add(RolloutAsk.Abort);
        return possible;
    }

    /// <summary>Why this person must not approve the step; null: they may.</summary>
    public static string? WhyNotBy(RolloutState rollout, Actor by) =>
        rollout.ExcludedPersons.Contains(by.Person) ? "you made the release or asked for its promotion: somebody else must approve it"
        : rollout.Approvals.Any(a => a.By.Person == by.Person) ? "you have approved it already: another person is waited for"
        : null;

    /// <summary>Waiting and judging can be cut short; while paused, a weight or a verification can be left out too. Nothing replaces the first instance and all of the traffic.</summary>
    private static bool MayBeSkipped(RolloutState rollout) => rollout.Current?.Kind switch
    {
        PlanStepKind.Analyze or PlanStepKind.Pause or PlanStepKind.Watch or PlanStepKind.Soak => rollout.Paused is not { Failed: true },
        PlanStepKind.Weight or PlanStepKind.Verify => rollout.Paused is { Failed: false },
        _ => false,
    };
}
