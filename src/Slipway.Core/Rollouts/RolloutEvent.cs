using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Core.Promotions;
using Slipway.Core.Targets;

namespace Slipway.Core.Rollouts;

[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(RolloutStarted), "started")]
[JsonDerivedType(typeof(TargetsObserved), "targetsObserved")]
[JsonDerivedType(typeof(VerificationFinished), "verificationFinished")]
[JsonDerivedType(typeof(JudgeAnswered), "judgeAnswered")]
[JsonDerivedType(typeof(HookAnswered), "hookAnswered")]
[JsonDerivedType(typeof(ActionAsked), "actionAsked")]
[JsonDerivedType(typeof(LaneReclaimed), "laneReclaimed")]
[JsonDerivedType(typeof(RolloutTimeCame), "timeCame")]
public abstract record RolloutEvent;

public sealed record RolloutStarted : RolloutEvent
{
    public required LaneId Lane { get; init; }
    public required PromotionKind Kind { get; init; }
    public required PinnedInputs Inputs { get; init; }
    public required Admission Admission { get; init; }
    public required Actor RequestedBy { get; init; }

    /// <summary>Persons who must not approve a step of it.</summary>
    public IReadOnlyList<string> ExcludedPersons { get; init => field = value ?? []; } = [];
}

public sealed record TargetsObserved(TargetsSeen Seen) : RolloutEvent;

/// <param name="Since">The <see cref="AskJudge.Since"/> of the question. Null: one of before it was told.</param>
public sealed record JudgeAnswered(JudgeAnswer Answer, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? Since = null) : RolloutEvent;

public enum RolloutAsk { Pause, Resume, Skip, Abort, Retry, Approve }

/// <summary>A person's action.</summary>
/// <param name="Step">The index of the step that is meant: nothing is done at another. Null: the one at which it is.</param>
public sealed record ActionAsked(RolloutAsk Action, Actor By, string? Why, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Step = null) : RolloutEvent;

/// <summary>The lane takes the intent back: a newer promotion or a rollback comes.</summary>
public sealed record LaneReclaimed(string Why) : RolloutEvent;

public sealed record RolloutTimeCame : RolloutEvent;
