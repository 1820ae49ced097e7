namespace Slipway.Storage.Sqlite;

/// <summary>Wakes whoever waits. A pulse without a waiter is remembered by the next one, so that none is lost between looking and waiting.</summary>
internal sealed class StoreSignal
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _missed;
    private readonly Lock _gate = new();

    public void Pulse()
    {
        lock (_gate)
        {
            _missed = _next;
            _next.TrySetResult();
            _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public async Task WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancel)
    {
        Task next;
        lock (_gate)
        {
            if (_missed is not null)
            {
                _missed = null;
                return;
            }

            next = _next.Task;
        }

        if (atMost <= TimeSpan.Zero)
        {
            return;
        }

        try
        {
            await next.WaitAsync(atMost, time, cancel).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Nothing happened for that long, which is an answer too.
            return;
        }

        lock (_gate)
        {
            _missed = null;
        }
    }
}
