using Slipway.Client.Api;
using Slipway.Core.Kernel;
using Slipway.Core.Rollouts;
using Slipway.Engine.Access;
using Slipway.Engine.Artifacts;
using Slipway.Engine.Pipelines;
using Slipway.Engine.Ports;
using Slipway.Engine.Promotions;
using Slipway.Engine.Reports;
using Slipway.Engine.Rollouts;
using Slipway.Server.Pipelines;
using Slipway.Server.Promotions;
using Slipway.Server.Reports;
using Slipway.Server.Rollouts;

namespace Slipway.Server.Releases;

/// <summary>Puts together what there is of a release, from its commit to where it came.</summary>
internal sealed class ReleaseJourneys(RunDesk runs, TestDesk tests, ArtifactUse artifacts, IArtifactStore files, PromotionDesk promotions, RolloutDesk rollouts)
{
    private const int MostRuns = 1000, MostPassages = 50;

    public async Task<ReleaseJourneyView> OfAsync(ReleaseView release, Caller asking, CancellationToken cancel)
    {
        // A later run of the same commit that came to the same bytes names the release too; the first one made it.
        var run = (await runs.ListAsync(release.Service, MostRuns, cancel)).LastOrDefault(r => r.State.Release == release.Version);
        var told = run.Run is null ? null : await tests.OfRunAsync(release.Service, run.Run, cancel);
        var collectedAt = await artifacts.CollectedAtAsync(release.ArtifactDigest, cancel);
        return new ReleaseJourneyView
        {
            Release = release, ArtifactAvailable = collectedAt is null && files.Find(release.ArtifactDigest) is not null, ArtifactCollectedAt = collectedAt,
            Run = run.Run is null ? null : RunViews.Of(run.Run, run.State), Tests = told is null ? null : TestViews.Of(release.Service, run.Run!, told, told.Tests.Count, [], null),
            Passages = await PassagesAsync(release, asking, cancel),
        };
    }

    private async Task<IReadOnlyList<PassageView>> PassagesAsync(ReleaseView release, Caller asking, CancellationToken cancel)
    {
        List<PassageView> passages = [];
        foreach (var (id, promotion) in (await promotions.ListAsync(release.Service, activeOnly: false, cancel)).Where(p => p.State.Version == release.Version).Take(MostPassages))
        {
            var view = PromotionViews.Of(id, promotion, asking);
            var rollout = view.Rollout is null ? null : await rollouts.FindAsync(id, cancel);
            passages.Add(new PassageView { Promotion = view, Rollout = rollout is null ? null : Of(rollout) });
        }

        return passages;
    }

    private static PassageRolloutView Of(RolloutState r) => new()
    {
        State = RolloutViews.StateOf(r.Phase), Strategy = JsonWords.Of(r.Inputs.Definition.Rollout.Strategy), Reason = r.Reason, Until = r.Until, Weight = RingViews.WeightOf(r), Rings = RingViews.SharesOf(r),
        Verdict = r.WhereJudged.Analysis is { } answer ? RolloutViews.VerdictOf(answer.Verdict) : null, StartedAt = r.StartedAt, EndedAt = r.EndedAt,
    };
}
