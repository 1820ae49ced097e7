using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Data.Sqlite;
using Slipway.Core.Kernel;
using Slipway.Engine.Ports;

namespace Slipway.Storage.Sqlite;

public sealed partial class SqliteStore
{
    public async Task<AppendResult> AppendAsync(Append append, CancellationToken cancel)
    {
        var now = Now;
        try
        {
            return await _writer.WriteAsync(connection => AppendOne(connection, append, now), cancel).ConfigureAwait(false);
        }
        catch (DocumentConflictException conflict)
        {
            return new AppendResult(Done: false, Conflict: conflict.Document);
        }
    }

    public Task<bool> HasFoldedAsync(ProcessId process, long number, CancellationToken cancel) => ReadAsync(connection =>
        !connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM inbox WHERE process = @id AND number <= @number)", new { id = process.ToString(), number }));

    public Task<Document?> ReadDocumentAsync(string collection, string key, CancellationToken cancel) => ReadAsync(connection =>
        connection.QuerySingleOrDefault<DocumentRow>("SELECT * FROM document WHERE collection = @collection AND key = @key", new { collection, key })?.Document());

    public Task<IReadOnlyList<Document>> ListDocumentsAsync(string collection, string? keyPrefix, int limit, bool newestFirst, CancellationToken cancel) => ReadAsync<IReadOnlyList<Document>>(connection =>
        [.. connection.Query<DocumentRow>(
            $"""
            SELECT * FROM document WHERE collection = @collection AND (@keyPrefix IS NULL OR substr(key, 1, length(@keyPrefix)) = @keyPrefix)
            ORDER BY {(newestFirst ? "number DESC" : "key")} LIMIT @limit
            """,
            new { collection, keyPrefix, limit }).Select(d => d.Document())]);

    public Task WriteBinsAsync(string rollout, IReadOnlyList<BinRow> bins, CancellationToken cancel) => _writer.WriteAsync(
        _ =>
        {
            foreach (var bin in bins)
            {
                _statements.Execute(
                    "INSERT INTO bin (rollout, source, key, second, payload) VALUES (@rollout, @source, @key, @second, @payload) ON CONFLICT (rollout, source, key) DO UPDATE SET second = @second, payload = @payload",
                    ("@rollout", rollout), ("@source", bin.Source), ("@key", bin.Key), ("@second", bin.Second), ("@payload", bin.Payload));
            }

            return bins.Count;
        },
        cancel);

    public Task<IReadOnlyList<BinRow>> ReadBinsAsync(string rollout, long fromSecond, CancellationToken cancel) => ReadAsync<IReadOnlyList<BinRow>>(connection =>
        [.. connection.Query<BinRow>("SELECT source, key, second, payload FROM bin WHERE rollout = @rollout AND second >= @fromSecond ORDER BY second, source, key", new { rollout, fromSecond })]);

    public Task<string?> FindAnswerAsync(string idempotencyKey, CancellationToken cancel) => ReadAsync(connection =>
        connection.QuerySingleOrDefault<AnswerRow>("SELECT answer FROM idempotency WHERE key = @idempotencyKey", new { idempotencyKey })?.Answer);

    private AppendResult AppendOne(SqliteConnection connection, Append append, DateTimeOffset now)
    {
        var at = now.ToUnixTimeMilliseconds();
        if (append.IdempotencyKey is { } key)
        {
            if (connection.QuerySingleOrDefault<AnswerRow>("SELECT answer FROM idempotency WHERE key = @key", new { key }) is { } before)
            {
                return new AppendResult(Done: false, Repeated: true, Stored: before.Answer);
            }

            connection.Execute("INSERT INTO idempotency (key, answer, at) VALUES (@key, @Answer, @at)", new { key, append.Answer, at });
            Forget(connection, at);
        }

        foreach (var document in append.Documents)
        {
            if (!Write(connection, document, at))
            {
                // What was written before it in this request goes with the savepoint.
                throw new DocumentConflictException($"{document.Collection}/{document.Key}");
            }
        }

        LedgerEntries.Insert(_statements, append.Facts, now);
        Deliver(append.Events, at);
        var number = append.Events.Count == 0 ? null : _statements.Scalar("SELECT max(number) FROM inbox WHERE process = @id", ("@id", append.Events[^1].To.ToString()));
        return new AppendResult(Done: true, Number: number is long last ? last : 0);
    }

    private static bool Write(SqliteConnection connection, DocumentWrite write, long at)
    {
        var stored = connection.ExecuteScalar<long?>("SELECT revision FROM document WHERE collection = @Collection AND key = @Key", new { write.Collection, write.Key });
        if (write.ExpectedRevision is { } expected && expected != (stored ?? 0))
        {
            return false;
        }

        if (write.Body is null)
        {
            connection.Execute("DELETE FROM document WHERE collection = @Collection AND key = @Key", new { write.Collection, write.Key });
            return true;
        }

        connection.Execute(
            """
            INSERT INTO document (collection, key, body, revision, created_at, changed_at, number)
            VALUES (@Collection, @Key, @body, 1, @at, @at, (SELECT coalesce(max(number), 0) + 1 FROM document WHERE collection = @Collection))
            ON CONFLICT (collection, key) DO UPDATE SET body = @body, revision = revision + 1, changed_at = @at
            """,
            new { write.Collection, write.Key, body = write.Body.ToJsonString(), at });
        return true;
    }

    /// <summary>A few of the oldest remembered keys go with every new one, so that neither table grows for ever.</summary>
    private static void Forget(SqliteConnection connection, long at)
    {
        var before = at - (long)KeyRetention.TotalMilliseconds;
        connection.Execute(
            """
            DELETE FROM idempotency WHERE key IN (SELECT key FROM idempotency WHERE at < @before ORDER BY at LIMIT 20);
            DELETE FROM seen_key WHERE (process, key) IN (SELECT process, key FROM seen_key WHERE at < @before ORDER BY at LIMIT 200);
            """,
            new { before });
    }

    /// <summary>Undoes the request: a document had another revision than the one that was expected.</summary>
    private sealed class DocumentConflictException(string document) : Exception($"{document} has changed.")
    {
        public string Document { get; } = document;
    }

    private sealed record AnswerRow(string? Answer);

    private sealed record DocumentRow
    {
        public required string Collection { get; init; }
        public required string Key { get; init; }
        public required string Body { get; init; }
        public long Revision { get; init; }
        public long CreatedAt { get; init; }
        public long ChangedAt { get; init; }

        public Document Document() => new(Collection, Key, JsonNode.Parse(Body)!, Revision, Time(CreatedAt), Time(ChangedAt));
    }
}
