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

    /// <summary>The last that has begun; -1: none.</summary>
    public int CurrentStep
    {
        get
        {
            var last = (Rollout?.Steps.Count ?? 0) - 1;
            while (last >= 0 && Rollout!.Steps[last].StartedAt is null)
            {
                last--;
            }

            return last;
        }
    }

    public string Reason => Rollout?.Reason ?? Promotion.Reason ?? "";
}
