namespace Slipway.Client.Api;

public enum RolloutStateView { Running, Paused, Verifying, Watching, Succeeded, RollingBack, RolledBack, Aborted, NeedsAttention }

/// <summary><see cref="Stopped"/>: the rollout was ended in the middle of it, by a person or for another one; nothing was found against it.</summary>
public enum StepStateView { Pending, Current, Done, Skipped, Failed, Stopped }

public enum VerdictView { Passed, Failed, Inconclusive }

public sealed record RolloutView
{
    /// <summary>The same as its promotion's.</summary>
    public required string Id { get; init; }
    public required string Service { get; init; }
    public required string Environment { get; init; }
    public required string Version { get; init; }

    /// <summary>Stable when it began; null: the first release in the lane.</summary>
    public string? FromVersion { get; init; }
    public required PromotionKindView Kind { get; init; }
    public required RolloutStateView State { get; init; }
    public required string Strategy { get; init; }

    /// <summary>Of a rollback, in words: why it goes at once, or by steps; null: it is none.</summary>
    public string? WhyThisWay { get; init; }

    /// <summary>It serves no requests (<c>traffic: none</c>): weights are shares of the instances.</summary>
    public bool Worker { get; init; }

    /// <summary>One sentence: what it does now and until when, or how it ended and why.</summary>
    public required string Reason { get; init; }

    /// <summary>When the wait that <see cref="Reason"/> speaks of ends by itself.</summary>
    public DateTimeOffset? Until { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public required IReadOnlyList<RolloutStepView> Steps { get; init; }

    /// <summary>The number of the step at which it is, from 1; null: it has ended.</summary>
    public int? Step { get; init; }

    /// <summary>How the traffic is divided; empty while that is not the same in all <see cref="Rings"/>, of which each says it of itself.</summary>
    public required IReadOnlyList<WeightView> Weights { get; init; }

    /// <summary>The groups of targets that the new version comes to one after the other; none: it comes to all together.</summary>
    public IReadOnlyList<RingView> Rings { get; init; } = [];
    public required IReadOnlyList<InstanceView> Instances { get; init; }
    public required IReadOnlyList<VerificationView> Verifications { get; init; }

    /// <summary>What others were asked or told last at points of the rollout, of each step by itself.</summary>
    public required IReadOnlyList<RolloutHookView> Hooks { get; init; }

    /// <summary>Where the new version answers apart from users' requests, and its own port there; null: it does not now.</summary>
    public string? PreviewUrl { get; init; }
    public int? PreviewPort { get; init; }

    /// <summary>Marks of requests that go to the new version whatever the weights are, in words: <c>header X-Beta = yes</c>.</summary>
    public required IReadOnlyList<string> Routes { get; init; }

    /// <summary>Percent of requests that are copied to the new version.</summary>
    public required int Mirror { get; init; }

    /// <summary>What came of the copies that the routers have counted lately; null: they have counted none in the last three minutes, or the rollout has ended.</summary>
    public CopiesView? Copies { get; init; }

    /// <summary>Of the step that waits for approvals; null: none does.</summary>
    public ApprovalsView? Approvals { get; init; }

    /// <summary>The latest judgement, of a rollout by rings that of the ring that was judged last; null while there is none.</summary>
    public AnalysisSummary? Analysis { get; init; }

    /// <summary>What may be done now: <c>pause</c>, <c>resume</c>, <c>skip</c>, <c>abort</c>, <c>retry</c>; and <c>approve</c>, by <c>/approvals</c>.</summary>
    public required IReadOnlyList<string> Actions { get; init; }

    /// <summary>What each of <see cref="Actions"/> would do now, in words, by action.</summary>
    public IReadOnlyDictionary<string, string> ActionsInWords { get; init; } = new Dictionary<string, string>();
}

/// <param name="Requests">Copies that were sent to the new version. Nobody got their answers, and they are in no comparison.</param>
/// <param name="Failed">Those of them that it answered with 5xx, or not at all.</param>
/// <param name="Since">The first second that these are of: the routers' last three minutes are known.</param>
public sealed record CopiesView(long Requests, long Failed, DateTimeOffset Since);

/// <param name="Target">Labels of its agents.</param>
/// <param name="Instances">Wanted of the new version once it has all of the ring.</param>
/// <param name="Weight">Percent of the ring's traffic on the new version.</param>
public sealed record RingView(string Name, IReadOnlyDictionary<string, string> Target, int Instances, RingStateView State, int Weight)
{
    /// <summary>How the ring's traffic is divided.</summary>
    public IReadOnlyList<WeightView> Weights { get; init; } = [];
}

/// <summary>A ring in few words.</summary>
/// <param name="Weight">Percent of the ring's traffic on the new version.</param>
public sealed record RingShare(string Name, RingStateView State, int Weight);

/// <summary><c>returned</c>: given back to the version before; <c>failed</c>: it keeps its traffic as it is until somebody decides.</summary>
public enum RingStateView { Pending, Current, Done, Returned, Failed }

public sealed record RolloutStepView
{
    /// <summary><c>start</c> (instances come up), <c>verify</c>, <c>weight</c>, <c>batch</c>, <c>instances</c>, <c>route</c>, <c>mirror</c>, <c>analyze</c>, <c>pause</c>, <c>approve</c>, <c>soak</c> (all of a ring's traffic, judged), <c>full</c> (100 %), <c>watch</c>.</summary>
    public required string Kind { get; init; }
    public int? Weight { get; init; }

    /// <summary>In words a person reads: <c>25 %</c>, <c>analyze 2m</c>.</summary>
    public required string Title { get; init; }
    public required StepStateView State { get; init; }
    public string? Note { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
}

/// <param name="Needed">Persons whose approval is waited for in all.</param>
/// <param name="Excluded">Persons who must not give it: they made the release or asked for its promotion.</param>
public sealed record ApprovalsView(int Needed, IReadOnlyList<StepApprovalView> Given, IReadOnlyList<string> Excluded);

public sealed record StepApprovalView(string By, DateTimeOffset At, string? Why = null);

/// <param name="Arm"><c>stable</c>, <c>canary</c>, <c>baseline</c> (fresh instances of stable to compare with), <c>warm</c>: the version before, kept for a rollback while the new one has all traffic; or <c>replaced</c>: the version before, which is not kept.</param>
public sealed record WeightView(string VersionSet, string Version, string Arm, int Weight);

/// <param name="Verdict">Null: it is asked, or will be asked again; <c>inconclusive</c>: the rollout went another way before its answer.</param>
/// <param name="Log">Where the log of its last try is; null: it is a request, which has none.</param>
/// <param name="Since">When it was asked first at its step; null: a rollout of an earlier version of Slipway, which did not keep it.</param>
/// <param name="AgainAt">When it is asked again; null: it is being asked, or is over.</param>
public sealed record VerificationView(
    string Name, VerdictView? Verdict = null, string? Detail = null, DateTimeOffset? At = null, string? Log = null, DateTimeOffset? Since = null, int Tries = 1, DateTimeOffset? AgainAt = null);

/// <param name="Point"><c>before</c>, <c>beforeStep</c>, <c>afterStep</c>, <c>confirmPromotion</c>, <c>after</c> or <c>onRollback</c>.</param>
/// <param name="Step">What it is about, in words; null: the rollout.</param>
/// <param name="StepNumber">The number of that step, from 1.</param>
/// <param name="Decision"><c>go</c>, <c>stop</c>, <c>failed</c>, or <c>unanswered</c>: the rollout went another way before its answer; null: it is asked, or will be asked again.</param>
/// <param name="At">When it decided.</param>
/// <param name="Log">Where the log of the last question is; null: it is an endpoint, which has none.</param>
/// <param name="Since">When it was asked first at this point.</param>
/// <param name="AgainAt">When it is asked again; null: it is being asked, or is over.</param>
/// <param name="IsTold">It is told and not asked: what it answers changes nothing.</param>
/// <param name="PassedOver">It failed, and the rollout goes on without its answer, as it is written.</param>
public sealed record RolloutHookView(
    string Point, string Name, string? Step = null, string? Decision = null, string? Detail = null, DateTimeOffset? At = null, string? Log = null,
    DateTimeOffset? Since = null, int Tries = 1, DateTimeOffset? AgainAt = null, bool IsTold = false, bool PassedOver = false, int? StepNumber = null);

public sealed record AnalysisSummary
{
    /// <summary>The ring that was judged; null: all targets together.</summary>
    public string? Ring { get; init; }
    public required VerdictView Verdict { get; init; }

    /// <summary><c>guaranteed</c> or <c>estimated</c>.</summary>
    public required string Guarantee { get; init; }

    /// <summary>What the routers' counts count: <c>request</c>, or <c>session</c> where sessions keep their version.</summary>
    public required string Unit { get; init; }

    /// <summary>The second that decided: of the failure, or the last one judged for a pass; null while inconclusive.</summary>
    public DateTimeOffset? DecidedAt { get; init; }
    public required IReadOnlyList<CheckView> Checks { get; init; }
    public required DateTimeOffset At { get; init; }
}

public record CheckView
{
    /// <summary><c>errors</c>, <c>latency p50</c>, <c>latency p95</c>, <c>latency p99</c>, or a measured check's name.</summary>
    public required string Name { get; init; }
    public required VerdictView Verdict { get; init; }

    /// <summary><c>guaranteed</c>: its false-alarm rate follows from the router's own draw; <c>estimated</c>: it rests on more than that.</summary>
    public required string Guarantee { get; init; }

    /// <summary>Shown only: it decides nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Nothing has come to the new version; where nothing can be said of it and this is false, something else is missing, which the text names.</summary>
    public bool NoTraffic { get; init; }

    /// <summary>The last number of a threshold, or the score of a comparison by ranks; null: others, or there is none.</summary>
    public double? Measured { get; init; }

    /// <summary>The second that decided: of the failure, or the last one judged for a pass; null while inconclusive.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>In words: both rates, the ratio with its interval, how certain.</summary>
    public required string Text { get; init; }

    /// <summary>Counts of metric sources may be fractions.</summary>
    public required double CanaryUnits { get; init; }
    public required double CanaryBad { get; init; }
    public required double StableUnits { get; init; }
    public required double StableBad { get; init; }

    /// <summary>Whose counts the stable ones are: <c>stable</c>, or <c>baseline</c> (fresh instances of stable to compare with).</summary>
    public string Against { get; init; } = "stable";

    /// <summary>The most likely ratio of the bad rates and the ends of its interval; null: not known, or no bound.</summary>
    public double? Ratio { get; init; }
    public double? RatioLow { get; init; }
    public double? RatioHigh { get; init; }

    /// <summary>log10 of the evidence E against the version, and of the limit at which it fails.</summary>
    public required double LogEvidence { get; init; }
    public required double LogLimit { get; init; }
    public double? ThresholdMillis { get; init; }
}

/// <summary>The whole judgement of a rollout, for drawing.</summary>
public sealed record AnalysisView
{
    public required string Rollout { get; init; }

    /// <summary>The ring that this is about; null: all targets together.</summary>
    public string? Ring { get; init; }

    /// <summary>When the new version got all of the traffic, if it did: from then on it is compared with what was known of the one before.</summary>
    public DateTimeOffset? FullAt { get; init; }
    public AnalysisSummary? Latest { get; init; }

    /// <summary>At most 600 points, coarser the longer it runs; <see cref="AnalysisPoint.Seconds"/> says how many seconds each covers.</summary>
    public required IReadOnlyList<AnalysisPoint> Points { get; init; }

    /// <summary>What the routers' counts count: <c>request</c>, or <c>session</c> where sessions keep their version.</summary>
    public required string Unit { get; init; }

    /// <summary>How each test came to what it says: up to 100 % of both versions' traffic, and then, in its own part, of the new one's alone.</summary>
    public required IReadOnlyList<CheckHistoryView> Checks { get; init; }
}

public sealed record AnalysisPoint
{
    public required DateTimeOffset At { get; init; }
    public required int Seconds { get; init; }
    public required int CanaryWeight { get; init; }
    public required long CanaryRequests { get; init; }
    public required long CanaryErrors { get; init; }
    public required long StableRequests { get; init; }
    public required long StableErrors { get; init; }

    /// <summary>Those of the requests that had no full answer when they were counted last; they are in no latency.</summary>
    public long CanaryOpen { get; init; }
    public long StableOpen { get; init; }

    /// <summary>Milliseconds; null without requests that were answered.</summary>
    public double? CanaryP95 { get; init; }
    public double? StableP95 { get; init; }
    public double? CanaryP99 { get; init; }
    public double? StableP99 { get; init; }

    /// <summary>log10 E of the <c>errors</c> check at the end of this point.</summary>
    public double? LogEvidence { get; init; }
}

public enum RolloutAction { Pause, Resume, Skip, Abort, Retry }

public sealed record ActOnRollout
{
    public required RolloutAction Action { get; init; }
    public string? Why { get; init; }

    /// <summary>The step that is meant, as its title or its number from 1: refused unless the rollout is at it. Null: the one at which it is.</summary>
    public string? Step { get; init; }
}
