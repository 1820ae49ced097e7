namespace Slipway.Engine.Tests.Simulation;

/// <summary>
/// A clock that stands still until it is moved. Its timers never fire, unless that is asked for: what the engine waits for in a simulation comes as an event, not as time passing while a thread waits.
/// </summary>
internal sealed class VirtualTime : TimeProvider
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly List<Alarm> alarms = [];

    /// <summary>Time that has passed since the start, as a stopwatch would tell it.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>How far the wall clock is off: jumps change it.</summary>
    public TimeSpan Offset { get; private set; }

    /// <summary>Timers fire, once and in order, while time passes, on the thread that lets it pass.</summary>
    public bool TimersFire { get; init; }

    public override DateTimeOffset GetUtcNow() => Start + Elapsed + Offset;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Elapsed.Ticks;

    public void Pass(TimeSpan time)
    {
        var until = Elapsed + time;
        while (TimersFire && alarms.Where(alarm => alarm.At <= until).MinBy(alarm => alarm.At) is { } next)
        {
            alarms.Remove(next);
            Elapsed = next.At > Elapsed ? next.At : Elapsed;
            next.Ring();
        }

        Elapsed = until;
    }

    public void Jump(TimeSpan by) => Offset += by;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, () => callback(state));
        alarm.Change(dueTime, period);
        return alarm;
    }

    private sealed class Alarm(VirtualTime time, Action ring) : ITimer
    {
        public TimeSpan At { get; private set; }

        public void Ring() => ring();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Dispose();
            if (time.TimersFire && dueTime != Timeout.InfiniteTimeSpan)
            {
                At = time.Elapsed + dueTime;
                time.alarms.Add(this);
            }

            return true;
        }

        public void Dispose() => time.alarms.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
