using Slipway.Engine.Access;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Artifacts;

/// <summary>
/// Lets something begin with stored bytes only while they are there and stay there. Whoever begins writes the claim in the same append; the collection writes its mark over the same
/// document. So one of both sees the other, and gives way.
/// </summary>
public sealed class ArtifactUse(IStore store, IArtifactStore files)
{
    /// <summary>The write that must be part of the append which begins the use; null: the bytes are gone, or going.</summary>
    public async Task<DocumentWrite?> ClaimAsync(string digest, CancellationToken cancel)
    {
        var document = await store.ReadDocumentAsync(ArtifactMark.Collection, digest, cancel);
        var mark = document?.As(KeepingJson.Default.ArtifactMark) ?? new ArtifactMark();
        return IsThere(files.Find(digest), mark)
            ? new DocumentWrite(ArtifactMark.Collection, digest, DocumentJson.ToNode(new ArtifactMark { AskedAt = store.Now }, KeepingJson.Default.ArtifactMark), document?.Revision ?? 0)
            : null;
    }

    /// <summary>When bytes were collected that are not there; null: they are there, or nobody collected them.</summary>
    public async Task<DateTimeOffset?> CollectedAtAsync(string digest, CancellationToken cancel) =>
        (await store.ReadDocumentAsync(ArtifactMark.Collection, digest, cancel))?.As(KeepingJson.Default.ArtifactMark) is { } mark && !IsThere(files.Find(digest), mark) ? mark.CollectedAt : null;

    /// <summary>Bytes that came again after the collection count.</summary>
    internal static bool IsThere(StoredArtifact? stored, ArtifactMark? mark) => stored is not null && (mark?.CollectedAt is not { } at || stored.CameAt >= at);
}
