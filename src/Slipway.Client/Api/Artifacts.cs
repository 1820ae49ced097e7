namespace Slipway.Client.Api;

/// <summary>Packed bytes by their digest: the artifact of one or more releases, or what a job of a run left.</summary>
public sealed record ArtifactView
{
    /// <summary><c>sha256:…</c>.</summary>
    public required string Digest { get; init; }

    /// <summary>As many as there are, or were.</summary>
    public required long Bytes { get; init; }

    /// <summary>Whether they can be had.</summary>
    public required bool Available { get; init; }

    /// <summary>When they were removed, since nothing needed them; null: they were not.</summary>
    public DateTimeOffset? CollectedAt { get; init; }

    /// <summary>The releases that it belongs to, newest first.</summary>
    public required IReadOnlyList<NamedRelease> Releases { get; init; }

    /// <summary>Runs that made it.</summary>
    public required IReadOnlyList<string> Runs { get; init; }

    /// <summary>Lanes in which it is stable now, as <c>service/environment</c>.</summary>
    public required IReadOnlyList<string> RunsIn { get; init; }

    /// <summary>Why it is kept, each as the end of a sentence; empty: nothing keeps it.</summary>
    public required IReadOnlyList<string> KeptBecause { get; init; }
}

public sealed record NamedRelease(string Service, string Version);

/// <summary>What a run left.</summary>
public sealed record RunArtifactsView
{
    public required string Run { get; init; }
    public required IReadOnlyList<RunArtifactView> Artifacts { get; init; }

    /// <summary>When its logs were removed; null: they were not.</summary>
    public DateTimeOffset? LogsCollectedAt { get; init; }
}

public sealed record RunArtifactView
{
    /// <summary>Whose outputs they are; null: it is the artifact of the release that the run made.</summary>
    public string? Job { get; init; }
    public int? Attempt { get; init; }

    /// <summary>As <c>service@version</c>; null: outputs of a job.</summary>
    public string? Release { get; init; }

    /// <summary><c>sha256:…</c>.</summary>
    public required string Digest { get; init; }

    /// <summary>Null: they are gone, and nobody recorded how many they were.</summary>
    public long? Bytes { get; init; }
    public required bool Available { get; init; }
    public DateTimeOffset? CollectedAt { get; init; }
}

public sealed record CollectArtifacts
{
    /// <summary>Only say what would go.</summary>
    public bool DryRun { get; init; }
}

/// <summary>What was removed, or would be.</summary>
public sealed record CollectionView
{
    public required bool DryRun { get; init; }
    public required IReadOnlyList<CollectedView> Gone { get; init; }

    /// <summary>Of all that went.</summary>
    public required long Bytes { get; init; }

    /// <summary>Artifacts of releases that stay.</summary>
    public required int Kept { get; init; }

    /// <summary>Of all stored bytes that stay.</summary>
    public required long KeptBytes { get; init; }
}

public enum CollectedKindView { Artifact, Outputs, Logs, Leftover }

public sealed record CollectedView
{
    public required CollectedKindView Kind { get; init; }

    /// <summary>Null for logs.</summary>
    public string? Digest { get; init; }
    public required IReadOnlyList<NamedRelease> Releases { get; init; }
    public string? Service { get; init; }
    public string? Run { get; init; }
    public required long Bytes { get; init; }
    public required string Why { get; init; }
}
