using Slipway.Core.Environments;
using Slipway.Core.Gates;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Core.Promotions;
using Slipway.Engine.Environments;
using Slipway.Engine.Lanes;
using Slipway.Engine.Ports;
using Slipway.Engine.Releases;
using Slipway.Engine.Rollouts;

namespace Slipway.Engine.Gates;

/// <summary>
/// Asks the gates of a promotion, in order: veto and hold, soak, freeze, approval. Always with what holds now. A rollback passes all but a veto, since the others only guard
/// new code.
/// </summary>
public sealed class GateKeeper(IStore store, Platform platform, ReleaseVetoes vetoes, Freezes freezes, LaneStates lanes)
{
    public async Task<IReadOnlyList<GateAnswer>> AskAsync(AskGates asked, CancellationToken cancel)
    {
        if (asked.Kind == PromotionKind.Rollback)
        {
            return await VetoAsync(asked, cancel) is { } vetoed ? [vetoed] : [];
        }

        if (platform.Current.Find(asked.Lane.Environment) is not { } environment)
        {
            return [new GateAnswer("environment", GateState.Closed, $"there is no environment '{asked.Lane.Environment}' any more")];
        }

        var at = store.Now;
        var answers = new List<GateAnswer> { await HoldAsync(asked, cancel) };
        if (environment.After.Count > 0)
        {
            answers.Add(await SoakAsync(asked, environment, at, cancel));
        }

        answers.Add(await FreezeAsync(asked, at, cancel));
        if (environment.Approvals > 0)
        {
            answers.Add(Approval(asked, environment, at));
        }

        return answers;
    }

    private async Task<GateAnswer> HoldAsync(AskGates asked, CancellationToken cancel)
    {
        if (await VetoAsync(asked, cancel) is { } vetoed)
        {
            return vetoed;
        }

        var lane = await lanes.ReadAsync(asked.Lane, cancel);
        return lane?.Holds.FirstOrDefault(h => h.Version is null || h.Version == asked.Version) is { } hold
            ? new GateAnswer(GateNames.Hold, GateState.Waiting, hold.Why, null, $"slipway hold lift {hold.Id}")
            : new GateAnswer(GateNames.Hold, GateState.Open, "nothing holds it");
    }

    private async Task<GateAnswer?> VetoAsync(AskGates asked, CancellationToken cancel) =>
        await vetoes.FindAsync(asked.Lane.Service, asked.Version, cancel) is { } veto
            ? new GateAnswer(GateNames.Hold, GateState.Closed, $"{asked.Version} was vetoed by {veto.By.Identity}: {veto.Why}")
            : null;

    private async Task<GateAnswer> SoakAsync(AskGates asked, EnvironmentDefinition environment, DateTimeOffset at, CancellationToken cancel)
    {
        DateTimeOffset? until = null;
        foreach (var before in environment.After)
        {
            var lane = await lanes.ReadAsync(new LaneId(asked.Lane.Service, before), cancel);
            if (lane?.History.FirstOrDefault(h => h.Spec.Version == asked.Version)?.WellAt is not { } well)
            {
                return await NotWellAsync(asked, before, lane, cancel);
            }

            if (well + environment.Soak > at && (until is null || well + environment.Soak > until))
            {
                until = well + environment.Soak;
            }
        }

        return until is { } end
            ? new GateAnswer(GateNames.Soak, GateState.Waiting, $"it soaks for another {Words.Of(end - at)}", end, "time")
            : new GateAnswer(GateNames.Soak, GateState.Open, $"it has been well in {string.Join(", ", environment.After)}");
    }

    /// <summary>What keeps it from being well there may stand further back: where it is held is said, for no promotion to a place behind that leads on.</summary>
    private async Task<GateAnswer> NotWellAsync(AskGates asked, string environment, LaneState? lane, CancellationToken cancel)
    {
        var first = environment;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (seen.Add(environment))
        {
            if (lane?.Holds.FirstOrDefault(h => h.Version == asked.Version) is { } hold)
            {
                return new GateAnswer(GateNames.Soak, GateState.Waiting, $"{asked.Version} is held in {environment}: {hold.Why}", null, $"make another release, or if this one may go after all: slipway hold lift {hold.Id}");
            }

            foreach (var before in platform.Current.Find(environment)?.After ?? [])
            {
                var there = await lanes.ReadAsync(new LaneId(asked.Lane.Service, before), cancel);
                if (!IsWell(there, asked.Version))
                {
                    (environment, lane) = (before, there);
                    break;
                }
            }
        }

        if (lane?.Active is { } active && active.Version == asked.Version)
        {
            return await OnItsWayAsync(active, environment, cancel);
        }

        return new GateAnswer(GateNames.Soak, GateState.Waiting, $"{asked.Version} has not been well in {first} yet", null, $"slipway promote {asked.Lane.Service}@{asked.Version} --to {environment}");
    }

    /// <summary>Where it comes there just now, nobody need promote it once more.</summary>
    private async Task<GateAnswer> OnItsWayAsync(ActivePromotion active, string environment, CancellationToken cancel)
    {
        var rollout = await new RolloutDesk(store, lanes).FindAsync(active.Id, cancel);
        return rollout is { Paused: not null, Until: null }
            ? new GateAnswer(GateNames.Soak, GateState.Waiting, $"{active.Version} is on its way in {environment}, where it waits for a person: {rollout.Reason}", null, $"slipway rollout show {active.Id}")
            : new GateAnswer(GateNames.Soak, GateState.Waiting, $"{active.Version} is on its way in {environment}, and not well there yet: {active.Id}");
    }

    private static bool IsWell(LaneState? lane, string version) => lane?.History.FirstOrDefault(h => h.Spec.Version == version)?.WellAt is not null;

    private async Task<GateAnswer> FreezeAsync(AskGates asked, DateTimeOffset at, CancellationToken cancel) =>
        await freezes.InForceAsync(asked.Lane.Environment, at, cancel) is { } freeze
            ? new GateAnswer(GateNames.Freeze, GateState.Waiting, $"frozen: {freeze.Why}", freeze.Until, $"slipway freeze lift {freeze.Id}")
            : new GateAnswer(GateNames.Freeze, GateState.Open, "no freeze is in force");

    private static GateAnswer Approval(AskGates asked, EnvironmentDefinition environment, DateTimeOffset at)
    {
        var valid = asked.Approvals.Where(a => a.Approved && a.InputsHash == asked.InputsHash && !asked.ExcludedPersons.Contains(a.By.Person)
            && (environment.ApprovalExpires is not { } life || a.At + life > at)).ToList();
        return valid.Count >= environment.Approvals
            ? new GateAnswer(GateNames.Approval, GateState.Open, $"approved by {string.Join(", ", valid.Select(a => a.By.Identity))}")
            : new GateAnswer(GateNames.Approval, GateState.Waiting, $"waits for {(environment.Approvals == 1 ? "an approval" : $"{environment.Approvals} approvals, has {valid.Count}")}", null,
                $"slipway promotion approve {asked.Promotion}{(asked.ExcludedPersons.Count == 0 ? "" : $", by somebody other than {string.Join(" and ", asked.ExcludedPersons)}")}");
    }
}
