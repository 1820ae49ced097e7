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
    public static readonly TimeSpan ReportSpacing = TimeSpan.FromMilliseconds(100);

    /// <summary>An instance's process is looked at this often when it is not a child of this agent.</summary>
    public static readonly TimeSpan AdoptedPoll = TimeSpan.FromMilliseconds(200);

    /// <summary>Before it is healthy, an instance is probed this often during <see cref="EagerProbing"/>; then as its definition says.</summary>
    public static readonly TimeSpan EagerProbe = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan EagerProbing = TimeSpan.FromSeconds(1);

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
}
