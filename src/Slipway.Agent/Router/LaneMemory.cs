namespace Slipway.Agent.Router;

/// <summary>What the router remembers of a lane from one configuration to the next. Changed by configurations, one at a time; read by anybody.</summary>
internal sealed class LaneMemory
{
    private SessionMemory? sessions;
    private string? comparison;
    private long forgottenBefore;

    public CopyLimit Copies { get; } = new();

    /// <summary>Sessions remembered now, and those forgotten since the lane is there because there were too many.</summary>
    public (long Remembered, long Forgotten) SessionCounts => Volatile.Read(ref sessions) is { } now ? (now.Count, Interlocked.Read(ref forgottenBefore) + now.Forgotten) : (0, Interlocked.Read(ref forgottenBefore));

    /// <summary>The memory of a comparison, new unless it is the one that goes on.</summary>
    public SessionMemory Sessions(string of)
    {
        if (sessions is { } now && comparison == of)
        {
            return now;
        }

        NoSessions();
        comparison = of;
        var fresh = new SessionMemory(RouterLimits.MaxSessions);
        Volatile.Write(ref sessions, fresh);
        return fresh;
    }

    public void NoSessions()
    {
        Interlocked.Add(ref forgottenBefore, sessions?.Forgotten ?? 0);
        Volatile.Write(ref sessions, null);
    }
}
