using Slipway.Engine.Ports;

namespace Slipway.Engine.Ledger;

/// <summary>Checks the whole ledger for whoever asks, one at a time: it reads every entry.</summary>
public sealed class LedgerVerifier(IStore store) : IDisposable
{
    private readonly SemaphoreSlim oneAtATime = new(1);

    public async Task<LedgerVerification> VerifyAsync(CancellationToken cancel)
    {
        await oneAtATime.WaitAsync(cancel);
        try
        {
            return await store.VerifyLedgerAsync(cancel);
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    public void Dispose() => oneAtATime.Dispose();
}
