using System.Text.Json.Nodes;
using Slipway.Core.Kernel;

namespace Slipway.Engine.Ports;

/// <summary>
/// The durable store: processes, inbox, outbox, wanted, ledger. One implementation per database; all pass the same conformance tests.
/// Every write returns only when it is durable (fsynced). I/O faults throw <see cref="StoreUnavailableException"/>; expected refusals are results.
/// </summary>
public interface IStore
{
    /// <summary>The store's clock: never goes back, and never stands still while the wall clock is set back.</summary>
    DateTimeOffset Now { get; }

    /// <summary>Rises when a backup is restored; the first part of every fencing token.</summary>
    long Generation { get; }

    /// <summary>Random name of this installation, made once.</summary>
    string Installation { get; }

    /// <summary>
    /// Claims up to <paramref name="max"/> processes that have an inbox event or are due, and are not leased by anybody else, for <paramref name="lease"/>.
    /// Poisoned processes (see <see cref="QuarantineAsync"/>) are left out. Fair: the longest waiting first.
    /// </summary>
    Task<IReadOnlyList<ClaimedProcess>> ClaimAsync(string owner, int max, TimeSpan lease, CancellationToken cancel);

    /// <summary>
    /// Commits one turn of one process: new state, removal of the folded inbox events, facts, effects into the outbox, messages into inboxes, next due time; and gives the lease
    /// back. False, with nothing changed, when the lease was lost or the sequence is not the one that was claimed.
    /// </summary>
    Task<bool> CommitTurnAsync(ProcessTurn turn, CancellationToken cancel);

    /// <summary>Gives up a claim without a turn.</summary>
    Task ReleaseAsync(ClaimedProcess process, CancellationToken cancel);

    /// <summary>Sets a process aside that its machine cannot fold (a bug or a corrupt state), so that the others go on; recorded as a fact.</summary>
    Task QuarantineAsync(ClaimedProcess process, string reason, CancellationToken cancel);

    /// <summary>
    /// Puts events into inboxes together with facts, records and documents, in one transaction: how everything from outside enters. An event whose key was seen before for its process is dropped.
    /// </summary>
    Task<AppendResult> AppendAsync(Append append, CancellationToken cancel);

    /// <summary>Whether a process has folded all that had arrived up to a number.</summary>
    Task<bool> HasFoldedAsync(ProcessId process, long number, CancellationToken cancel);

    /// <summary>The <see cref="Append.Answer"/> that was kept under an idempotency key; null: no append with it has been written.</summary>
    Task<string?> FindAnswerAsync(string idempotencyKey, CancellationToken cancel);

    /// <summary>Effects not yet carried out, oldest first, of processes that have none under way before them; leased like processes.</summary>
    Task<IReadOnlyList<OutboxEffect>> ClaimEffectsAsync(string owner, int max, TimeSpan lease, CancellationToken cancel);

    /// <summary>The effect stays with whoever carries it out for <paramref name="lease"/> from now. False, with nothing changed, when its lease was lost.</summary>
    Task<bool> RenewEffectAsync(OutboxEffect effect, TimeSpan lease, CancellationToken cancel);

    /// <summary>For an attempt: recorded as started, before it starts. False when it had been started before (its outcome is in doubt).</summary>
    Task<bool> BeginAttemptAsync(OutboxEffect effect, CancellationToken cancel);

    /// <summary>Removes an effect from the outbox and, in the same transaction, puts its outcome (if any) into its process's inbox. False when the effect's lease was lost.</summary>
    Task<bool> CompleteEffectAsync(OutboxEffect effect, string? outcomeEvent, CancellationToken cancel);

    /// <summary>Leaves an effect in the outbox, to be tried again no sooner than <paramref name="at"/>.</summary>
    Task DeferEffectAsync(OutboxEffect effect, DateTimeOffset at, string why, CancellationToken cancel);

    /// <summary>
    /// Writes wanted rows; a row whose stored token is newer is left as it is and named in the result. So are all rows once <paramref name="by"/> is no longer leased to the
    /// caller: what its process decided since may stand under the same token.
    /// </summary>
    /// <param name="by">The effect that is being carried out; null: none is, and the tokens alone decide.</param>
    Task<IReadOnlyList<WantedRow>> WriteWantedAsync(OutboxEffect? by, IReadOnlyList<WantedRow> rows, CancellationToken cancel);

    /// <summary>All rows of one agent, or of all agents when null.</summary>
    Task<IReadOnlyList<WantedRow>> ReadWantedAsync(string? agent, CancellationToken cancel);

    /// <summary>The rows of all agents whose resources begin with <paramref name="prefix"/>, of which there is at least a letter.</summary>
    Task<IReadOnlyList<WantedRow>> ReadWantedBelowAsync(string prefix, CancellationToken cancel);

    Task<StoredProcess?> ReadProcessAsync(ProcessId process, CancellationToken cancel);

    /// <summary>Processes of one kind, newest first by creation. <paramref name="keyPrefix"/> restricts by key; <paramref name="activeOnly"/> leaves out ended ones.</summary>
    Task<IReadOnlyList<StoredProcess>> ListProcessesAsync(string kind, string? keyPrefix, bool activeOnly, int limit, CancellationToken cancel);

    /// <summary>Only how far each process of a kind is, newest first by creation: who keeps what it read knows from this what to read anew.</summary>
    Task<IReadOnlyList<ProcessHead>> ListProcessHeadsAsync(string kind, string? keyPrefix, CancellationToken cancel);

    /// <summary>Ledger entries with an index above <paramref name="after"/>, dense and in order.</summary>
    Task<IReadOnlyList<LedgerEntry>> ReadLedgerAsync(long after, int limit, LedgerFilter? filter, CancellationToken cancel);

    /// <summary>Recomputes every leaf and the root, and names the first entry that is not what it was.</summary>
    Task<LedgerVerification> VerifyLedgerAsync(CancellationToken cancel);

    /// <summary>The highest index that the sequencer has given; 0 when there is none.</summary>
    long LedgerHead { get; }

    /// <summary>Completes when <see cref="LedgerHead"/> is above <paramref name="after"/>.</summary>
    Task WaitForLedgerAsync(long after, CancellationToken cancel);

    /// <summary>Completes when there may be something to claim.</summary>
    Task WaitForWorkAsync(TimeSpan atMost, CancellationToken cancel);

    /// <summary>The earliest due time of a process that waits; null when none does.</summary>
    Task<DateTimeOffset?> NextDueAsync(CancellationToken cancel);

    /// <summary>Documents: small JSON records by (collection, key), such as services, releases, tokens, freezes. Written by <see cref="AppendAsync"/>.</summary>
    Task<Document?> ReadDocumentAsync(string collection, string key, CancellationToken cancel);

    /// <summary>Documents of a collection in key order, or newest first.</summary>
    Task<IReadOnlyList<Document>> ListDocumentsAsync(string collection, string? keyPrefix, int limit, bool newestFirst, CancellationToken cancel);

    /// <summary>Adds bins of a running analysis; a bin with the same (rollout, source, key) replaces the one before.</summary>
    Task WriteBinsAsync(string rollout, IReadOnlyList<BinRow> bins, CancellationToken cancel);

    Task<IReadOnlyList<BinRow>> ReadBinsAsync(string rollout, long fromSecond, CancellationToken cancel);

    /// <summary>Writes a consistent copy of the whole store to a file that does not exist yet.</summary>
    Task BackupAsync(string file, CancellationToken cancel);

    /// <summary>What an operator wants to know: engine version, journal mode, size, entries.</summary>
    Task<IReadOnlyDictionary<string, string>> DescribeAsync(CancellationToken cancel);
}

/// <summary>The store cannot be used now (gone, full, locked, corrupt). <see cref="Retryable"/>: it may come back by itself.</summary>
public sealed class StoreUnavailableException(string message, bool retryable, Exception? inner = null) : Exception(message, inner)
{
    public bool Retryable { get; } = retryable;

    /// <summary>There is no space left where the store lives.</summary>
    public bool Full { get; init; }
}

/// <param name="Id">The process.</param>
/// <param name="State">Null when it does not exist yet: its first event creates it.</param>
/// <param name="StateVersion">The machine version that wrote <paramref name="State"/>.</param>
/// <param name="Sequence">Rises with every turn; 0 for a new process.</param>
/// <param name="Inbox">Its unfolded events, in order of arrival.</param>
/// <param name="Due">Its due time has come.</param>
/// <param name="LeaseId">Which claim this is.</param>
public sealed record ClaimedProcess(ProcessId Id, string? State, int StateVersion, long Sequence, IReadOnlyList<InboxEvent> Inbox, bool Due, long LeaseId);

public sealed record InboxEvent(long Number, string Event);

public sealed record ProcessTurn
{
    public required ClaimedProcess Claim { get; init; }
    public required string State { get; init; }
    public required int StateVersion { get; init; }

    /// <summary>How many decisions this turn folded; the stored sequence rises by it.</summary>
    public required int Folded { get; init; }

    /// <summary>Numbers of the events that were folded: the oldest of the inbox, in order.</summary>
    public required IReadOnlyList<long> Consumed { get; init; }
    public required IReadOnlyList<Fact> Facts { get; init; }
    public required IReadOnlyList<NewEffect> Effects { get; init; }
    public required IReadOnlyList<NewMessage> Messages { get; init; }
    public required DateTimeOffset? DueAt { get; init; }
    public required bool Ended { get; init; }
}

/// <param name="Id">Derived from the process and its sequence.</param>
/// <param name="Type">Discriminator of the effect's JSON.</param>
/// <param name="Class"><c>reconcile</c>, <c>attempt</c> or <c>publish</c>.</param>
/// <param name="Payload">JSON text.</param>
public sealed record NewEffect(string Id, string Type, string Class, string Payload);

public sealed record NewMessage(ProcessId To, string Key, string Event);

public sealed record OutboxEffect(string Id, ProcessId Process, string Type, string Class, string Payload, int Tries, bool Started, long LeaseId);

/// <summary>One transaction from outside. All lists may be empty.</summary>
public sealed record Append
{
    public IReadOnlyList<NewMessage> Events { get; init; } = [];
    public IReadOnlyList<Fact> Facts { get; init; } = [];
    public IReadOnlyList<DocumentWrite> Documents { get; init; } = [];

    /// <summary>Makes the whole append happen once: a second append with the same key changes nothing and is answered with the first one's <see cref="AppendResult.Stored"/>.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>What to remember under the idempotency key: the answer to give again.</summary>
    public string? Answer { get; init; }
}

/// <summary>Writes (or, with a null body, deletes) a document if its stored revision is the expected one.</summary>
/// <param name="ExpectedRevision">Null: whatever is there; 0: it must not exist.</param>
public sealed record DocumentWrite(string Collection, string Key, JsonNode? Body, long? ExpectedRevision = null);

public sealed record Document(string Collection, string Key, JsonNode Body, long Revision, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt);

/// <summary>How an append ended: done, conflict (a document's revision was another one; <see cref="Conflict"/> is its <c>collection/key</c>), or repeated (with the first answer).</summary>
/// <param name="Number">Of the last event, in the order in which events arrive; 0: there was none.</param>
public sealed record AppendResult(bool Done, string? Conflict = null, bool Repeated = false, string? Stored = null, long Number = 0);

/// <summary>A process and the number of its last decision.</summary>
public readonly record struct ProcessHead(ProcessId Id, long Sequence);

/// <param name="Agent">The agent that should see it.</param>
/// <param name="Resource"><c>versionset/…</c> or <c>route/…</c>; unique per agent.</param>
/// <param name="Body">JSON text; null: nothing is wanted any more and the row goes.</param>
/// <param name="Token">Who says so.</param>
/// <param name="Owner">The process whose inbox gets what is observed of this resource.</param>
public sealed record WantedRow(string Agent, string Resource, string? Body, FencingToken Token, ProcessId Owner);

public sealed record StoredProcess(ProcessId Id, string State, int StateVersion, long Sequence, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt, DateTimeOffset? DueAt, bool Ended, string? Quarantined);

/// <param name="Index">Dense, from 1, in the order that the sequencer gave.</param>
/// <param name="At">The store's clock at the commit.</param>
/// <param name="Header">Canonical JSON; what the leaf hash covers; holds the salted digest of the body.</param>
/// <param name="Body">Canonical JSON; null once retired.</param>
/// <param name="LeafHash">Lower-case hex, as RFC 6962.</param>
public sealed record LedgerEntry(long Index, DateTimeOffset At, string Type, FactSubject Subject, string Actor, string Header, string? Body, string LeafHash);

/// <summary>All given must match; <see cref="Types"/> by prefix.</summary>
public sealed record LedgerFilter(string? Service = null, string? Environment = null, string? Promotion = null, IReadOnlyList<string>? Types = null);

/// <param name="Source">Which arm of which router or metric source.</param>
/// <param name="Key">Unique within the source: usually the second and the incarnation.</param>
/// <param name="Second">Unix second.</param>
/// <param name="Payload">JSON text.</param>
public sealed record BinRow(string Source, string Key, long Second, string Payload);

/// <param name="Entries">How many were looked at; the last one is the wrong one, if any is.</param>
/// <param name="Wrong">What is wrong with it; null: the ledger verifies.</param>
/// <param name="Root">Lower-case hex, when it verifies.</param>
public sealed record LedgerVerification(long Entries, string? Wrong, string? Root);
