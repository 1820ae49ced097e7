namespace Slipway.Agent;

/// <summary>"Look again": any number of calls between two waits are one.</summary>
internal sealed class WakeUp : IDisposable
{
    private readonly SemaphoreSlim _semaphore = new(0, 1);
    private readonly Lock _lock = new();

    public void Set()
    {
        lock (_lock)
        {
            if (_semaphore.CurrentCount == 0)
            {
                _semaphore.Release();
            }
        }
    }

    /// <summary>Returns when set, or after the longest time.</summary>
    public async Task WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var set = _semaphore.WaitAsync(either.Token);
        var late = Task.Delay(longest > TimeSpan.Zero ? longest : TimeSpan.Zero, time, either.Token);
        await Task.WhenAny(set, late);
        await either.CancelAsync();
        try
        {
            await set;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // It was late, not set: that is one of the two ways to return.
        }
    }

    public void Dispose() => _semaphore.Dispose();
}
