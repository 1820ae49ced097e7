namespace Slipway.Agent.Connection;

/// <summary>Keeps a log readable while something is tried again and again: the same reason is worth a line when it comes up, and then once in a while.</summary>
internal sealed class RetryNotes(TimeProvider time)
{
    private string? _last;
    private long _saidAt;

    public bool IsNews(string why)
    {
        if (why == _last && time.GetElapsedTime(_saidAt) < AgentLimits.SameNewsAgain)
        {
            return false;
        }
        (_last, _saidAt) = (why, time.GetTimestamp());
        return true;
    }

    public void Forget() => _last = null;
}
