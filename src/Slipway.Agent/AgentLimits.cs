namespace Slipway.Agent;

/// <summary>
/// Every timeout and bound of the agent. What must hold between them: <see cref="ReportSpacing"/> &lt; <see cref="ReportEvery"/>; <see cref="KeepAliveTimeout"/> &gt;
/// <see cref="KeepAliveInterval"/>; <see cref="RouterLeave"/> &gt; the longest restart of a router (<see cref="RouterStart"/>), or an instance would be stopped
/// while a restarted router still sends it requests.
/// </summary>
internal static class AgentLimits
{
    public static readonly TimeSpan Connect = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan Welcome = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan KeepAliveTimeout = TimeSpan.FromSeconds(20);
    public static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan ReportSpacing = TimeSpan.FromMilliseconds(20);

    /// <summary>An instance's process is looked at this often when it is not a child of this agent.</summary>
    public static readonly TimeSpan AdoptedPoll = TimeSpan.FromMilliseconds(200);

    /// <summary>Before it is healthy, an instance is probed this often during <see cref="EagerProbing"/>; then as its definition says.</summary>
    public static readonly TimeSpan EagerProbe = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan EagerProbing = TimeSpan.FromSeconds(1);

    /// <summary>During <see cref="EagerProbing"/>, whether anybody listens on an instance's port is looked at this often; if so, it is probed at once.</summary>
    public static readonly TimeSpan ListenLook = TimeSpan.FromMilliseconds(10);

    /// <summary>Deaths before an instance was ever healthy, after which it is given up.</summary>
    public const int QuickDeaths = 5;

    /// <summary>Ports tried when strangers take them one after the other.</summary>
    public const int PortAttempts = 5;
    public static readonly TimeSpan FirstRestart = TimeSpan.FromMilliseconds(200);
    public static readonly TimeSpan LongestRestart = TimeSpan.FromSeconds(30);

    /// <summary>Healthy for so long: the next death counts as the first again.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromSeconds(60);

    /// <summary>Requests under way on an instance that leaves while others of its version set stay.</summary>
    public static readonly TimeSpan LeaveGrace = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan RouterLeave = TimeSpan.FromSeconds(15);
    public static readonly TimeSpan RouterStart = TimeSpan.FromSeconds(10);
    /// <summary>Longer than the router itself waits for requests under way when it is told to stop.</summary>
    public static readonly TimeSpan RouterStop = TimeSpan.FromSeconds(35);
    public static readonly TimeSpan RouterCall = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan RouterPoll = TimeSpan.FromMilliseconds(50);
    public static readonly TimeSpan CountsEvery = TimeSpan.FromSeconds(1);

    /// <summary>After SIGKILL, how long the kernel may take to end the processes.</summary>
    public static readonly TimeSpan Kill = TimeSpan.FromSeconds(5);
    public const long OutputFileBytes = 10 * 1024 * 1024;
    public const int OutputFiles = 3;
    public static readonly TimeSpan OutputCheck = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan StoppedInstanceKept = TimeSpan.FromHours(1);
    public const int StoppedInstancesKept = 100;
    public static readonly TimeSpan ArtifactStall = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan UnusedArtifactKept = TimeSpan.FromHours(24);
    public static readonly TimeSpan Housekeeping = TimeSpan.FromMinutes(1);

    /// <summary>What keeps the agent from its server is said again after so long.</summary>
    public static readonly TimeSpan SameNewsAgain = TimeSpan.FromMinutes(5);
    public const int MaxCount = 1000;

    /// <summary>Fences of resources that are gone; the oldest are forgotten beyond this.</summary>
    public const int RetiredTokens = 5000;

    /// <summary>Likewise of attempts of jobs.</summary>
    public const int RetiredJobs = 2000;

    /// <summary>While there is no sandbox, it is looked for this often: somebody may have installed it.</summary>
    public static readonly TimeSpan SandboxLook = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan SandboxTrial = TimeSpan.FromSeconds(20);

    /// <summary>Of the machine's memory, or its container's: all jobs together. The rest is for the agent, the router, instances and the system.</summary>
    public const double JobsShareOfMemory = 0.8;

    /// <summary>How long a job waits for a server that does not answer, before any of its steps has begun.</summary>
    public static readonly TimeSpan JobPatience = TimeSpan.FromMinutes(2);
    public static readonly TimeSpan GitCall = TimeSpan.FromMinutes(2);
    public static readonly TimeSpan GitFetch = TimeSpan.FromMinutes(15);

    /// <summary>A repository that no job has needed for so long is removed; one with more packs than that is packed anew.</summary>
    public static readonly TimeSpan UnusedSourceKept = TimeSpan.FromDays(7);
    public const int SourcePacks = 30;

    /// <summary>Of all packed states of caches that are kept here, of one, and what they leave free of the disk.</summary>
    public const long CacheBytes = 10L << 30;
    public const long CacheBytesOfOne = 2L << 30;
    public const long CacheSpareBytes = 2L << 30;

    /// <summary>How long a job gives its caches before its first step, and again after its last. Both together stay well below what the server grants a job beyond its timeout.</summary>
    public static readonly TimeSpan CachePatience = TimeSpan.FromMinutes(4);
    public const int CacheKeyFiles = 5000;
    public const int JobCaches = 20;

    /// <summary>
    /// A job's log. What comes behind it is left out, and the step goes on; so a server that is away never holds a step back, and costs no more than this on the disk. The last
    /// part is kept for what the agent itself has to say, and another one for the ends of the steps that were left out, a few lines of each.
    /// </summary>
    public const long LogBytes = 64L << 20;
    public const int LogOwnBytes = 256 * 1024;
    public const int LogEndsBytes = 512 * 1024;
    public const int LogEndBytes = 64 * 1024;

    /// <summary>Of all values that a job's log must not show.</summary>
    public const int MaskBytes = 16 * 1024;

    /// <summary>What a step may write ahead of the agent, and what the agent takes of it at once: with the system's 64 KiB the two would mostly wait for each other.</summary>
    public const int StepPipeBytes = 1 << 20;
    public const int StepReadBytes = 256 * 1024;

    /// <summary>A longer line is cut into several.</summary>
    public const int LogLineBytes = 16 * 1024;

    /// <summary>Of one request; live output waits for <see cref="LogSpacing"/>, so that many small writes become few requests.</summary>
    public const int LogChunkBytes = 1 << 20;
    public static readonly TimeSpan LogSpacing = TimeSpan.FromMilliseconds(50);
    public static readonly TimeSpan LogCall = TimeSpan.FromSeconds(30);

    /// <summary>A step's script or variable; the kernel takes at most 128 KiB in one argument.</summary>
    public const int ArgumentBytes = 120 * 1024;
    public const int EnvironmentBytes = 1 << 20;
    public const int Values = 64;
    public const int ValueBytes = 32 * 1024;

    /// <summary>Reports of one step: files looked at, and bytes of each.</summary>
    public const int ReportFiles = 1000;
    public const long ReportBytes = 64L << 20;

    /// <summary>Of all reports of one try of a step together.</summary>
    public const long AllReportBytes = 256L << 20;

    /// <summary>A server that refuses what was reported of tests is asked so long; then the outcome is told without it.</summary>
    public static readonly TimeSpan TestPatience = TimeSpan.FromSeconds(30);

    /// <summary>Files and folders that are looked through for reports.</summary>
    public const int ReportEntries = 200_000;
}
