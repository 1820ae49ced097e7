namespace Slipway.Engine.Tests.Simulation;

/// <summary>A clock that stands still until it is moved. Its timers never fire: what the engine waits for in a simulation comes as an event, not as time passing while a thread waits.</summary>
internal sealed class VirtualTime : TimeProvider
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Time that has passed since the start, as a stopwatch would tell it.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>How far the wall clock is off: jumps change it.</summary>
    public TimeSpan Offset { get; private set; }

    public override DateTimeOffset GetUtcNow() => Start + Elapsed + Offset;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Elapsed.Ticks;

    public void Pass(TimeSpan time) => Elapsed += time;

    public void Jump(TimeSpan by) => Offset += by;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Silent();

    private sealed class Silent : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
