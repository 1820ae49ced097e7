using System.Text.Json;
using Slipway.Core.Artifacts;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Core.Targets;
using Slipway.Engine.Access;
using Slipway.Engine.Environments;
using Slipway.Engine.Lanes;
using Slipway.Engine.Ports;
using Slipway.Engine.Releases;

namespace Slipway.Engine.Artifacts;

/// <summary>Reads from the store what the rule of retention looks at. What cannot be read stops it: nothing is taken for unneeded because nobody could tell.</summary>
public sealed class KeepingReader(IStore store, LaneStates lanes, RunTraces runs, Platform platform)
{
    private const string VersionSetPrefix = "versionset/";
    private static readonly PromotionFlow Promotions = new();
    private static readonly RolloutFlow Rollouts = new();

    public async Task<Retention> JudgeAsync(CancellationToken cancel)
    {
        // In the order in which a version goes its way: what moves on while this is read is met again further on.
        var asked = (await store.ListDocumentsAsync(ArtifactMark.Collection, null, int.MaxValue, newestFirst: false, cancel))
            .Select(document => (document.Key, document.As(KeepingJson.Default.ArtifactMark).AskedAt)).Where(mark => mark.AskedAt is not null)
            .ToDictionary(mark => mark.Key, mark => mark.AskedAt!.Value, StringComparer.Ordinal);
        var ran = await runs.ListAsync(cancel);
        var releases = await ReleasesAsync(cancel);
        var underWay = await PromotionsAsync(cancel);
        underWay.AddRange(await RolloutsAsync(cancel));
        var states = await lanes.ListAsync(null, cancel);
        return Retention.Of(new KeptThings
        {
            At = store.Now, Policy = platform.Current.Retention, Releases = releases, Lanes = states, Wanted = await WantedAsync(cancel), UnderWay = underWay, AskedFor = asked, Runs = ran,
        });
    }

    private async Task<IReadOnlyList<ReleaseTrace>> ReleasesAsync(CancellationToken cancel) =>
        [.. (await store.ListDocumentsAsync(ReleaseDocuments.Collection, null, int.MaxValue, newestFirst: true, cancel)).Select(document => document.As(ReleaseJson.Default.Release))
            .Select(release => new ReleaseTrace(release.Service, release.Version, release.ArtifactDigest, release.ArtifactBytes, release.CreatedAt))];

    private async Task<List<(KeepReason Reason, string Digest)>> PromotionsAsync(CancellationToken cancel) =>
        [.. (await store.ListProcessesAsync(PromotionFlow.ProcessKind, null, activeOnly: true, int.MaxValue, cancel))
            .Select(process => (process.Id.Key, State: Promotions.ReadState(process.State, process.StateVersion)))
            .SelectMany(promotion => new[] { promotion.State.Inputs.Revision, promotion.State.Admission?.Stable?.Spec }.OfType<VersionSetSpec>()
                .Select(spec => (new KeepReason(KeepCause.Promotion, promotion.Key), spec.ArtifactDigest)))];

    private async Task<List<(KeepReason Reason, string Digest)>> RolloutsAsync(CancellationToken cancel) =>
        [.. (await store.ListProcessesAsync(RolloutFlow.ProcessKind, null, activeOnly: true, int.MaxValue, cancel))
            .Select(process => (process.Id.Key, State: Rollouts.ReadState(process.State, process.StateVersion)))
            .SelectMany(rollout => new[] { rollout.State.Inputs.Revision, rollout.State.Stable?.Spec }.OfType<VersionSetSpec>()
                .Select(spec => (new KeepReason(KeepCause.Rollout, rollout.Key), spec.ArtifactDigest)))];

    private async Task<IReadOnlyList<(string Agent, VersionSetSpec Spec)>> WantedAsync(CancellationToken cancel) =>
        [.. (await store.ReadWantedBelowAsync(VersionSetPrefix, cancel)).Where(row => row.Body is not null)
            .Select(row => (row.Agent, Wanted: JsonSerializer.Deserialize(row.Body!, TargetsJson.Default.VersionSetWanted) ?? throw new JsonException($"The wanted row {row.Resource} is null.")))
            // The word that none is to run stands for ever; it keeps nothing.
            .Where(row => row.Wanted.Count > 0).Select(row => (row.Agent, row.Wanted.Spec))];
}
