namespace Slipway.Client.Api;

public enum PromotionStateView { Waiting, Approved, RollingOut, Succeeded, Failed, RolledBack, Aborted, Superseded, Rejected, Cancelled }

public enum PromotionKindView { Promotion, Rollback }

public enum GateStateView { Open, Waiting, Closed }

public sealed record PromotionView
{
    public required string Id { get; init; }
    public required string Service { get; init; }
    public required string Environment { get; init; }
    public required string Version { get; init; }
    public required PromotionKindView Kind { get; init; }
    public required PromotionStateView State { get; init; }

    /// <summary>In words: what it waits for, or how and why it ended.</summary>
    public string? Reason { get; init; }

    /// <summary>Who has the lane while it waits for that with all its gates open; null: it does not.</summary>
    public WaitsForView? WaitsFor { get; init; }
    public required string RequestedBy { get; init; }
    public required DateTimeOffset RequestedAt { get; init; }
    public string? Why { get; init; }

    /// <summary>In the order in which they are asked: hold, soak, freeze, approval.</summary>
    public required IReadOnlyList<GateView> Gates { get; init; }
    public required IReadOnlyList<ApprovalView> Approvals { get; init; }

    /// <summary>Hash over release, definition, configuration and targets: what an approval approves.</summary>
    public required string InputsHash { get; init; }

    /// <summary>The version that is stable in the lane while this one waits or rolls out.</summary>
    public string? FromVersion { get; init; }

    /// <summary>Its rollout (same id), once there is one.</summary>
    public string? Rollout { get; init; }
    public string? SupersededBy { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What the asking identity may do now: <c>approve</c>, <c>reject</c>, <c>cancel</c>.</summary>
    public required IReadOnlyList<string> Actions { get; init; }

    /// <summary>Why an action that one would expect is not among <see cref="Actions"/> (such as: you made the release), by action.</summary>
    public IReadOnlyDictionary<string, string>? ActionsRefused { get; init; }
}

/// <summary>The promotion that has the lane, or comes to it first.</summary>
/// <param name="Which">What it does, as the end of a sentence: <c>is paused: ...</c>.</param>
/// <param name="NeedsPerson">It does not go on by itself.</param>
/// <param name="NextStep">What a person can do about it; null: nothing need be done.</param>
public sealed record WaitsForView(string Id, string Version, string Which, bool NeedsPerson, string? NextStep = null);

public sealed record GateView
{
    public required string Name { get; init; }
    public required GateStateView State { get; init; }
    public required string Why { get; init; }

    /// <summary>When it is asked again by itself, or when the wait ends.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Who or what can open it.</summary>
    public string? OpenedBy { get; init; }
}

public sealed record ApprovalView(string By, DateTimeOffset At, bool Approved, string? Why = null);

public sealed record StartPromotion
{
    public required string Service { get; init; }
    public required string Environment { get; init; }

    /// <summary>Null: the newest release.</summary>
    public string? Version { get; init; }
    public string? Why { get; init; }
}

public enum ApprovalDecision { Approve, Reject }

public sealed record DecideApproval
{
    public required ApprovalDecision Decision { get; init; }
    public string? Why { get; init; }

    /// <summary>The inputs that the person saw; refused (409) if the promotion's are others. Null: whatever they are.</summary>
    public string? InputsHash { get; init; }
}

public sealed record StartRollback
{
    public required string Service { get; init; }
    public required string Environment { get; init; }

    /// <summary>Null: the last version that completed its watch there.</summary>
    public string? To { get; init; }

    /// <summary><c>current</c>: with today's configuration instead of the one it had.</summary>
    public string? Config { get; init; }
    public string? Why { get; init; }
}
