using Slipway.Core.Kernel;
using Slipway.Core.Ledger;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Tests.Simulation;

internal sealed partial class MemoryStore
{
    private readonly Dictionary<(string Collection, string Key), (Document Document, long Number)> documents = [];
    private readonly Dictionary<string, string?> answers = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Rollout, string Source, string Key), BinRow> bins = [];
    private readonly SortedDictionary<(string Agent, string Resource), WantedRow> wanted = new(Comparer<(string Agent, string Resource)>.Create(
        (a, b) => string.CompareOrdinal(a.Agent, b.Agent) is var byAgent && byAgent != 0 ? byAgent : string.CompareOrdinal(a.Resource, b.Resource)));
    private long documentNumber;
    private long dropped;

    /// <summary>Facts in the order of their commits, with their text as it is hashed.</summary>
    public List<(Fact Fact, string Text)> Ledger { get; } = [];

    public IReadOnlyCollection<WantedRow> Wanted => wanted.Values;

    /// <summary>What was written to wanted since the invariants looked last: the row before and the row now.</summary>
    public List<(WantedRow? Before, WantedRow Now)> WantedWrites { get; } = [];

    public bool Has(string collection, string key) => documents.ContainsKey((collection, key));

    public string? Latest(string service) => documents.TryGetValue(("service", service), out var known) ? known.Document.Body["latestVersion"]?.GetValue<string>() : null;

    public long LedgerHead => Ledger.Count;

    public Task<AppendResult> AppendAsync(Append append, CancellationToken cancel)
    {
        if (append.IdempotencyKey is { } key && answers.TryGetValue(key, out var answer))
        {
            return Task.FromResult(new AppendResult(Done: false, Repeated: true, Stored: answer));
        }

        foreach (var write in append.Documents)
        {
            var stored = documents.TryGetValue((write.Collection, write.Key), out var known) ? known.Document.Revision : 0;
            if (write.ExpectedRevision is { } expected && expected != stored)
            {
                return Task.FromResult(new AppendResult(Done: false, Conflict: $"{write.Collection}/{write.Key}"));
            }
        }

        if (append.IdempotencyKey is { } fresh)
        {
            answers[fresh] = append.Answer;
        }

        foreach (var write in append.Documents)
        {
            Write(write);
        }

        Insert(append.Facts);
        var loses = mutation == Mutation.AppendNotKept && append.Events.Count > 0 && append.IdempotencyKey is not null && ++dropped % 3 == 0;
        Deliver(loses ? [] : append.Events);
        return Task.FromResult(new AppendResult(Done: true, Number: append.Events.Count == 0 ? 0 : Find(append.Events[^1].To)?.Inbox.LastOrDefault()?.Number ?? 0));
    }

    public Task<bool> HasFoldedAsync(ProcessId process, long number, CancellationToken cancel) => Task.FromResult(Find(process)?.Inbox.TrueForAll(e => e.Number > number) ?? true);

    public Task<IReadOnlyList<WantedRow>> WriteWantedAsync(OutboxEffect? by, IReadOnlyList<WantedRow> rows, CancellationToken cancel)
    {
        if (by is not null && Held(by) is null && mutation != Mutation.FencingIgnored)
        {
            return Task.FromResult(rows);
        }

        List<WantedRow> refused = [];
        foreach (var row in rows)
        {
            var before = wanted.GetValueOrDefault((row.Agent, row.Resource));
            if (before is not null && before.Token > row.Token && mutation != Mutation.FencingIgnored)
            {
                refused.Add(row);
                continue;
            }

            if (row.Body is null)
            {
                wanted.Remove((row.Agent, row.Resource));
            }
            else
            {
                wanted[(row.Agent, row.Resource)] = row;
            }

            WantedWrites.Add((before, row));
        }

        return Task.FromResult<IReadOnlyList<WantedRow>>(refused);
    }

    public Task<IReadOnlyList<WantedRow>> ReadWantedBelowAsync(string prefix, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<WantedRow>>([.. wanted.Values.Where(w => w.Resource.StartsWith(prefix, StringComparison.Ordinal))]);

    public Task<IReadOnlyList<WantedRow>> ReadWantedAsync(string? agent, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<WantedRow>>(agent is null ? [.. wanted.Values] : [.. wanted.Values.Where(w => w.Agent == agent)]);

    public Task<string?> FindAnswerAsync(string idempotencyKey, CancellationToken cancel) => Task.FromResult(answers.GetValueOrDefault(idempotencyKey));

    public Task<Document?> ReadDocumentAsync(string collection, string key, CancellationToken cancel) =>
        Task.FromResult(documents.TryGetValue((collection, key), out var known) ? known.Document : null);

    public Task<IReadOnlyList<Document>> ListDocumentsAsync(string collection, string? keyPrefix, int limit, bool newestFirst, CancellationToken cancel)
    {
        var some = documents.Values.Where(d => d.Document.Collection == collection && d.Document.Key.StartsWith(keyPrefix ?? "", StringComparison.Ordinal));
        var ordered = newestFirst ? some.OrderByDescending(d => d.Number) : some.OrderBy(d => d.Document.Key, StringComparer.Ordinal);
        return Task.FromResult<IReadOnlyList<Document>>([.. ordered.Take(limit).Select(d => d.Document)]);
    }

    public Task WriteBinsAsync(string rollout, IReadOnlyList<BinRow> bins, CancellationToken cancel)
    {
        foreach (var bin in bins)
        {
            this.bins[(rollout, bin.Source, bin.Key)] = bin;
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<BinRow>> ReadBinsAsync(string rollout, long fromSecond, CancellationToken cancel) => Task.FromResult<IReadOnlyList<BinRow>>(
        [.. bins.Where(b => b.Key.Rollout == rollout && b.Value.Second >= fromSecond).Select(b => b.Value)
            .OrderBy(b => b.Second).ThenBy(b => b.Source, StringComparer.Ordinal).ThenBy(b => b.Key, StringComparer.Ordinal)]);

    public Task<IReadOnlyList<LedgerEntry>> ReadLedgerAsync(long after, int limit, LedgerFilter? filter, CancellationToken cancel) => throw NotSimulated();

    public Task<LedgerVerification> VerifyLedgerAsync(CancellationToken cancel) => throw NotSimulated();

    public Task WaitForLedgerAsync(long after, CancellationToken cancel) => throw NotSimulated();

    public Task BackupAsync(string file, CancellationToken cancel) => throw NotSimulated();

    public Task<IReadOnlyDictionary<string, string>> DescribeAsync(CancellationToken cancel) => throw NotSimulated();

    private static NotSupportedException NotSimulated() => new("The delivery loop and its use cases never ask for this.");

    private void Insert(IReadOnlyList<Fact> facts)
    {
        foreach (var fact in facts)
        {
            if (mutation == Mutation.FactDropped && ++dropped % 15 == 0)
            {
                continue;
            }

            if (mutation == Mutation.EntryRewritten && Ledger.Count > 0 && ++dropped % 25 == 0)
            {
                Ledger[0] = (fact, "rewritten");
            }

            Ledger.Add((fact, $"{fact.Type} {fact.Subject} {fact.Actor} {CanonicalJson.Write(fact.Body)}"));
        }
    }

    private void Write(DocumentWrite write)
    {
        var id = (write.Collection, write.Key);
        if (write.Body is null)
        {
            documents.Remove(id);
            return;
        }

        var known = documents.TryGetValue(id, out var before);
        documents[id] = (
            new Document(write.Collection, write.Key, write.Body.DeepClone(), known ? before.Document.Revision + 1 : 1, known ? before.Document.CreatedAt : Now, Now),
            known ? before.Number : ++documentNumber);
    }

    private bool Drops(OutboxRow effect) => mutation switch
    {
        Mutation.ShiftDropped => effect.Effect.Type == "shiftTraffic" && ++dropped % 5 == 0,
        Mutation.StopDropped => effect.Effect.Type == "ensureVersionSet" && effect.Effect.Payload.Contains("\"count\":0", StringComparison.Ordinal) && ++dropped % 2 == 0,
        Mutation.AnyEffectDropped => ++dropped % 40 == 0,
        _ => false,
    };

    private string Falsified(string outcome) => mutation switch
    {
        Mutation.InconclusiveReadAsPassed => outcome.Replace("\"verdict\":\"Inconclusive\"", "\"verdict\":\"Passed\"", StringComparison.Ordinal),
        Mutation.WaitingGateReadAsOpen => outcome.Replace("\"state\":\"Waiting\"", "\"state\":\"Open\"", StringComparison.Ordinal),
        _ => outcome,
    };
}
