using Slipway.Core.Kernel;
using Slipway.Core.Releases;

namespace Slipway.Core.Rollouts;

/// <param name="Passed">Null: it is asked, or will be asked again.</param>
/// <param name="Detail">What the last try came to; null: none has ended.</param>
public sealed record VerificationRecord(string Name, bool? Passed, string? Detail, DateTimeOffset? At, string AttemptId)
{
    /// <summary>How often it was asked, and since when. A state of an earlier version does not say: once.</summary>
    public int Tries { get; init => field = Math.Max(1, value); } = 1;
    public DateTimeOffset? Since { get; init; }

    /// <summary>When it is asked again; null: it is being asked, or is over.</summary>
    public DateTimeOffset? AgainAt { get; init; }

    /// <summary>The command that asks, or asked last; its log has this name too. Null: it is none.</summary>
    public string? Command { get; init; }
}

public sealed record VerificationFinished(string AttemptId, string Name, bool? Passed, string Detail) : RolloutEvent;

/// <summary>Runs one verification against the new version's preview address. Answered by <see cref="VerificationFinished"/>.</summary>
public sealed record RunVerification : AttemptEffect
{
    public required LaneId Lane { get; init; }
    public required string VersionSet { get; init; }
    public required string Version { get; init; }
    public required VerificationSpec Verification { get; init; }

    /// <summary>How long this try may take; null: as long as the verification.</summary>
    public TimeSpan? Timeout { get; init; }
}
