using Dapper;
using Slipway.Core.Kernel;
using Slipway.Engine.Ports;

namespace Slipway.Storage.Sqlite;

public sealed partial class SqliteStore
{
    public Task<IReadOnlyList<OutboxEffect>> ClaimEffectsAsync(string owner, int max, TimeSpan lease, CancellationToken cancel)
    {
        var now = Now.ToUnixTimeMilliseconds();
        return _writer.WriteAsync<IReadOnlyList<OutboxEffect>>(
            _ =>
            {
                var rows = _statements.Query(
                    """
                    SELECT o.id, o.process, o.type, o.class, o.payload, o.tries, o.started FROM outbox o
                    WHERE o.not_before <= @now AND o.lease_until < @now
                      AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.process = o.process AND e.number < o.number)
                    ORDER BY o.number LIMIT @max
                    """,
                    row => new OutboxEffect(
                        row.GetString(0), ProcessId.Parse(row.GetString(1)), row.GetString(2), row.GetString(3), row.GetString(4), row.GetInt32(5), row.GetBoolean(6), LeaseId: 0),
                    ("@now", now), ("@max", max));
                var claimed = new List<OutboxEffect>(rows.Count);
                foreach (var effect in rows)
                {
                    var leaseId = ++_lease;
                    _statements.Execute(
                        "UPDATE outbox SET lease_id = @leaseId, lease_until = @until, tries = tries + 1 WHERE id = @id",
                        ("@leaseId", leaseId), ("@until", now + (long)lease.TotalMilliseconds), ("@id", effect.Id));
                    claimed.Add(effect with { LeaseId = leaseId });
                }

                return claimed;
            },
            cancel);
    }

    public Task<bool> RenewEffectAsync(OutboxEffect effect, TimeSpan lease, CancellationToken cancel) => _writer.WriteAsync(
        // From when it is written: a writer that was held up must not give what it renews a lease that is over.
        connection => connection.Execute(
            "UPDATE outbox SET lease_until = @until WHERE id = @Id AND lease_id = @LeaseId", new { until = (Now + lease).ToUnixTimeMilliseconds(), effect.Id, effect.LeaseId }) == 1,
        cancel);

    public Task<bool> BeginAttemptAsync(OutboxEffect effect, CancellationToken cancel) => _writer.WriteAsync(
        connection => connection.Execute("UPDATE outbox SET started = 1 WHERE id = @Id AND lease_id = @LeaseId AND started = 0", new { effect.Id, effect.LeaseId }) == 1,
        cancel);

    public Task<bool> CompleteEffectAsync(OutboxEffect effect, string? outcomeEvent, CancellationToken cancel)
    {
        var now = Now.ToUnixTimeMilliseconds();
        return _writer.WriteAsync(
            connection =>
            {
                if (connection.Execute("DELETE FROM outbox WHERE id = @Id AND lease_id = @LeaseId", new { effect.Id, effect.LeaseId }) == 0)
                {
                    return false;
                }

                if (outcomeEvent is not null)
                {
                    Deliver([new NewMessage(effect.Process, effect.Id, outcomeEvent)], now);
                }

                _workInGroup = true;
                return true;
            },
            cancel);
    }

    public Task DeferEffectAsync(OutboxEffect effect, DateTimeOffset at, string why, CancellationToken cancel) => _writer.WriteAsync(
        connection => connection.Execute(
            "UPDATE outbox SET not_before = @at, lease_until = 0, why = @why WHERE id = @Id AND lease_id = @LeaseId",
            new { at = at.ToUnixTimeMilliseconds(), why, effect.Id, effect.LeaseId }),
        cancel);

    public Task<IReadOnlyList<WantedRow>> WriteWantedAsync(OutboxEffect? by, IReadOnlyList<WantedRow> rows, CancellationToken cancel) => _writer.WriteAsync<IReadOnlyList<WantedRow>>(
        connection =>
        {
            if (by is not null && !Holds(connection, by))
            {
                return rows;
            }

            var refused = new List<WantedRow>();
            foreach (var row in rows)
            {
                var values = new { row.Agent, row.Resource, row.Body, row.Token.Generation, row.Token.Counter, owner = row.Owner.ToString() };
                var older = "(generation < @Generation OR (generation = @Generation AND counter <= @Counter))";
                var written = row.Body is null
                    ? connection.Execute($"DELETE FROM wanted WHERE agent = @Agent AND resource = @Resource AND {older}", values)
                    : connection.Execute(
                        $"""
                        INSERT INTO wanted (agent, resource, body, generation, counter, owner) VALUES (@Agent, @Resource, @Body, @Generation, @Counter, @owner)
                        ON CONFLICT (agent, resource) DO UPDATE SET body = @Body, generation = @Generation, counter = @Counter, owner = @owner WHERE {older}
                        """,
                        values);
                if (written == 0 && connection.ExecuteScalar<long>("SELECT count(*) FROM wanted WHERE agent = @Agent AND resource = @Resource", values) > 0)
                {
                    refused.Add(row);
                }
            }

            return refused;
        },
        cancel);

    public Task<IReadOnlyList<WantedRow>> ReadWantedAsync(string? agent, CancellationToken cancel) => ReadWantedAsync("@agent IS NULL OR agent = @agent", new { agent });

    public Task<IReadOnlyList<WantedRow>> ReadWantedBelowAsync(string prefix, CancellationToken cancel)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        return ReadWantedAsync("resource >= @prefix AND resource < @end", new { prefix, end = prefix[..^1] + (char)(prefix[^1] + 1) });
    }

    private Task<IReadOnlyList<WantedRow>> ReadWantedAsync(string which, object values) => ReadAsync<IReadOnlyList<WantedRow>>(connection =>
        [.. connection.Query<(string Agent, string Resource, string Body, long Generation, long Counter, string Owner)>(
            $"SELECT agent, resource, body, generation, counter, owner FROM wanted WHERE {which} ORDER BY agent, resource",
            values).Select(r => new WantedRow(r.Agent, r.Resource, r.Body, new FencingToken(r.Generation, r.Counter), ProcessId.Parse(r.Owner)))]);
}
