using Dapper;
using Microsoft.Data.Sqlite;
using Slipway.Core.Kernel;
using Slipway.Engine.Ports;

namespace Slipway.Storage.Sqlite;

public sealed partial class SqliteStore
{
    public Task<IReadOnlyList<ClaimedProcess>> ClaimAsync(string owner, int max, TimeSpan lease, CancellationToken cancel)
    {
        var now = Now.ToUnixTimeMilliseconds();
        return _writer.WriteAsync<IReadOnlyList<ClaimedProcess>>(
            _ =>
            {
                var rows = _statements.Query(
                    """
                    SELECT id, state, state_version, sequence, due_at FROM process
                    WHERE wake_at <= @now AND lease_until < @now AND quarantined IS NULL
                    ORDER BY wake_at LIMIT @max
                    """,
                    row => new ProcessRow
                    {
                        Id = row.GetString(0),
                        State = row.IsDBNull(1) ? null : row.GetString(1),
                        StateVersion = row.GetInt64(2),
                        Sequence = row.GetInt64(3),
                        DueAt = row.IsDBNull(4) ? null : row.GetInt64(4),
                    },
                    ("@now", now), ("@max", max));
                var claimed = new List<ClaimedProcess>(rows.Count);
                foreach (var row in rows)
                {
                    var leaseId = ++_lease;
                    _statements.Execute("UPDATE process SET lease_id = @leaseId, lease_until = @until WHERE id = @id", ("@leaseId", leaseId), ("@until", now + (long)lease.TotalMilliseconds), ("@id", row.Id));
                    var inbox = _statements.Query(
                        "SELECT number, event FROM inbox WHERE process = @id ORDER BY number LIMIT 100", message => new InboxEvent(message.GetInt64(0), message.GetString(1)), ("@id", row.Id));
                    claimed.Add(new ClaimedProcess(ProcessId.Parse(row.Id), row.State, (int)row.StateVersion, row.Sequence, inbox, row.DueAt <= now, leaseId));
                }

                return claimed;
            },
            cancel);
    }

    public Task<bool> CommitTurnAsync(ProcessTurn turn, CancellationToken cancel)
    {
        var now = Now;
        return _writer.WriteAsync(_ => CommitTurn(turn, now), cancel);
    }

    public Task ReleaseAsync(ClaimedProcess process, CancellationToken cancel) => _writer.WriteAsync(
        connection => connection.Execute("UPDATE process SET lease_until = 0 WHERE id = @id AND lease_id = @lease", new { id = process.Id.ToString(), lease = process.LeaseId }),
        cancel);

    public Task QuarantineAsync(ClaimedProcess process, string reason, CancellationToken cancel)
    {
        var now = Now;
        return _writer.WriteAsync(
            connection =>
            {
                LedgerEntries.Insert(_statements, [new Fact("process.quarantined", new FactSubject(), Fact.Slipway, new System.Text.Json.Nodes.JsonObject { ["process"] = process.Id.ToString(), ["reason"] = reason })], now);
                return connection.Execute("UPDATE process SET quarantined = @reason, lease_until = 0 WHERE id = @id AND lease_id = @lease", new { reason, id = process.Id.ToString(), lease = process.LeaseId });
            },
            cancel);
    }

    public Task<StoredProcess?> ReadProcessAsync(ProcessId process, CancellationToken cancel) => ReadAsync(connection =>
        connection.QuerySingleOrDefault<ProcessRow>("SELECT * FROM process WHERE id = @id AND state IS NOT NULL", new { id = process.ToString() })?.Stored());

    public Task<IReadOnlyList<StoredProcess>> ListProcessesAsync(string kind, string? keyPrefix, bool activeOnly, int limit, CancellationToken cancel) => ReadAsync<IReadOnlyList<StoredProcess>>(connection =>
        [.. connection.Query<ProcessRow>(
            """
            SELECT * FROM process
            WHERE kind = @kind AND state IS NOT NULL AND (@keyPrefix IS NULL OR substr(key, 1, length(@keyPrefix)) = @keyPrefix) AND (NOT @activeOnly OR NOT ended)
            ORDER BY created_at DESC, rowid DESC LIMIT @limit
            """,
            new { kind, keyPrefix, activeOnly, limit }).Select(r => r.Stored())]);

    public Task<IReadOnlyList<ProcessHead>> ListProcessHeadsAsync(string kind, string? keyPrefix, CancellationToken cancel) => ReadAsync<IReadOnlyList<ProcessHead>>(connection =>
    {
        using var reader = connection.ExecuteReader(
            """
            SELECT key, sequence FROM process
            WHERE kind = @kind AND state IS NOT NULL AND (@keyPrefix IS NULL OR substr(key, 1, length(@keyPrefix)) = @keyPrefix)
            ORDER BY created_at DESC, rowid DESC
            """,
            new { kind, keyPrefix });
        var heads = new List<ProcessHead>();
        while (reader.Read())
        {
            heads.Add(new ProcessHead(new ProcessId(kind, reader.GetString(0)), reader.GetInt64(1)));
        }

        return heads;
    });

    public Task<DateTimeOffset?> NextDueAsync(CancellationToken cancel) => ReadAsync(connection =>
        Time(connection.ExecuteScalar<long?>("SELECT min(wake_at) FROM process WHERE wake_at IS NOT NULL AND quarantined IS NULL")));

    private bool CommitTurn(ProcessTurn turn, DateTimeOffset now)
    {
        var id = turn.Claim.Id.ToString();
        var at = now.ToUnixTimeMilliseconds();
        var consumed = turn.Consumed is [.., var last] ? last : 0;
        var changed = _statements.Execute(
            """
            UPDATE process SET state = @state, state_version = @version, sequence = sequence + @folded, due_at = @due, lease_until = 0, changed_at = @at, ended = @ended,
              -- What arrived while the turn was made wakes the process at once.
              wake_at = CASE WHEN EXISTS (SELECT 1 FROM inbox WHERE process = @id AND number > @consumed) THEN @at ELSE @due END
            WHERE id = @id AND lease_id = @lease AND sequence = @sequence AND quarantined IS NULL
            """,
            ("@state", turn.State), ("@version", turn.StateVersion), ("@folded", turn.Folded), ("@due", turn.DueAt?.ToUnixTimeMilliseconds()), ("@at", at), ("@ended", turn.Ended),
            ("@consumed", consumed), ("@id", id), ("@lease", turn.Claim.LeaseId), ("@sequence", turn.Claim.Sequence));
        if (changed == 0)
        {
            return false;
        }

        _statements.Execute("DELETE FROM inbox WHERE process = @id AND number <= @consumed", ("@id", id), ("@consumed", consumed));
        LedgerEntries.Insert(_statements, turn.Facts, now);
        foreach (var effect in turn.Effects)
        {
            _statements.Execute(
                "INSERT INTO outbox (id, process, type, class, payload) VALUES (@id, @process, @type, @class, @payload)",
                ("@id", effect.Id), ("@process", id), ("@type", effect.Type), ("@class", effect.Class), ("@payload", effect.Payload));
        }

        Deliver(turn.Messages, at);
        _workInGroup = true;
        return true;
    }

    private void Deliver(IReadOnlyList<NewMessage> messages, long at)
    {
        foreach (var message in messages)
        {
            var id = message.To.ToString();
            if (_statements.Execute("INSERT OR IGNORE INTO seen_key (process, key, at) VALUES (@id, @key, @at)", ("@id", id), ("@key", message.Key), ("@at", at)) == 0)
            {
                continue;
            }

            _statements.Execute("INSERT INTO inbox (process, event) VALUES (@id, @event)", ("@id", id), ("@event", message.Event));
            _statements.Execute(
                """
                INSERT INTO process (id, kind, key, wake_at, created_at, changed_at) VALUES (@id, @kind, @key, @at, @at, @at)
                ON CONFLICT (id) DO UPDATE SET wake_at = @at WHERE wake_at IS NULL OR wake_at > @at
                """,
                ("@id", id), ("@kind", message.To.Kind), ("@key", message.To.Key), ("@at", at));
            _workInGroup = true;
        }
    }

    private sealed record ProcessRow
    {
        public required string Id { get; init; }
        public string? State { get; init; }
        public long StateVersion { get; init; }
        public long Sequence { get; init; }
        public long? DueAt { get; init; }
        public long CreatedAt { get; init; }
        public long ChangedAt { get; init; }
        public long Ended { get; init; }
        public string? Quarantined { get; init; }

        public StoredProcess Stored() => new(ProcessId.Parse(Id), State!, (int)StateVersion, Sequence, Time(CreatedAt), Time(ChangedAt), Time(DueAt), Ended != 0, Quarantined);
    }
}
