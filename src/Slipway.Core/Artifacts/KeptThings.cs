using Slipway.Core.Lanes;
using Slipway.Core.Targets;

namespace Slipway.Core.Artifacts;

/// <summary>Everything that the rule of retention looks at, as it was at one moment.</summary>
public sealed record KeptThings
{
    /// <summary>The store's clock.</summary>
    public required DateTimeOffset At { get; init; }
    public required RetentionPolicy Policy { get; init; }

    /// <summary>Releases of all services, also of those that were removed.</summary>
    public required IReadOnlyList<ReleaseTrace> Releases { get; init; }
    public required IReadOnlyList<LaneState> Lanes { get; init; }

    /// <summary>What agents are to run.</summary>
    public required IReadOnlyList<(string Agent, VersionSetSpec Spec)> Wanted { get; init; }

    /// <summary>Promotions and rollouts that have not ended, with the artifacts that each may need.</summary>
    public required IReadOnlyList<(KeepReason Reason, string Digest)> UnderWay { get; init; }

    /// <summary>When somebody asked for an artifact last, by its digest.</summary>
    public required IReadOnlyDictionary<string, DateTimeOffset> AskedFor { get; init; }

    /// <summary>All runs, in any order.</summary>
    public required IReadOnlyList<RunTrace> Runs { get; init; }
}

/// <summary>What counts of a release here.</summary>
public sealed record ReleaseTrace(string Service, string Version, string Digest, long Bytes, DateTimeOffset CreatedAt)
{
    public override string ToString() => $"{Service}@{Version}";
}

/// <summary>What counts of a run here.</summary>
/// <param name="EndedAt">Null: it goes on.</param>
/// <param name="Release">The version that it made; null: none.</param>
/// <param name="Outputs">Jobs and the digests of what they left.</param>
public sealed record RunTrace(string Run, string Service, DateTimeOffset RequestedAt, DateTimeOffset? EndedAt, string? Release, IReadOnlyList<JobOutputs> Outputs);

/// <param name="Attempt">The attempt that left them.</param>
public sealed record JobOutputs(string Job, int Attempt, string Digest);
