using System.Runtime.CompilerServices;
using Slipway.Core.Kernel;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Tests.Simulation;

/// <summary>The node is dead: whatever it does from now on does not happen.</summary>
internal sealed class NodeDiedException() : Exception("The node died here.");

/// <summary>What goes wrong between one node and the store. Armed by the schedule, and spent once.</summary>
internal sealed class NodeFaults(VirtualTime time)
{
    private Armed? death, freeze;
    private TimeSpan awayUntil = TimeSpan.MinValue;

    public bool Dead { get; private set; }

    /// <summary>Set while a call of the loop stands still; completing it lets the node go on.</summary>
    public TaskCompletionSource? Frozen { get; private set; }

    /// <param name="calls">How many calls still go well.</param>
    /// <param name="before">It strikes before the call has an effect; else after it, before the answer.</param>
    /// <param name="only">Only calls of this name count; null: all.</param>
    public void DieAfter(int calls, bool before, string? only = null) => death ??= new Armed(calls, before, only);

    public void FreezeAfter(int calls, bool before, string? only = null) => freeze ??= new Armed(calls, before, only);

    public void TakeStoreAway(TimeSpan duration) => awayUntil = time.Elapsed + duration;

    /// <summary>What was armed and has not struck yet never will.</summary>
    public void Forgive() => (death, freeze, awayUntil) = (null, null, TimeSpan.MinValue);

    public void Die()
    {
        Dead = true;
        Thaw();
    }

    public void Thaw()
    {
        var frozen = Frozen;
        Frozen = null;
        frozen?.TrySetResult();
    }

    public async Task<T> CallAsync<T>(Func<Task<T>> call, bool mayFreeze, string name)
    {
        Check();
        if (Due(ref death, name) is { } dies)
        {
            if (!dies.Before)
            {
                await call().ConfigureAwait(false);
            }

            Dead = true;
            Check();
        }

        if (!mayFreeze || Due(ref freeze, name) is not { } freezes)
        {
            return await call().ConfigureAwait(false);
        }

        // Continues on the thread that thaws it: the whole simulation is one thread.
        Frozen = new TaskCompletionSource();
        var thawed = Frozen.Task;
        if (freezes.Before)
        {
            await thawed.ConfigureAwait(false);
            Check();
            return await call().ConfigureAwait(false);
        }

        var result = await call().ConfigureAwait(false);
        await thawed.ConfigureAwait(false);
        Check();
        return result;
    }

    private static Armed? Due(ref Armed? armed, string name)
    {
        if (armed is not { } fault || (fault.Only is { } only && only != name))
        {
            return null;
        }

        armed = fault.Calls > 0 ? fault with { Calls = fault.Calls - 1 } : null;
        return fault.Calls > 0 ? null : fault;
    }

    private void Check()
    {
        if (Dead)
        {
            throw new NodeDiedException();
        }

        if (time.Elapsed < awayUntil)
        {
            throw new StoreUnavailableException("The store is away.", retryable: true);
        }
    }

    private sealed record Armed(int Calls, bool Before, string? Only);
}

/// <summary>One node's view of the store: the same store, behind this node's faults, with every acknowledged turn told to the invariants.</summary>
internal class NodeStore(IStore inner, NodeFaults faults, bool mayFreeze, Action<ProcessTurn>? acknowledged = null, Action<OutboxEffect, string?>? outcome = null) : IStore
{
    public virtual DateTimeOffset Now => inner.Now;

    public long Generation => inner.Generation;

    public string Installation => inner.Installation;

    public long LedgerHead => inner.LedgerHead;

    public Task<IReadOnlyList<ClaimedProcess>> ClaimAsync(string owner, int max, TimeSpan lease, CancellationToken cancel) => Call(() => inner.ClaimAsync(owner, max, lease, cancel));

    public async Task<bool> CommitTurnAsync(ProcessTurn turn, CancellationToken cancel)
    {
        return await Call(async () =>
        {
            var done = await inner.CommitTurnAsync(turn, cancel).ConfigureAwait(false);
            if (done)
            {
                acknowledged?.Invoke(turn);
            }

            return done;
        }).ConfigureAwait(false);
    }

    public Task ReleaseAsync(ClaimedProcess process, CancellationToken cancel) => Call(() => inner.ReleaseAsync(process, cancel));

    public Task QuarantineAsync(ClaimedProcess process, string reason, CancellationToken cancel) => Call(() => inner.QuarantineAsync(process, reason, cancel));

    public virtual Task<AppendResult> AppendAsync(Append append, CancellationToken cancel) => Call(() => inner.AppendAsync(append, cancel));

    public Task<IReadOnlyList<OutboxEffect>> ClaimEffectsAsync(string owner, int max, TimeSpan lease, CancellationToken cancel) => Call(() => inner.ClaimEffectsAsync(owner, max, lease, cancel));

    public Task<bool> RenewEffectAsync(OutboxEffect effect, TimeSpan lease, CancellationToken cancel) => Call(() => inner.RenewEffectAsync(effect, lease, cancel));

    public Task<bool> BeginAttemptAsync(OutboxEffect effect, CancellationToken cancel) => Call(() => inner.BeginAttemptAsync(effect, cancel));

    public Task<bool> CompleteEffectAsync(OutboxEffect effect, string? outcomeEvent, CancellationToken cancel)
    {
        outcome?.Invoke(effect, outcomeEvent);
        return Call(() => inner.CompleteEffectAsync(effect, outcomeEvent, cancel));
    }

    public Task DeferEffectAsync(OutboxEffect effect, DateTimeOffset at, string why, CancellationToken cancel) => Call(() => inner.DeferEffectAsync(effect, at, why, cancel));

    public Task<IReadOnlyList<WantedRow>> WriteWantedAsync(OutboxEffect? by, IReadOnlyList<WantedRow> rows, CancellationToken cancel) => Call(() => inner.WriteWantedAsync(by, rows, cancel));

    public Task<IReadOnlyList<WantedRow>> ReadWantedAsync(string? agent, CancellationToken cancel) => Call(() => inner.ReadWantedAsync(agent, cancel));

    public Task<IReadOnlyList<WantedRow>> ReadWantedBelowAsync(string prefix, CancellationToken cancel) => Call(() => inner.ReadWantedBelowAsync(prefix, cancel));

    public Task<StoredProcess?> ReadProcessAsync(ProcessId process, CancellationToken cancel) => Call(() => inner.ReadProcessAsync(process, cancel));

    public Task<IReadOnlyList<StoredProcess>> ListProcessesAsync(string kind, string? keyPrefix, bool activeOnly, int limit, CancellationToken cancel) =>
        Call(() => inner.ListProcessesAsync(kind, keyPrefix, activeOnly, limit, cancel));

    public Task<IReadOnlyList<ProcessHead>> ListProcessHeadsAsync(string kind, string? keyPrefix, CancellationToken cancel) => Call(() => inner.ListProcessHeadsAsync(kind, keyPrefix, cancel));

    public Task<IReadOnlyList<LedgerEntry>> ReadLedgerAsync(long after, int limit, LedgerFilter? filter, CancellationToken cancel) => inner.ReadLedgerAsync(after, limit, filter, cancel);

    public Task<LedgerVerification> VerifyLedgerAsync(CancellationToken cancel) => inner.VerifyLedgerAsync(cancel);

    public Task WaitForLedgerAsync(long after, CancellationToken cancel) => inner.WaitForLedgerAsync(after, cancel);

    public Task WaitForWorkAsync(TimeSpan atMost, CancellationToken cancel) => inner.WaitForWorkAsync(atMost, cancel);

    public Task<DateTimeOffset?> NextDueAsync(CancellationToken cancel) => inner.NextDueAsync(cancel);

    public Task<bool> HasFoldedAsync(ProcessId process, long number, CancellationToken cancel) => Call(() => inner.HasFoldedAsync(process, number, cancel));

    public Task<string?> FindAnswerAsync(string idempotencyKey, CancellationToken cancel) => Call(() => inner.FindAnswerAsync(idempotencyKey, cancel));

    public Task<Document?> ReadDocumentAsync(string collection, string key, CancellationToken cancel) => Call(() => inner.ReadDocumentAsync(collection, key, cancel));

    public Task<IReadOnlyList<Document>> ListDocumentsAsync(string collection, string? keyPrefix, int limit, bool newestFirst, CancellationToken cancel) =>
        Call(() => inner.ListDocumentsAsync(collection, keyPrefix, limit, newestFirst, cancel));

    public Task WriteBinsAsync(string rollout, IReadOnlyList<BinRow> bins, CancellationToken cancel) => Call(() => inner.WriteBinsAsync(rollout, bins, cancel));

    public Task<IReadOnlyList<BinRow>> ReadBinsAsync(string rollout, long fromSecond, CancellationToken cancel) => Call(() => inner.ReadBinsAsync(rollout, fromSecond, cancel));

    public Task BackupAsync(string file, CancellationToken cancel) => inner.BackupAsync(file, cancel);

    public Task<IReadOnlyDictionary<string, string>> DescribeAsync(CancellationToken cancel) => inner.DescribeAsync(cancel);

    protected Task<T> Call<T>(Func<Task<T>> call, [CallerMemberName] string name = "") => faults.CallAsync(call, mayFreeze, name);

    private Task<bool> Call(Func<Task> call, [CallerMemberName] string name = "") => faults.CallAsync(
        async () =>
        {
            await call().ConfigureAwait(false);
            return true;
        },
        mayFreeze, name);
}

/// <summary>
/// The store as use cases see it that wait a moment for their event to be folded: after an append their clock leaps on, so that they do not wait for the loop, which runs only between commands.
/// </summary>
internal sealed class CommandStore(IStore inner, NodeFaults faults) : NodeStore(inner, faults, mayFreeze: false)
{
    private bool leaps;
    private TimeSpan ahead;

    public override DateTimeOffset Now => base.Now + (leaps ? ahead += TimeSpan.FromHours(1) : TimeSpan.Zero);

    public void Settle() => (leaps, ahead) = (false, TimeSpan.Zero);

    public override Task<AppendResult> AppendAsync(Append append, CancellationToken cancel)
    {
        leaps = true;
        return base.AppendAsync(append, cancel);
    }
}
