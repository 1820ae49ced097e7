namespace Slipway.Core.Kernel;

/// <summary>Timeouts and bounds of the machines; what must hold between them is said where it matters.</summary>
public static partial class Limits
{
    /// <summary>How often shut gates are asked again when none of them says when.</summary>
    public static readonly TimeSpan GateRecheck = TimeSpan.FromSeconds(30);

    /// <summary>The judge is asked when counts have come, and not sooner after the last time than this.</summary>
    public static readonly TimeSpan JudgeInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// While something is judged, the judge is asked this often though no counts come: what it measures itself goes on, and so does what it knows. Longer than the routers' counts are apart, so that
    /// it is not asked just before they come and then has to wait.
    /// </summary>
    public static readonly TimeSpan JudgeRecheck = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long after the end of an analysis or a watch the routers' counts up to that end are waited for: a server that was away gets them when agents are back. Longer
    /// than agents take to come back, and shorter than what routers keep.
    /// </summary>
    public static readonly TimeSpan CountsPatience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long one of several routers may tell nothing before the judge goes on without it: a bad version is found by what the others count. Much longer than from one reading to the next, since what comes
    /// late for a second that was judged is lost.
    /// </summary>
    public static readonly TimeSpan RouterPatience = TimeSpan.FromSeconds(10);

    /// <summary>What a step may take beyond the health deadline of its instances: fetching the artifact, telling agents, reading weights back.</summary>
    public static readonly TimeSpan StartMargin = TimeSpan.FromMinutes(2);

    /// <summary>How long new weights may take until every router has them.</summary>
    public static readonly TimeSpan ShiftDeadline = TimeSpan.FromSeconds(30);

    /// <summary>A rollback that has not put all traffic on stable by then needs attention. Longer than <see cref="CapacityPatience"/>, <see cref="ShiftDeadline"/> and the leases of a server that died with the way back in hand together.</summary>
    public static readonly TimeSpan RollbackDeadline = TimeSpan.FromSeconds(90);

    /// <summary>A new version whose instances are all unhealthy for this long has failed; while stable is down too, both have the time of a start.</summary>
    public static readonly TimeSpan DownGrace = TimeSpan.FromSeconds(15);

    /// <summary>A new version of which one instance ceases to be healthy so often, each time sooner than <see cref="LapseMemory"/> after the last, has failed.</summary>
    public const int Lapses = 3;

    public static readonly TimeSpan LapseMemory = TimeSpan.FromMinutes(10);

    /// <summary>After that a pause, an analysis or a watch is not over before all instances have been healthy for so long: whether it comes again is not known yet.</summary>
    public static readonly TimeSpan CalmAfterLapse = TimeSpan.FromMinutes(1);

    /// <summary>The most that one request of a verification may take. What a rollout asks for is carried out one after the other: an answer that does not come must not hold up the way back. Shorter than an effect may take.</summary>
    public static readonly TimeSpan VerificationTry = TimeSpan.FromSeconds(30);

    /// <summary>The most that one question to an endpoint may take, for the same reason.</summary>
    public static readonly TimeSpan HookTry = TimeSpan.FromSeconds(10);

    /// <summary>Hooks at one point of a rollout.</summary>
    public const int Hooks = 10;

    /// <summary>A command of a rollout that no agent has taken by then is given up; nothing of it has run.</summary>
    public static readonly TimeSpan CommandPatience = TimeSpan.FromMinutes(10);

    /// <summary>A step that waits is looked at this often even if nothing is reported.</summary>
    public static readonly TimeSpan StepRecheck = TimeSpan.FromSeconds(5);

    /// <summary>What an analysis may be prolonged to when the step does not say: this many times its length.</summary>
    public const int AnalysisDeadlineFactor = 4;

    /// <summary>Steps that a rolling rollout is told in; where there would be more batches, a step has several.</summary>
    public const int BatchSteps = 100;

    /// <summary>While the version that goes is not known to be bad, this long is waited for all of stable's instances before the traffic goes back to some of them.</summary>
    public static readonly TimeSpan CapacityPatience = TimeSpan.FromSeconds(30);

    /// <summary>How many past revisions a lane remembers.</summary>
    public const int LaneHistory = 20;

    /// <summary>Promotions that may wait in one lane.</summary>
    public const int LaneQueue = 50;

    /// <summary>Longest reason (<c>--why</c>) that is kept, in characters.</summary>
    public const int WhyLength = 500;
}
