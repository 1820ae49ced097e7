using System.Text.Json.Serialization;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Core.Promotions;
using Slipway.Core.Targets;
using Slipway.Core.Traffic;

namespace Slipway.Core.Rollouts;

/// <summary>How a rollout ended.</summary>
public enum RolloutOutcome
{
    Succeeded,

    /// <summary>Taken back by a verdict or a failure; traffic is on stable.</summary>
    RolledBack,

    /// <summary>Stopped by a person or a newer promotion; traffic is on stable.</summary>
    Aborted,

    /// <summary>It could not be brought to a known-good end: somebody must look.</summary>
    NeedsAttention,
}

public enum RolloutPhase
{
    Running,
    Verifying,
    Paused,
    Watching,
    RollingBack,
    Succeeded,
    RolledBack,
    Aborted,
    NeedsAttention,
}

/// <summary>Why a rollout goes back, and to what kind of end.</summary>
/// <param name="RingOnly">Only the ring that failed goes back; the rollout waits for a person then.</param>
/// <param name="ForWantOfPlace">No agent took the new instances, or stable's were all down with them: that says nothing about the version.</param>
/// <param name="ByHook">Somebody who was asked did not say go: nothing was found against the version.</param>
/// <param name="Failure">Of an abort: how the version had failed before; null: nothing was found against it.</param>
public sealed record GoingBack(
    RolloutOutcome Towards, string Because, DateTimeOffset Since, string Actor, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool ForWantOfPlace = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool RingOnly = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Failure = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool ByHook = false);

/// <summary>Why a rollout is paused.</summary>
/// <param name="ByStep">A <c>pause</c> step; ends by itself at the step's end.</param>
/// <param name="Failed">A failure that waits for a person (<c>onFailure: pause</c> or <c>hold</c>).</param>
/// <param name="RingIsBack">The ring that failed has been given back to stable: to retry is to begin it anew.</param>
/// <param name="Failure">How the version failed; null: it did not, or what failed says nothing about it.</param>
/// <param name="By">Who paused it; null: nobody, it paused by itself.</param>
/// <param name="Still">What of <paramref name="Because"/> is true whatever is found later; null: all of it.</param>
public sealed record Pausing(
    string Because, DateTimeOffset Since, bool ByStep, bool Failed, RolloutPhase Resume, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool RingIsBack = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Failure = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? By = null, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Still = null);

/// <summary>A ring that the new version has gone through.</summary>
/// <param name="StableCount">Instances of stable that are wanted there; null: as many as there were.</param>
/// <param name="Returned">On the way back: its traffic is stable's again.</param>
/// <param name="TrafficSince">Since when the new version has had traffic there, and all of it.</param>
/// <param name="Analysis">What was said of it last.</param>
public sealed record RingDone(int? StableCount, bool Returned, DateTimeOffset? TrafficSince, DateTimeOffset? FullAt, JudgeAnswer? Analysis);

/// <summary>That instances of a version set ceased to be healthy.</summary>
/// <param name="Times">One of them, none of the times long after the one before.</param>
/// <param name="Why">The last time, in words; null: not known.</param>
public sealed record Lapsing(int Times, DateTimeOffset Last, string? Why);

public sealed record RolloutState
{
    public required string Id { get; init; }
    public required LaneId Lane { get; init; }
    public required PromotionKind Kind { get; init; }
    public required PinnedInputs Inputs { get; init; }

    /// <summary>What has the traffic when it begins; null: the first release in the lane.</summary>
    public LaneRevision? Stable { get; init; }
    public required FencingToken Token { get; init; }
    public required RolloutPhase Phase { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required IReadOnlyList<PlanStep> Plan { get; init; }

    /// <summary>Of a rollback, in words: why it goes at once, or by steps. Null: it is none, or of an earlier version.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? WhyThisWay { get; init; }

    /// <summary>Index into <see cref="Plan"/>; its length: all done.</summary>
    public required int Step { get; init; }

    /// <summary>One per step begun.</summary>
    public required IReadOnlyList<StepRecord> Records { get; init; }

    /// <summary>The ring whose turn it is, as an index into the definition's; null: all targets together. Count, weight, marks, copies, health and judgement are those of it alone.</summary>
    public int? Ring { get; init; }

    /// <summary>The rings before it, in order.</summary>
    public IReadOnlyList<RingDone> RingsDone { get; init => field = value ?? []; } = [];

    /// <summary>What is wanted now.</summary>
    public required int Count { get; init; }
    public int Attempt { get; init; }

    /// <summary>The attempt under which <see cref="Count"/> was last asked for; −1: not yet.</summary>
    public int EnsuredAttempt { get; init; } = -1;
    public required int Weight { get; init; }
    public required long TrafficGeneration { get; init; }

    /// <summary>What it began with: until then nothing was asked of the routers. Null: a state of an earlier version.</summary>
    public long? FirstGeneration { get; init; }

    /// <summary>While batches are exchanged: new instances that have their share of the traffic.</summary>
    public int Serving { get; init; }

    /// <summary>Instances of stable that are wanted now; null: as many as there were.</summary>
    public int? StableCount { get; init; }

    /// <summary>Instances of the baseline arm that are wanted now.</summary>
    public int BaselineCount { get; init; }

    /// <summary>There were some at some time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HadBaseline { get; init; }

    /// <summary>The workers beside the new version; null: none have been asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WorkersBeside? Workers { get; init; }

    /// <summary>Marks of requests that go to the new version, and the percent that is copied to it.</summary>
    public IReadOnlyList<RequestMatch> Route { get; init => field = value ?? []; } = [];
    public int Mirror { get; init; }

    /// <summary>The new version answers at the preview address, where its turn is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Preview { get; init; }

    /// <summary>Persons who must not approve a step of it.</summary>
    public IReadOnlyList<string> ExcludedPersons { get; init => field = value ?? []; } = [];

    /// <summary>Approvals of the current step.</summary>
    public IReadOnlyList<StepApproval> Approvals { get; init => field = value ?? []; } = [];

    /// <summary>Since when all the new instances that are wanted have been healthy without a break; null: they are not.</summary>
    public DateTimeOffset? HealthySince { get; init; }

    /// <summary>The most new instances that were healthy at once, and when a batch last became better.</summary>
    public int MostHealthy { get; init; }
    public DateTimeOffset? ProgressAt { get; init; }

    /// <summary>Since when the new version has had user traffic: what the judge looks at begins here.</summary>
    public DateTimeOffset? TrafficSince { get; init; }
    public DateTimeOffset? FullAt { get; init; }

    /// <summary>Since when no new instance is healthy though some should be; null: one is.</summary>
    public DateTimeOffset? DownSince { get; init; }
    public TargetsSeen Seen { get; init; } = new();

    /// <summary>Version sets of which an instance has ceased to be healthy since the rollout, or its last try, began; null: none has.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, Lapsing>? Lapses { get; init; }

    /// <summary>Since when all of the new version's instances have been healthy after that; null: they are not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? WellAgainSince { get; init; }
    public IReadOnlyList<VerificationRecord> Verifications { get; init; } = [];

    /// <summary>What each hook was asked last at each point, of each step by itself.</summary>
    public IReadOnlyList<HookRecord> Hooks { get; init => field = value ?? []; } = [];

    /// <summary>The current step has not begun: hooks are asked before.</summary>
    public bool AtHook { get; init; }
    public JudgeAnswer? Analysis { get; init; }

    /// <summary>When the judge was asked last.</summary>
    public DateTimeOffset? JudgeAskedAt { get; init; }
    public Pausing? Paused { get; init; }
    public GoingBack? Back { get; init; }

    /// <summary>In words: what it does now, or how it ended.</summary>
    public required string Reason { get; init; }

    /// <summary>When the wait that <see cref="Reason"/> speaks of ends by itself.</summary>
    public DateTimeOffset? Until { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    public bool HasEnded => Phase >= RolloutPhase.Succeeded;

    /// <summary>How long the version before stays without traffic; what somebody has rolled back from does not.</summary>
    [JsonIgnore]
    public TimeSpan KeepWarm => Kind == PromotionKind.Rollback ? TimeSpan.Zero : Inputs.Definition.Rollout.KeepWarm;

    /// <summary>Users' requests, or copies of them, reach the new version where its turn is.</summary>
    [JsonIgnore]
    public bool IsExposedHere => Weight > 0 || Route.Count > 0 || Mirror > 0;

    /// <summary>Likewise, anywhere.</summary>
    [JsonIgnore]
    public bool IsExposed => IsExposedHere || (Ring is not null && RingsDone.Any(ring => !ring.Returned));

    /// <summary>Instances of stable that ended for new ones to take their place. None on the way back, where all of stable's are wanted again.</summary>
    [JsonIgnore]
    public int Replaced
    {
        get
        {
            if (Stable is not { } stable || HasEnded)
            {
                return 0;
            }

            var before = Ring is null ? [] : RingsDone.Select((done, ring) => done.StableCount is { } left ? stable.Inputs.Rings[ring].Count - left : 0);
            return before.Sum() + (StableCount is { } kept ? (Ring is { } here ? stable.Inputs.Rings[here].Count : stable.Count) - kept : 0);
        }
    }

    public PlanStep? Current => Step < Plan.Count ? Plan[Step] : null;

    /// <summary>As it was judged last: the ring whose turn it is, all targets together, or the last ring before where nothing has been judged since.</summary>
    [JsonIgnore]
    public RolloutState WhereJudged =>
        RingsDone.Count > 0 && (Ring is null ? !Plan.Any(step => step is { Kind: PlanStepKind.Watch, SkippedBecause: null }) : TrafficSince is null) ? AsOf(RingsDone.Count - 1) : this;

    /// <summary>As it is in a ring, or was when that was done; with no traffic where it has not come.</summary>
    /// <param name="ring">Index.</param>
    public RolloutState AsOf(int ring) =>
        ring == Ring ? this
        : ring < RingsDone.Count && RingsDone[ring] is var done ? this with { Ring = ring, Weight = 100, TrafficSince = done.TrafficSince, FullAt = done.FullAt, Analysis = done.Analysis }
        : this with { Ring = ring, Weight = 0, TrafficSince = null, FullAt = null, Analysis = null };
}
