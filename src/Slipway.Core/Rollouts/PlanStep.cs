using Slipway.Core.Traffic;

namespace Slipway.Core.Rollouts;

public enum PlanStepKind { Start, Verify, Weight, Analyze, Pause, Full, Watch, Batch, Instances, Route, Mirror, Approve, Soak }

/// <summary>One step of a rollout as it will be carried out.</summary>
public sealed record PlanStep
{
    public required PlanStepKind Kind { get; init; }
    public required string Title { get; init; }

    /// <summary>The ring that it is about, as an index into the definition's; null: all targets.</summary>
    public int? Ring { get; init; }

    /// <summary>Percent of traffic on the new version from this step on.</summary>
    public int Weight { get; init; }

    /// <summary>Instances of the new version that this step needs.</summary>
    public int Count { get; init; }

    /// <summary>Instances of the version before that stay after this step; null: as many as there are.</summary>
    public int? StableCount { get; init; }
    public TimeSpan? Duration { get; init; }
    public TimeSpan? Deadline { get; init; }

    /// <summary>Marks of requests that go to the new version from this step on.</summary>
    public IReadOnlyList<RequestMatch>? Route { get; init; }

    /// <summary>Percent of requests that are copied to the new version from this step on.</summary>
    public int? Mirror { get; init; }

    /// <summary>Names of what is verified; null: all of the definition.</summary>
    public IReadOnlyList<string>? Verifications { get; init; }

    /// <summary>Persons whose approval is waited for.</summary>
    public int Approvals { get; init; }

    /// <summary>Why it will not be carried out (no traffic here, first release); null: it will.</summary>
    public string? SkippedBecause { get; init; }
}
