using System.Text.Json.Nodes;
using Slipway.Core.Kernel;
using Slipway.Engine.Ports;

namespace Slipway.Server.Tests;

/// <summary>The parts of the store that the server's own use cases need, in memory, with faults on demand.</summary>
internal sealed class MemoryStore(TimeProvider time) : IStore
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, SortedDictionary<string, Document>> documents = new(StringComparer.Ordinal);
    private readonly List<LedgerEntry> ledger = [];
    private readonly Dictionary<string, string?> answers = [];
    private readonly Dictionary<(string, string), WantedRow> wanted = [];
    private TaskCompletionSource grown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Thrown by every read and write while it is set.</summary>
    public Func<Exception>? Fault { get; set; }

    /// <summary>Thrown by every write while it is set.</summary>
    public Func<Exception>? WriteFault { get; set; }

    public DateTimeOffset Now => time.GetUtcNow();

    public long Generation => 1;

    public string Installation => "test-installation";

    public Task<LedgerVerification> VerifyLedgerAsync(CancellationToken cancel) =>
        throw new NotSupportedException("Nothing is hashed here: ledgers are verified in the tests of the real store.");

    public long LedgerHead
    {
        get
        {
            lock (gate)
            {
                return ledger.Count;
            }
        }
    }

    public Task<AppendResult> AppendAsync(Append append, CancellationToken cancel)
    {
        Check(write: true);
        lock (gate)
        {
            if (append.IdempotencyKey is { } key && answers.TryGetValue(key, out var stored))
            {
                return Task.FromResult(new AppendResult(false, Repeated: true, Stored: stored));
            }

            foreach (var write in append.Documents)
            {
                var revision = In(write.Collection).GetValueOrDefault(write.Key)?.Revision ?? 0;
                if (write.ExpectedRevision is { } expected && expected != revision)
                {
                    return Task.FromResult(new AppendResult(false, $"{write.Collection}/{write.Key}"));
                }
            }

            foreach (var write in append.Documents)
            {
                Write(write);
            }

            foreach (var fact in append.Facts)
            {
                ledger.Add(new LedgerEntry(ledger.Count + 1, Now, fact.Type, fact.Subject, fact.Actor, "{}", fact.Body.ToJsonString(), $"{ledger.Count + 1:x64}"));
            }

            if (append.IdempotencyKey is { } newKey)
            {
                answers[newKey] = append.Answer;
            }

            if (append.Facts.Count > 0)
            {
                Interlocked.Exchange(ref grown, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
            }

            return Task.FromResult(new AppendResult(true));
        }
    }

    public Task<Document?> ReadDocumentAsync(string collection, string key, CancellationToken cancel)
    {
        Check(write: false);
        lock (gate)
        {
            return Task.FromResult(In(collection).GetValueOrDefault(key));
        }
    }

    public Task<IReadOnlyList<Document>> ListDocumentsAsync(string collection, string? keyPrefix, int limit, bool newestFirst, CancellationToken cancel)
    {
        Check(write: false);
        lock (gate)
        {
            var found = In(collection).Values.Where(d => keyPrefix is null || d.Key.StartsWith(keyPrefix, StringComparison.Ordinal));
            return Task.FromResult<IReadOnlyList<Document>>([.. (newestFirst ? found.Reverse().OrderByDescending(d => d.CreatedAt) : found).Take(limit)]);
        }
    }

    public Task<IReadOnlyList<LedgerEntry>> ReadLedgerAsync(long after, int limit, LedgerFilter? filter, CancellationToken cancel)
    {
        Check(write: false);
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<LedgerEntry>>([.. ledger.Where(e => e.Index > after
                && (filter?.Service is null || e.Subject.Service == filter.Service)
                && (filter?.Environment is null || e.Subject.Environment == filter.Environment)
                && (filter?.Promotion is null || e.Subject.Promotion == filter.Promotion)).Take(limit)]);
        }
    }

    public async Task WaitForLedgerAsync(long after, CancellationToken cancel)
    {
        while (true)
        {
            var next = Volatile.Read(ref grown).Task;
            if (LedgerHead > after)
            {
                return;
            }

            await next.WaitAsync(cancel);
        }
    }

    public Task<IReadOnlyList<WantedRow>> WriteWantedAsync(IReadOnlyList<WantedRow> rows, CancellationToken cancel)
    {
        Check(write: true);
        lock (gate)
        {
            var refused = new List<WantedRow>();
            foreach (var row in rows)
            {
                if (wanted.TryGetValue((row.Agent, row.Resource), out var before) && before.Token > row.Token)
                {
                    refused.Add(row);
                }
                else if (row.Body is null)
                {
                    wanted.Remove((row.Agent, row.Resource));
                }
                else
                {
                    wanted[(row.Agent, row.Resource)] = row;
                }
            }

            return Task.FromResult<IReadOnlyList<WantedRow>>(refused);
        }
    }

    public Task<IReadOnlyList<WantedRow>> ReadWantedAsync(string? agent, CancellationToken cancel)
    {
        Check(write: false);
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<WantedRow>>([.. wanted.Values.Where(r => agent is null || r.Agent == agent)]);
        }
    }

    public async Task BackupAsync(string file, CancellationToken cancel) => await File.WriteAllTextAsync(file, "backup", cancel);

    public Task<IReadOnlyDictionary<string, string>> DescribeAsync(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string> { ["engine"] = "memory" });

    public Task<StoredProcess?> ReadProcessAsync(ProcessId process, CancellationToken cancel) => Task.FromResult<StoredProcess?>(null);

    public Task<IReadOnlyList<StoredProcess>> ListProcessesAsync(string kind, string? keyPrefix, bool activeOnly, int limit, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<StoredProcess>>([]);

    public Task<IReadOnlyList<ClaimedProcess>> ClaimAsync(string owner, int max, TimeSpan lease, CancellationToken cancel) => throw Loop();

    public Task<bool> CommitTurnAsync(ProcessTurn turn, CancellationToken cancel) => throw Loop();

    public Task ReleaseAsync(ClaimedProcess process, CancellationToken cancel) => throw Loop();

    public Task QuarantineAsync(ClaimedProcess process, string reason, CancellationToken cancel) => throw Loop();

    public Task<IReadOnlyList<OutboxEffect>> ClaimEffectsAsync(string owner, int max, TimeSpan lease, CancellationToken cancel) => throw Loop();

    public Task<bool> BeginAttemptAsync(OutboxEffect effect, CancellationToken cancel) => throw Loop();

    public Task<bool> CompleteEffectAsync(OutboxEffect effect, string? outcomeEvent, CancellationToken cancel) => throw Loop();

    public Task DeferEffectAsync(OutboxEffect effect, DateTimeOffset at, string why, CancellationToken cancel) => throw Loop();

    public Task WaitForWorkAsync(TimeSpan atMost, CancellationToken cancel) => throw Loop();

    public Task<DateTimeOffset?> NextDueAsync(CancellationToken cancel) => throw Loop();

    public Task WriteBinsAsync(string rollout, IReadOnlyList<BinRow> bins, CancellationToken cancel) => throw Loop();

    public Task<IReadOnlyList<BinRow>> ReadBinsAsync(string rollout, long fromSecond, CancellationToken cancel) => throw Loop();

    private static NotSupportedException Loop() => new("The delivery loop does not run on this store.");

    private void Check(bool write)
    {
        if ((Fault ?? (write ? WriteFault : null)) is { } fault)
        {
            throw fault();
        }
    }

    private void Write(DocumentWrite write)
    {
        var collection = In(write.Collection);
        if (write.Body is null)
        {
            collection.Remove(write.Key);
            return;
        }

        var before = collection.GetValueOrDefault(write.Key);
        collection[write.Key] = new Document(write.Collection, write.Key, JsonNode.Parse(write.Body.ToJsonString())!, (before?.Revision ?? 0) + 1, before?.CreatedAt ?? Now, Now);
    }

    private SortedDictionary<string, Document> In(string collection)
    {
        if (!documents.TryGetValue(collection, out var found))
        {
            documents[collection] = found = new SortedDictionary<string, Document>(StringComparer.Ordinal);
        }

        return found;
    }
}
