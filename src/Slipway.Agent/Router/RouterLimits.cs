namespace Slipway.Agent.Router;

/// <summary>The router's times and bounds, in one place. SweepPeriod is well below any useful request timeout; FirstTakeOut ≤ LongestTakeOut.</summary>
internal static class RouterLimits
{
    /// <summary>How often requests under way are looked over for those past their timeout.</summary>
    public static readonly TimeSpan SweepPeriod = TimeSpan.FromMilliseconds(50);

    /// <summary>How often version sets that nobody asks for any more, ports not yet got and closed endpoints are looked after.</summary>
    public static readonly TimeSpan UpkeepPeriod = TimeSpan.FromSeconds(1);

    /// <summary>A loopback connect that takes longer is a failed one: the instance's backlog is full.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    /// <summary>An endpoint that refused a connection is left alone this long; twice as long each time it refuses again.</summary>
    public static readonly TimeSpan FirstTakeOut = TimeSpan.FromMilliseconds(200);
    public static readonly TimeSpan LongestTakeOut = TimeSpan.FromSeconds(5);

    /// <summary>Totals of a version set that is no longer configured are told this much longer.</summary>
    public static readonly TimeSpan RetiredTotals = TimeSpan.FromMinutes(10);

    /// <summary>Largest configuration taken by the admin port.</summary>
    public const int MaxConfigurationBytes = 64 * 1024 * 1024;
    public const int MaxLanes = 20_000;

    /// <summary>Marks of a lane: every request of it is looked at for each until one matches.</summary>
    public const int MaxMarks = 100;

    /// <summary>Copies of a lane's requests under way; above it they are left out.</summary>
    public const int MaxCopies = 100;

    /// <summary>Sessions remembered of a lane (some 10 MB); above it those seen first are forgotten.</summary>
    public const int MaxSessions = 160_000;

    /// <summary>How long a session's cookie may last; browsers keep none for longer.</summary>
    public static readonly TimeSpan LongestSession = TimeSpan.FromDays(400);
    public static readonly TimeSpan LongestRequestTimeout = TimeSpan.FromHours(1);
}
