using System.Text.Json.Serialization;
using Slipway.Core.Access;
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

/// <summary>How a step went.</summary>
/// <param name="Skipped">Left out, or stopped before its end though nothing had failed.</param>
public sealed record StepRecord(DateTimeOffset StartedAt, DateTimeOffset? EndedAt, bool Skipped, bool Failed, string? Note)
{
    /// <summary>How long it had gone on when somebody resumed it without a verdict: its deadline counts from there.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TimeSpan Resumed { get; init; }

    /// <summary>How much of that was not the analysis' own time: it waited for a person.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TimeSpan Waited { get; init; }

    public static StepRecord Begun(DateTimeOffset at) => new(at, null, Skipped: false, Failed: false, null);
}

public sealed record StepApproval(Actor By, DateTimeOffset At, string? Why);

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

/// <summary>What the judge says now, reduced to what decides and what people see.</summary>
public sealed record JudgeAnswer
{
    public required JudgeVerdict Verdict { get; init; }
    public required string Reason { get; init; }
    public required bool Guaranteed { get; init; }
    public required IReadOnlyList<CheckAnswer> Checks { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>The second that decided: of the failure, or the last one judged for a pass; null while inconclusive.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>The routers' counts are in up to this moment, by their clocks; null: there are none.</summary>
    public DateTimeOffset? CountedUntil { get; init; }
}

public enum JudgeVerdict { Passed, Failed, Inconclusive }

public sealed record CheckAnswer
{
    public required string Name { get; init; }
    public required JudgeVerdict Verdict { get; init; }
    public required string Text { get; init; }

    /// <summary>Counts of metric sources may be fractions.</summary>
    public required double CanaryUnits { get; init; }
    public required double CanaryBad { get; init; }
    public required double StableUnits { get; init; }
    public required double StableBad { get; init; }

    /// <summary>Whose counts the stable ones are: stable's own, or the baseline's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Arm Against { get; init; }
    public double? Ratio { get; init; }
    public double? RatioLow { get; init; }
    public double? RatioHigh { get; init; }
    public required double LogEvidence { get; init; }
    public required double LogLimit { get; init; }
    public double? ThresholdMillis { get; init; }

    /// <summary>As <see cref="JudgeAnswer.DecidedAt"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>Its false-alarm rate is a theorem about the router's draw, not an estimate.</summary>
    public bool Guaranteed { get; init; }

    /// <summary>It decides nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool DryRun { get; init; }

    /// <summary>Nothing has come to the new version.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool NoTraffic { get; init; }

    /// <summary>The last number of a threshold, or the score of a comparison by ranks.</summary>
    public double? Measured { get; init; }
}

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

/// <summary>Asks what the evidence says now. Answered by <see cref="JudgeAnswered"/>, unless it <see cref="HasFailed"/>.</summary>
public sealed record AskJudge : ReconcileEffect
{
    public required string Rollout { get; init; }
    public required LaneId Lane { get; init; }
    public required RolloutSpec Spec { get; init; }
    public required string VersionSet { get; init; }

    /// <summary>What it is compared with: stable's instances, or those of the baseline arm.</summary>
    public required string? StableVersionSet { get; init; }

    /// <summary>What metric sources are told of the two.</summary>
    public string Version { get; init; } = "";
    public string? StableVersion { get; init; }

    /// <summary>The new version has a share of users' requests: the routers' counts say something of it. Else only metric sources do.</summary>
    public bool HasTraffic { get; init; } = true;
    public required DateTimeOffset Since { get; init; }
    public required TimeSpan RequestTimeout { get; init; }

    /// <summary>Set while watching: the new version has had all traffic since then.</summary>
    public DateTimeOffset? FullAt { get; init; }

    /// <summary>Where all rings have the new version: since when the last of them had some of it. What stable was like then is known. Null: there are none.</summary>
    public DateTimeOffset? KnownSince { get; init; }

    /// <summary>Only one ring is judged, by what its own agents' routers count: the last of these, behind those that come before it. Empty: all targets together.</summary>
    public IReadOnlyList<RingPlace> Rings { get; init => field = value ?? []; } = [];

    /// <summary>It has failed, and waits for a person: what is counted from now on is kept to be seen, and judged no more.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HasFailed { get; init; }

    [JsonIgnore]
    public bool InRing => Rings.Count > 0;

    /// <summary>What is judged now: the ring whose turn it is, or all targets together.</summary>
    /// <param name="since">Since when the new version has had traffic.</param>
    public static AskJudge About(RolloutState rollout, DateTimeOffset since) => new()
    {
        Rollout = rollout.Id,
        Lane = rollout.Lane,
        Rings = rollout.Ring is { } ring ? [.. rollout.Inputs.Rings.Take(ring + 1)] : [],
        KnownSince = rollout.Ring is null && rollout.RingsDone.Count > 0 ? rollout.RingsDone[^1].TrafficSince : null,
        Spec = rollout.Inputs.Definition.Rollout.In(rollout.Ring),
        VersionSet = rollout.Inputs.Revision.Id,
        StableVersionSet = rollout.Stable is { } stable ? rollout.Inputs.Definition.Rollout.Baseline ? stable.Spec.AsBaseline.Id : stable.Spec.Id : null,
        Version = rollout.Inputs.Revision.Version,
        StableVersion = rollout.Stable?.Spec.Version,
        HasTraffic = !rollout.Inputs.Revision.Run.IsWorker && (rollout.Weight > 0 || rollout.FullAt is not null),
        Since = since,
        RequestTimeout = rollout.Inputs.Revision.Run.RequestTimeout,
        FullAt = rollout.FullAt,
        HasFailed = rollout.Paused is { Failed: true },
    };
}
