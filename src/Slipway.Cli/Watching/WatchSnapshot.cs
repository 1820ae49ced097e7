using Slipway.Cli.Commands.Rollout;
using Slipway.Client.Api;

namespace Slipway.Cli.Watching;

/// <summary>A promotion and its rollout, if it has one yet, read one after the other.</summary>
internal sealed record WatchSnapshot(PromotionView Promotion, RolloutView? Rollout)
{
    /// <summary>What counts as a change worth a line: not the words of a reason, which may count seconds.</summary>
    public (PromotionStateView, (string Id, bool NeedsPerson)? Before, RolloutStateView?, int Step, string Share, VerdictView?) Key =>
        (Promotion.State, Promotion.WaitsFor is { } before ? (before.Id, before.NeedsPerson) : null, Rollout?.State, CurrentStep, Share, Rollout?.Analysis?.Verdict);

    /// <summary>How much of the traffic the new version has; empty without a rollout.</summary>
    public string Share => Rollout is null ? "" : RolloutFacts.Share(Rollout);

    /// <summary>-1: none.</summary>
    public int CurrentStep
    {
        get
        {
            for (var i = 0; i < Rollout?.Steps.Count; i++)
            {
                if (Rollout.Steps[i].State == StepStateView.Current)
                {
                    return i;
                }
            }

            return -1;
        }
    }

    public string Reason => Rollout?.Reason ?? Promotion.Reason ?? "";
}
