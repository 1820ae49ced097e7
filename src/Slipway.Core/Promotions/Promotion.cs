using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Environments;
using Slipway.Core.Gates;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Promotions;

public enum PromotionKind { Promotion, Rollback }

/// <summary>Where a promotion stands.</summary>
public enum PromotionPhase
{
    /// <summary>Gates are shut, or the lane is busy.</summary>
    Waiting,

    /// <summary>All gates open; the lane lets it in next.</summary>
    Ready,

    /// <summary>The lane let it in; the gates are asked one last time.</summary>
    Admitted,
    RollingOut,
    Succeeded,
    Failed,
    RolledBack,
    Aborted,
    Superseded,
    Rejected,
    Cancelled,
}

/// <summary>A release's passage into one lane.</summary>
public sealed record PromotionState
{
    public required LaneId Lane { get; init; }
    public required PromotionKind Kind { get; init; }
    public required PinnedInputs Inputs { get; init; }

    /// <summary>Lower-case hex SHA-256 over <see cref="Inputs"/>.</summary>
    public required string InputsHash { get; init; }
    public required Actor RequestedBy { get; init; }
    public required DateTimeOffset RequestedAt { get; init; }
    public string? Why { get; init; }

    /// <summary>Started by Slipway because the environment says <c>promote: auto</c>.</summary>
    public bool Automatic { get; init; }

    /// <summary>Persons who must not approve it: who made the release, who asked for the promotion.</summary>
    public required IReadOnlyList<string> ExcludedPersons { get; init; }
    public required PromotionPhase Phase { get; init; }

    /// <summary>Rises with each asking of the gates; an answer to an older one is dropped.</summary>
    public int Round { get; init; }
    public IReadOnlyList<GateAnswer> Gates { get; init; } = [];
    public IReadOnlyList<Approval> Approvals { get; init; } = [];

    /// <summary>In words: what it waits for, or how it ended.</summary>
    public required string Reason { get; init; }

    /// <summary>Whom it waits for, all its gates being open. No part of the state: whoever shows it finds that out.</summary>
    [JsonIgnore]
    public WaitedFor? WaitsFor { get; init; }

    /// <summary>What the lane handed over when it let it in.</summary>
    public Admission? Admission { get; init; }
    public string? FromVersion { get; init; }
    public string? SupersededBy { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    public string Version => Inputs.Revision.Version;

    public bool HasEnded => Phase >= PromotionPhase.Succeeded;
}

/// <summary>One person's decision, bound to the inputs that it was made on.</summary>
public sealed record Approval(Actor By, DateTimeOffset At, bool Approved, string? Why, string InputsHash);

/// <summary>What a promotion is told.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(PromotionRequested), "requested")]
[JsonDerivedType(typeof(GatesAnswered), "gatesAnswered")]
[JsonDerivedType(typeof(ApprovalDecided), "approvalDecided")]
[JsonDerivedType(typeof(GatesTouched), "gatesTouched")]
[JsonDerivedType(typeof(PromotionCancelled), "cancelled")]
[JsonDerivedType(typeof(PromotionSuperseded), "superseded")]
[JsonDerivedType(typeof(LaneAdmitted), "admitted")]
[JsonDerivedType(typeof(PromotionRolloutEnded), "rolloutEnded")]
[JsonDerivedType(typeof(PromotionTimeCame), "timeCame")]
public abstract record PromotionEvent;

public sealed record PromotionRequested : PromotionEvent
{
    public required LaneId Lane { get; init; }
    public required PromotionKind Kind { get; init; }
    public required PinnedInputs Inputs { get; init; }
    public required string InputsHash { get; init; }
    public required Actor RequestedBy { get; init; }
    public required IReadOnlyList<string> ExcludedPersons { get; init; }
    public string? Why { get; init; }
    public bool Automatic { get; init; }

    /// <summary>How the lane orders what waits, by the environment's rule when it was asked for.</summary>
    public LaneConcurrency Concurrency { get; init; }
    public bool Preempt { get; init; }
}

public sealed record GatesAnswered(int Round, IReadOnlyList<GateAnswer> Answers) : PromotionEvent;

public sealed record ApprovalDecided(Approval Approval) : PromotionEvent;

/// <summary>Something that gates look at has changed (a freeze, a hold, a veto): ask again now.</summary>
public sealed record GatesTouched : PromotionEvent;

public sealed record PromotionCancelled(Actor By, string? Why) : PromotionEvent;

public sealed record PromotionSuperseded(string By, string Version) : PromotionEvent;

public sealed record LaneAdmitted(Admission Admission) : PromotionEvent;

public sealed record PromotionRolloutEnded(RolloutOutcome Outcome, string Reason) : PromotionEvent;

public sealed record PromotionTimeCame : PromotionEvent;

/// <summary>Begins the promotions that follow by themselves once this release is well here. Harmless to repeat: each follows at most once.</summary>
public sealed record PromoteOnwards(LaneId Lane, string Version) : ReconcileEffect;
