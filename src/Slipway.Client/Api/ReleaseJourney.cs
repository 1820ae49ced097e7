namespace Slipway.Client.Api;

/// <summary>A release from its commit to the environments, as far as it came.</summary>
public sealed record ReleaseJourneyView
{
    /// <summary>With its definition.</summary>
    public required ReleaseView Release { get; init; }

    /// <summary>Whether the artifact's bytes can be had.</summary>
    public required bool ArtifactAvailable { get; init; }

    /// <summary>When they were removed, since nothing needed them; null: they were not.</summary>
    public DateTimeOffset? ArtifactCollectedAt { get; init; }

    /// <summary>The run that made it; null: it came by an upload, or its run is not kept any more.</summary>
    public RunView? Run { get; init; }

    /// <summary>The run's tests in numbers, none of them by name; null: its reports told of none.</summary>
    public RunTestsView? Tests { get; init; }

    /// <summary>Promotions of this release and rollbacks to it, newest first; the last ones where there are many.</summary>
    public required IReadOnlyList<PassageView> Passages { get; init; }
}

/// <summary>A promotion with what its rollout came to.</summary>
public sealed record PassageView
{
    public required PromotionView Promotion { get; init; }

    /// <summary>Null: there is none yet, or it never came to one.</summary>
    public PassageRolloutView? Rollout { get; init; }
}

/// <summary>A rollout in few words; <c>GET /rollouts/{id}</c> has it whole.</summary>
public sealed record PassageRolloutView
{
    public required RolloutStateView State { get; init; }
    public required string Strategy { get; init; }

    /// <summary>One sentence: what it does now and until when, or how it ended and why.</summary>
    public required string Reason { get; init; }

    /// <summary>When the wait that <see cref="Reason"/> speaks of ends by itself.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Percent of traffic on the release; null: it is not the same in all <see cref="Rings"/>.</summary>
    public int? Weight { get; init; }

    /// <summary>The groups of targets that the release comes to one after the other; none: it comes to all together.</summary>
    public IReadOnlyList<RingShare> Rings { get; init; } = [];

    /// <summary>The latest judgement; null: there is none.</summary>
    public VerdictView? Verdict { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
}
