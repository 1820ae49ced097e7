using Slipway.Core.Artifacts;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;
using Slipway.Engine.Access;
using Slipway.Engine.Ports;
using Slipway.Engine.Releases;

namespace Slipway.Engine.Artifacts;

/// <summary>What is known of stored bytes.</summary>
/// <param name="Bytes">As many as there are, or were.</param>
/// <param name="IsThere">They can be had.</param>
/// <param name="CollectedAt">When they were removed, if they were.</param>
/// <param name="Releases">Those whose artifact it is, newest first.</param>
/// <param name="MadeBy">Runs that made one of those releases, or left these outputs.</param>
/// <param name="RunsIn">Lanes in which it is stable.</param>
public sealed record KnownArtifact(
    string Digest, long Bytes, bool IsThere, DateTimeOffset? CollectedAt, IReadOnlyList<ReleaseTrace> Releases, IReadOnlyList<string> MadeBy, IReadOnlyList<LaneId> RunsIn, IReadOnlyList<KeepReason> Kept);

/// <param name="Job">Null: the artifact of the run's release.</param>
public sealed record RunArtifact(string? Job, int? Attempt, string? Release, string Digest, long? Bytes, bool IsThere, DateTimeOffset? CollectedAt);

/// <summary>What people ask of artifacts.</summary>
public sealed class ArtifactDesk(IStore store, IArtifactStore files, KeepingReader reader, ArtifactUse use)
{
    /// <summary>Digits that tell a digest apart; fewer would be met by chance.</summary>
    private const int FewestDigits = 6, WholeDigest = 64;
    private const string Prefix = "sha256:";

    /// <summary>The artifacts of releases, newest first.</summary>
    /// <param name="service">Null: of all services.</param>
    public async Task<IReadOnlyList<KnownArtifact>> ListAsync(string? service, CancellationToken cancel)
    {
        var known = new Known(await reader.JudgeAsync(cancel), await MarksAsync(cancel), files);
        return [.. known.Retention.Things.Releases.Where(release => service is null || release.Service == service).OrderByDescending(release => release.CreatedAt)
            .Select(release => release.Digest).Distinct(StringComparer.Ordinal).Select(known.Of)];
    }

    /// <param name="digest">Whole, or enough of its first digits to tell it apart.</param>
    public async Task<Outcome<KnownArtifact>> FindAsync(string digest, CancellationToken cancel)
    {
        var known = new Known(await reader.JudgeAsync(cancel), await MarksAsync(cancel), files);
        var digits = digest.StartsWith(Prefix, StringComparison.Ordinal) ? digest[Prefix.Length..] : digest;
        if (digits.Length is < FewestDigits or > WholeDigest || !digits.All(char.IsAsciiHexDigitLower))
        {
            return Refusal.Invalid("invalidDigest", $"'{(digest.Length > 80 ? digest[..80] + "…" : digest)}' is no digest: sha256: and 64 hex digits, or the first {FewestDigits} of them or more.", "`slipway artifact list` shows what there is.");
        }

        return known.Digests.Where(candidate => candidate.AsSpan(Prefix.Length).StartsWith(digits)).Take(2).ToList() switch
        {
            [var one] => known.Of(one),
            [] => Refusal.NotFound($"There is no artifact '{digest}'.", "`slipway artifact list` shows the artifacts of releases, `slipway run artifacts ID` those of a run."),
            _ => Refusal.Conflict("ambiguous", $"Several artifacts begin with '{digits}'.", "Give more digits."),
        };
    }

    /// <summary>What a run left: its jobs' outputs, and the artifact of the release that it made.</summary>
    public async Task<IReadOnlyList<RunArtifact>> OfRunAsync(string run, RunState state, CancellationToken cancel)
    {
        List<RunArtifact> left = [];
        foreach (var outputs in RunTraces.Of(run, state).Outputs)
        {
            var stored = files.Find(outputs.Digest);
            left.Add(new RunArtifact(outputs.Job, outputs.Attempt, null, outputs.Digest, stored?.Bytes, stored is not null, await use.CollectedAtAsync(outputs.Digest, cancel)));
        }

        if (state.Release is { } version
            && (await store.ReadDocumentAsync(ReleaseDocuments.Collection, ReleaseDocuments.KeyOf(state.Inputs.Service, version), cancel))?.As(ReleaseJson.Default.Release) is { } release)
        {
            left.Add(new RunArtifact(
                null, null, $"{release.Service}@{release.Version}", release.ArtifactDigest, release.ArtifactBytes, files.Find(release.ArtifactDigest) is not null, await use.CollectedAtAsync(release.ArtifactDigest, cancel)));
        }

        return left;
    }

    /// <summary>When a run's logs were removed; null: they were not.</summary>
    public async Task<DateTimeOffset?> LogsCollectedAtAsync(string run, CancellationToken cancel) =>
        (await store.ReadDocumentAsync(RunLogMark.Collection, run, cancel))?.As(KeepingJson.Default.RunLogMark).CollectedAt;

    private async Task<Dictionary<string, ArtifactMark>> MarksAsync(CancellationToken cancel) =>
        (await store.ListDocumentsAsync(ArtifactMark.Collection, null, int.MaxValue, newestFirst: false, cancel)).ToDictionary(document => document.Key, document => document.As(KeepingJson.Default.ArtifactMark), StringComparer.Ordinal);

    private sealed class Known(Retention retention, Dictionary<string, ArtifactMark> marks, IArtifactStore files)
    {
        private readonly ILookup<string, ReleaseTrace> releases = retention.Things.Releases.ToLookup(release => release.Digest, StringComparer.Ordinal);
        private readonly ILookup<string, string> made = Makers(retention.Things);
        private readonly ILookup<string, LaneId> stable =
            retention.Things.Lanes.Where(lane => lane.Stable is not null).ToLookup(lane => lane.Stable!.Spec.ArtifactDigest, lane => lane.Lane, StringComparer.Ordinal);

        public Retention Retention => retention;

        public IEnumerable<string> Digests => releases.Select(group => group.Key).Concat(made.Select(group => group.Key)).Distinct(StringComparer.Ordinal);

        public KnownArtifact Of(string digest)
        {
            var stored = files.Find(digest);
            var mark = marks.GetValueOrDefault(digest);
            var isThere = ArtifactUse.IsThere(stored, mark);
            var reasons = retention.OfBytes(digest);
            return new KnownArtifact(
                digest, stored?.Bytes ?? mark?.Bytes ?? releases[digest].FirstOrDefault()?.Bytes ?? 0, isThere, isThere ? null : mark?.CollectedAt,
                [.. releases[digest].OrderByDescending(release => release.CreatedAt)], [.. made[digest].Distinct(StringComparer.Ordinal)], [.. stable[digest]],
                reasons.Count == 0 && stored is not null && retention.Things.At - stored.CameAt < Limits.UploadGrace ? [new KeepReason(KeepCause.JustCame)] : reasons);
        }

        private static ILookup<string, string> Makers(KeptThings things)
        {
            var digests = things.Releases.ToDictionary(release => (release.Service, release.Version), release => release.Digest);
            var ofReleases = things.Runs.Where(run => run.Release is not null && digests.ContainsKey((run.Service, run.Release))).Select(run => (Digest: digests[(run.Service, run.Release!)], run.Run));
            return things.Runs.SelectMany(run => run.Outputs.Select(outputs => (outputs.Digest, run.Run))).Concat(ofReleases).ToLookup(pair => pair.Digest, pair => pair.Run, StringComparer.Ordinal);
        }
    }
}
