using Slipway.Core.Artifacts;

namespace Slipway.Engine.Artifacts;

/// <summary>What a look for what may go came to.</summary>
/// <param name="Gone">What went; in a dry run what would go.</param>
/// <param name="Kept">How many artifacts of releases stay.</param>
/// <param name="KeptBytes">All stored bytes that stay.</param>
public sealed record CollectionResult(IReadOnlyList<CollectedThing> Gone, int Kept, long KeptBytes);

public enum CollectedKind
{
    /// <summary>The artifact of one or more releases.</summary>
    Artifact,

    /// <summary>What a job of a run left.</summary>
    Outputs,

    /// <summary>All logs of a run.</summary>
    Logs,

    /// <summary>Stored bytes that no release and no run names.</summary>
    Leftover,
}

/// <param name="Digest">Null for logs.</param>
/// <param name="Releases">Those whose artifact it is.</param>
/// <param name="Run">Whose outputs or logs they are; null: nobody's, or an artifact.</param>
/// <param name="Why">As the end of a sentence.</param>
public sealed record CollectedThing(CollectedKind Kind, string? Digest, IReadOnlyList<ReleaseTrace> Releases, string? Service, string? Run, long Bytes, string Why);
