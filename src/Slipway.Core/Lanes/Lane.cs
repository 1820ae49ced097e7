using System.Text.Json.Serialization;
using Slipway.Core.Environments;
using Slipway.Core.Kernel;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Core.Targets;

namespace Slipway.Core.Lanes;

/// <summary>One service in one environment: what is stable, what moves, what waits, what is held, and what is wanted of the targets.</summary>
public sealed record LaneState
{
    public required LaneId Lane { get; init; }

    /// <summary>The second part of the fencing token; rises whenever the owner of intent changes.</summary>
    public required long Counter { get; init; }

    /// <summary>What has the traffic.</summary>
    public LaneRevision? Stable { get; init; }

    /// <summary>The version before, kept without traffic until <see cref="LaneRevision.WarmUntil"/>.</summary>
    public LaneRevision? Warm { get; init; }

    /// <summary>Versions that were taken back, kept without traffic until <see cref="LaneRevision.WarmUntil"/> for somebody to look at.</summary>
    public IReadOnlyList<LaneRevision> Left { get; init => field = value ?? []; } = [];

    /// <summary>What was stable here, newest first, bounded: where a rollback can go, and what soaking looks at.</summary>
    public IReadOnlyList<LaneRevision> History { get; init; } = [];

    /// <summary>The promotion that was let in.</summary>
    public ActivePromotion? Active { get; init; }

    /// <summary>Promotions that wait, oldest first.</summary>
    public IReadOnlyList<QueuedPromotion> Queue { get; init; } = [];
    public IReadOnlyList<Hold> Holds { get; init; } = [];

    /// <summary>Why somebody must look at the lane; null: nobody must.</summary>
    public string? NeedsAttention { get; init; }

    /// <summary>The last weights generation that the lane or its rollouts used.</summary>
    public long TrafficGeneration { get; init; }
}

/// <summary>A revision in the lane, with all that is needed to run it again.</summary>
public sealed record LaneRevision
{
    public required VersionSetSpec Spec { get; init; }
    public required PinnedInputs Inputs { get; init; }
    public required int Count { get; init; }
    public required DateTimeOffset Since { get; init; }

    /// <summary>When it completed its watch period; null: not yet.</summary>
    public DateTimeOffset? WellAt { get; init; }
    public DateTimeOffset? WarmUntil { get; init; }

    /// <summary>When another version took its place; null: none has, or it was before that was noted.</summary>
    public DateTimeOffset? ReplacedAt { get; init; }

    /// <summary>Its instances are divided among the same groups of targets as another's.</summary>
    public bool IsPlacedAs(PinnedInputs other)
    {
        var (own, others) = (Inputs.Rings, other.Rings);
        return own.Count == others.Count && own.Zip(others).All(pair => pair.First.IsSameGroup(pair.Second));
    }
}

/// <param name="By">Who asked for it; null: Slipway.</param>
/// <param name="Why">In that one's words; null: none were given.</param>
public sealed record ActivePromotion(string Id, string Version, PromotionKind Kind, ActiveStage Stage, string? By = null, string? Why = null);

public enum ActiveStage
{
    Admitted,
    RollingOut,

    /// <summary>At 100 % and watched; a newer promotion may take over.</summary>
    Watching,
}

/// <param name="Ready">All its gates are open.</param>
/// <param name="Concurrency">The environment's rule when it was asked for.</param>
/// <param name="By">Who asked for it; null: Slipway.</param>
/// <param name="Why">In that one's words; null: none were given.</param>
public sealed record QueuedPromotion(string Id, string Version, PromotionKind Kind, bool Ready, LaneConcurrency Concurrency, bool Preempt, string? By = null, string? Why = null);

/// <param name="Version">Null: the whole lane.</param>
public sealed record Hold(string Id, string? Version, string Why, string By, DateTimeOffset At)
{
    /// <summary>Of the hold that a promotion's end places.</summary>
    public static string IdOf(string promotion) => $"hold-{promotion}";

    /// <summary>The commands that bring a version into a lane in spite of what holds it.</summary>
    public static string WayPast(IEnumerable<string> holds, LaneId lane, string version) =>
        $"{string.Join("; ", holds.Select(hold => $"slipway hold lift {hold}"))}; then slipway promote {lane.Service}@{version} --to {lane.Environment}";
}

/// <summary>What a lane hands to the promotion that it lets in.</summary>
public sealed record Admission
{
    public required FencingToken Token { get; init; }

    /// <summary>Null: the first release in the lane.</summary>
    public LaneRevision? Stable { get; init; }

    /// <summary>Rises from here with each change of weights.</summary>
    public required long TrafficGeneration { get; init; }

    /// <summary>Of a rollback: the version's instances are still there; and when another one took its place, if that is known.</summary>
    public bool IsWarm { get; init; }
    public DateTimeOffset? StableUntil { get; init; }
}

[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(PromotionQueued), "promotionQueued")]
[JsonDerivedType(typeof(PromotionReadiness), "promotionReadiness")]
[JsonDerivedType(typeof(PromotionWithdrawn), "promotionWithdrawn")]
[JsonDerivedType(typeof(PromotionSteppedBack), "promotionSteppedBack")]
[JsonDerivedType(typeof(RolloutBegan), "rolloutBegan")]
[JsonDerivedType(typeof(RolloutReachedFull), "rolloutReachedFull")]
[JsonDerivedType(typeof(LaneRolloutEnded), "rolloutEnded")]
[JsonDerivedType(typeof(HoldPlaced), "holdPlaced")]
[JsonDerivedType(typeof(HoldLifted), "holdLifted")]
[JsonDerivedType(typeof(TargetsChanged), "targetsChanged")]
[JsonDerivedType(typeof(LaneTimeCame), "timeCame")]
public abstract record LaneEvent;

public sealed record PromotionQueued(QueuedPromotion Promotion) : LaneEvent;

/// <summary>All its gates are open (or, with <paramref name="Ready"/> false, no longer).</summary>
public sealed record PromotionReadiness(string Id, bool Ready) : LaneEvent;

/// <summary>It ended without a rollout, or steps back from the door.</summary>
public sealed record PromotionWithdrawn(string Id) : LaneEvent;

/// <summary>It was let in, but a gate has shut in between: it waits again.</summary>
public sealed record PromotionSteppedBack(string Id) : LaneEvent;

public sealed record RolloutBegan(string Id) : LaneEvent;

/// <summary>The new revision has all traffic: it is the lane's stable now.</summary>
public sealed record RolloutReachedFull(string Id, LaneRevision Stable, long TrafficGeneration) : LaneEvent;

/// <summary>A rollout is over and the lane owns the intent again.</summary>
/// <param name="Automatic">No person asked for the end, and it was the version that failed: it is then held back.</param>
/// <param name="FullAt">When the new version got all traffic; null: it never did.</param>
/// <param name="Unwatched">It gave way to the next before its watch was over: nothing speaks against the version, and it is not proven well.</param>
public sealed record LaneRolloutEnded(
    string Id, RolloutOutcome Outcome, string Reason, bool Automatic, VersionSetSpec Tried, long TrafficGeneration, TimeSpan KeepWarm, DateTimeOffset? FullAt, bool Unwatched = false) : LaneEvent
{
    /// <summary>How the version had failed when a person, or another version, ended its rollout; null: nothing was found against it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Failure { get; init; }

    /// <summary>Instances of stable that it was compared with; null: there were none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VersionSetSpec? Baseline { get; init; }

    /// <summary>What was tried, when its instances stay for a while; null: they are gone.</summary>
    public LaneRevision? Left { get; init; }
}

public sealed record HoldPlaced(Hold Hold) : LaneEvent;

public sealed record HoldLifted(string Id, string By) : LaneEvent;

/// <summary>Agents came or went: say again what is wanted.</summary>
public sealed record TargetsChanged : LaneEvent;

public sealed record LaneTimeCame : LaneEvent;
