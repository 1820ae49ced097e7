using Slipway.Core.Kernel;
using Slipway.Engine.Ports;

namespace Slipway.Server.Tests;

/// <summary>A real store with faults on demand in what the API asks of it; the delivery loop is left alone.</summary>
internal sealed class FaultyStore(IStore inner) : IStore
{
    /// <summary>Thrown by reads and writes while it is set.</summary>
    public Func<Exception>? Fault { get; set; }

    /// <summary>Thrown by writes while it is set.</summary>
    public Func<Exception>? WriteFault { get; set; }

    /// <summary>Told the rollout and the first second of each reading of bins.</summary>
    public Action<string, long>? BinsAreRead { get; set; }

    public DateTimeOffset Now => inner.Now;

    public long Generation => inner.Generation;

    public string Installation => inner.Installation;

    public long LedgerHead => inner.LedgerHead;

    public Task<AppendResult> AppendAsync(Append append, CancellationToken cancel) => Write(() => inner.AppendAsync(append, cancel));

    public Task<bool> HasFoldedAsync(ProcessId process, long number, CancellationToken cancel) => Read(() => inner.HasFoldedAsync(process, number, cancel));

    public Task<string?> FindAnswerAsync(string idempotencyKey, CancellationToken cancel) => Read(() => inner.FindAnswerAsync(idempotencyKey, cancel));
    public Task<Document?> ReadDocumentAsync(string collection, string key, CancellationToken cancel) => Read(() => inner.ReadDocumentAsync(collection, key, cancel));

    public Task<IReadOnlyList<Document>> ListDocumentsAsync(string collection, string? keyPrefix, int limit, bool newestFirst, CancellationToken cancel) =>
        Read(() => inner.ListDocumentsAsync(collection, keyPrefix, limit, newestFirst, cancel));

    public Task<IReadOnlyList<LedgerEntry>> ReadLedgerAsync(long after, int limit, LedgerFilter? filter, CancellationToken cancel) =>
        Read(() => inner.ReadLedgerAsync(after, limit, filter, cancel));

    public Task<IReadOnlyList<WantedRow>> WriteWantedAsync(OutboxEffect? by, IReadOnlyList<WantedRow> rows, CancellationToken cancel) => Write(() => inner.WriteWantedAsync(by, rows, cancel));

    public Task<IReadOnlyList<WantedRow>> ReadWantedAsync(string? agent, CancellationToken cancel) => Read(() => inner.ReadWantedAsync(agent, cancel));

    public Task<IReadOnlyList<WantedRow>> ReadWantedBelowAsync(string prefix, CancellationToken cancel) => Read(() => inner.ReadWantedBelowAsync(prefix, cancel));

    public Task BackupAsync(string file, CancellationToken cancel) => inner.BackupAsync(file, cancel);

    public Task<IReadOnlyDictionary<string, string>> DescribeAsync(CancellationToken cancel) => inner.DescribeAsync(cancel);

    public Task<LedgerVerification> VerifyLedgerAsync(CancellationToken cancel) => inner.VerifyLedgerAsync(cancel);

    public Task WaitForLedgerAsync(long after, CancellationToken cancel) => inner.WaitForLedgerAsync(after, cancel);

    public Task<StoredProcess?> ReadProcessAsync(ProcessId process, CancellationToken cancel) => inner.ReadProcessAsync(process, cancel);

    public Task<IReadOnlyList<StoredProcess>> ListProcessesAsync(string kind, string? keyPrefix, bool activeOnly, int limit, CancellationToken cancel) =>
        inner.ListProcessesAsync(kind, keyPrefix, activeOnly, limit, cancel);

    public Task<IReadOnlyList<ProcessHead>> ListProcessHeadsAsync(string kind, string? keyPrefix, CancellationToken cancel) => inner.ListProcessHeadsAsync(kind, keyPrefix, cancel);

    public Task<IReadOnlyList<ClaimedProcess>> ClaimAsync(string owner, int max, TimeSpan lease, CancellationToken cancel) => inner.ClaimAsync(owner, max, lease, cancel);

    public Task<bool> CommitTurnAsync(ProcessTurn turn, CancellationToken cancel) => inner.CommitTurnAsync(turn, cancel);

    public Task ReleaseAsync(ClaimedProcess process, CancellationToken cancel) => inner.ReleaseAsync(process, cancel);

    public Task QuarantineAsync(ClaimedProcess process, string reason, CancellationToken cancel) => inner.QuarantineAsync(process, reason, cancel);

    public Task<IReadOnlyList<OutboxEffect>> ClaimEffectsAsync(string owner, int max, TimeSpan lease, CancellationToken cancel) => inner.ClaimEffectsAsync(owner, max, lease, cancel);

    public Task<bool> RenewEffectAsync(OutboxEffect effect, TimeSpan lease, CancellationToken cancel) => inner.RenewEffectAsync(effect, lease, cancel);

    public Task<bool> BeginAttemptAsync(OutboxEffect effect, CancellationToken cancel) => inner.BeginAttemptAsync(effect, cancel);

    public Task<bool> CompleteEffectAsync(OutboxEffect effect, string? outcomeEvent, CancellationToken cancel) => inner.CompleteEffectAsync(effect, outcomeEvent, cancel);

    public Task DeferEffectAsync(OutboxEffect effect, DateTimeOffset at, string why, CancellationToken cancel) => inner.DeferEffectAsync(effect, at, why, cancel);

    public Task WaitForWorkAsync(TimeSpan atMost, CancellationToken cancel) => inner.WaitForWorkAsync(atMost, cancel);

    public Task<DateTimeOffset?> NextDueAsync(CancellationToken cancel) => inner.NextDueAsync(cancel);

    public Task WriteBinsAsync(string rollout, IReadOnlyList<BinRow> bins, CancellationToken cancel) => inner.WriteBinsAsync(rollout, bins, cancel);

    public Task<IReadOnlyList<BinRow>> ReadBinsAsync(string rollout, long fromSecond, CancellationToken cancel)
    {
        BinsAreRead?.Invoke(rollout, fromSecond);
        return inner.ReadBinsAsync(rollout, fromSecond, cancel);
    }

    private Task<T> Read<T>(Func<Task<T>> read) => Fault is { } fault ? Task.FromException<T>(fault()) : read();

    private Task<T> Write<T>(Func<Task<T>> write) => (Fault ?? WriteFault) is { } fault ? Task.FromException<T>(fault()) : write();
}
