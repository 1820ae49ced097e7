namespace Slipway.Engine.Targets;

/// <summary>Says that wanted rows may have changed. Whoever writes them pulses it; whoever syncs agents waits for it. Pulses that come while nobody waits are one.</summary>
public sealed class WantedSignal
{
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Pulse() => Interlocked.Exchange(ref next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>Completes with the next pulse. Take it before reading the rows, so that no change falls between.</summary>
    public Task Next => Volatile.Read(ref next).Task;
}
