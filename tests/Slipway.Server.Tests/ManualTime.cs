namespace Slipway.Server.Tests;

/// <summary>A clock that runs like the system's, and can be moved on; timers follow the system's, so that waits end.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long offset;

    public void Advance(TimeSpan by) => Interlocked.Add(ref offset, by.Ticks);

    public override DateTimeOffset GetUtcNow() => TimeProvider.System.GetUtcNow().AddTicks(Interlocked.Read(ref offset));
}
