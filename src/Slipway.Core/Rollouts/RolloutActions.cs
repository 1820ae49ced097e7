using System.Globalization;
using Slipway.Core.Access;
using Slipway.Core.Kernel;

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
                : paused.ByStep ? [RolloutAsk.Resume]
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

    /// <summary>What an action that is possible now would do, in words.</summary>
    public static string Does(RolloutState rollout, RolloutAsk ask)
    {
        var step = rollout.Current?.Title ?? "the rollout";
        var next = $"next: {rollout.Plan.Skip(rollout.Step + 1).FirstOrDefault(s => s.SkippedBecause is null)?.Title ?? "its end"}";
        return ask switch
        {
            RolloutAsk.Pause => $"stays at {rollout.Weight} % until somebody resumes it; {(rollout.Inputs.Definition.Rollout.OnFailure == OnFailure.Pause ? "the judge goes on" : "a failure still takes the traffic back")}",
            RolloutAsk.Resume => rollout.Paused switch
            {
                { ByStep: true } => $"ends the wait; {next}",
                { } paused when WaitsForVerdict(rollout, paused) => rollout.Analysis is { Verdict: JudgeVerdict.Passed } passed && passed.CountedUntil >= rollout.Records[^1].StartedAt + rollout.Current!.Duration
                    ? $"goes on, for the judge has said passed since; {next}"
                    : $"lets the judge go on for up to {Words.Of(rollout.Current!.Deadline!.Value)} more, with all that has been counted; as soon as it says passed, {next}",
                _ => $"begins {step} anew, with all that has been counted",
            },
            RolloutAsk.Retry => rollout is { Paused.RingIsBack: true, Ring: { } ring }
                ? $"begins the ring {rollout.Inputs.Rings[ring].Name} anew, and the judge from nothing"
                : $"begins {step} anew, and the judge from nothing; instances that gave up are started again",
            RolloutAsk.Skip => $"leaves out {step}{(Finds(rollout.Current) ? ", whatever it would have found" : "")}; {next}",
            RolloutAsk.Approve => "agrees, for one person, that it goes on; " + next,
            _ => rollout.Stable is { } stable ? $"takes everything back to {stable.Spec.Version}, and ends it" : "takes its instances away, and ends it: nothing ran here before",
        };
    }

    /// <summary>The index of the step that a person names by its title or its number from 1: of several with one title, the one at which it is, or else the first. Null: it has none such.</summary>
    public static int? StepMeant(RolloutState rollout, string name)
    {
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number >= 1 && number <= rollout.Plan.Count ? number - 1 : null;
        }

        return rollout.Current?.Title == name ? rollout.Step : rollout.Plan.Index().Where(each => each.Item.Title == name).Select(each => (int?)each.Index).FirstOrDefault();
    }

    /// <summary>What is so of a step at which it is not, in words.</summary>
    public static string StateOf(RolloutState rollout, int step) =>
        step > rollout.Step ? "is yet to come"
        : step >= rollout.Records.Count || !rollout.Records[step].Skipped ? "is over"
        : $"was left out{(rollout.Records[step].Note is { } note ? $" ({note})" : "")}";

    /// <summary>Something is found out in it; else it gives the new version its share, or waits.</summary>
    private static bool Finds(PlanStep? step) => step?.Kind is PlanStepKind.Analyze or PlanStepKind.Verify or PlanStepKind.Soak or PlanStepKind.Watch;

    /// <summary>An analysis or a soak that had all of its time and no verdict that it could go on with.</summary>
    internal static bool WaitsForVerdict(RolloutState rollout, Pausing paused) =>
        paused is { ByStep: false, Failed: false } && !rollout.AtHook && rollout.Current is { Kind: PlanStepKind.Analyze or PlanStepKind.Soak, Duration: { } time } && paused.Since >= rollout.Records[^1].StartedAt + time;

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
