namespace Slipway.Storage.Sqlite;

/// <summary>
/// The store's time, in Unix milliseconds: the wall clock, but it never goes back and never stands still. Where the wall clock was set back, time goes on from where it was by a clock that
/// nobody sets, until the wall clock has caught up: else everything that waits for a time would hang meanwhile.
/// </summary>
/// <param name="seen">What was told before, by whoever had the store then.</param>
internal sealed class StoreClock(TimeProvider time, long seen)
{
    private readonly Lock _gate = new();
    private long _from = seen;
    private long _since = time.GetTimestamp();

    public long Now
    {
        get
        {
            lock (_gate)
            {
                var stamp = time.GetTimestamp();
                var on = _from + (long)time.GetElapsedTime(_since, stamp).TotalMilliseconds;
                var wall = time.GetUtcNow().ToUnixTimeMilliseconds();
                if (wall < on)
                {
                    return on;
                }

                (_from, _since) = (wall, stamp);
                return wall;
            }
        }
    }
}
