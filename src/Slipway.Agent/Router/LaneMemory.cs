namespace Slipway.Agent.Router;

/// <summary>What the router remembers of a lane from one configuration to the next.</summary>
internal sealed class LaneMemory
{
    private readonly Lock gate = new();
    private SessionMemory? sessions;
    private string? comparison;
    private long forgottenBefore;

    public CopyLimit Copies { get; } = new();

    /// <summary>Sessions remembered now, and those forgotten since the lane is there because there were too many.</summary>
    public (long Remembered, long Forgotten) SessionCounts
    {
        get
        {
            lock (gate)
            {
                return (sessions?.Count ?? 0, forgottenBefore + (sessions?.Forgotten ?? 0));
            }
        }
    }

    /// <summary>The memory of a comparison, new unless it is the one that goes on.</summary>
    public SessionMemory Sessions(string of)
    {
        lock (gate)
        {
            if (sessions is null || comparison != of)
            {
                forgottenBefore += sessions?.Forgotten ?? 0;
                sessions = new SessionMemory(RouterLimits.MaxSessions);
                comparison = of;
            }

            return sessions;
        }
    }

    public void NoSessions()
    {
        lock (gate)
        {
            forgottenBefore += sessions?.Forgotten ?? 0;
            sessions = null;
        }
    }
}
