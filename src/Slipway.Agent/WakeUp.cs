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

    /// <returns>True when set, false after the longest time.</returns>
    public async Task<bool> WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var set = _semaphore.WaitAsync(either.Token);
        var late = Task.Delay(longest > TimeSpan.Zero ? longest : TimeSpan.Zero, time, either.Token);
        await Task.WhenAny(set, late);
        await either.CancelAsync();
        try
        {
            await set;
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    public void Dispose() => _semaphore.Dispose();
}
