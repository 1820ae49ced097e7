namespace Slipway.Agent.Router;

/// <summary>Bounds the copies of one lane that are under way.</summary>
internal sealed class CopyLimit
{
    private int underWay;
    private long leftOut;

    /// <summary>Copies that were not made, because there were too many or no instance to take them.</summary>
    public long LeftOut => Interlocked.Read(ref leftOut);

    /// <summary>False when there are as many as may be.</summary>
    public bool TryBegin()
    {
        if (Interlocked.Increment(ref underWay) <= RouterLimits.MaxCopies)
        {
            return true;
        }

        Interlocked.Decrement(ref underWay);
        return false;
    }

    public void End() => Interlocked.Decrement(ref underWay);

    public void LeaveOut() => Interlocked.Increment(ref leftOut);
}
