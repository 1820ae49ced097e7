using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;
using Slipway.Core.Rollouts;
using Slipway.Engine.Ports;

namespace Slipway.Storage.Sqlite;

public sealed partial class SqliteStore : IJobStore
{
    // Services take turns: a service's n-th waiting job stands behind every other service's (n-1)-th, jobs that run counted as served.
    private const string InTurn =
        """
        SELECT w.run, w.job, w.attempt, w.service, w.labels, w.number,
          row_number() OVER (PARTITION BY w.service ORDER BY w.number) + coalesce(r.jobs, 0) AS turn
        FROM job w LEFT JOIN (SELECT service, count(*) AS jobs FROM job WHERE agent IS NOT NULL GROUP BY service) r ON r.service = w.service
        WHERE w.agent IS NULL
        """;

    public Task QueueAsync(OutboxEffect by, QueuedJob job, CancellationToken cancel)
    {
        var now = Now.ToUnixTimeMilliseconds();
        return _writer.WriteAsync(
            connection =>
            {
                if (!Holds(connection, by))
                {
                    return 0;
                }

                return connection.Execute(
                    """
                    INSERT INTO job (run, job, attempt, service, labels, number, queued_at)
                    VALUES (@Run, @Job, @Attempt, @Service, @Labels, (SELECT coalesce(max(number), 0) + 1 FROM job), @now)
                    ON CONFLICT (run, job) DO UPDATE SET attempt = @Attempt, labels = @Labels, number = excluded.number, queued_at = @now, agent = NULL WHERE attempt < @Attempt
                    """,
                    new { job.Run, job.Job, job.Attempt, job.Service, job.Labels, now });
            },
            cancel);
    }

    public Task WithdrawAsync(OutboxEffect by, string run, string job, int attempt, CancellationToken cancel) => _writer.WriteAsync(
        connection =>
        {
            if (!Holds(connection, by))
            {
                return 0;
            }

            connection.Execute(
                "DELETE FROM wanted WHERE owner = @owner AND counter <= @attempt AND resource = @prefix || counter || '/' || @job",
                new { owner = QueuedJob.OwnerOf(run).ToString(), attempt, job, prefix = $"{QueuedJob.ResourcePrefix}{run}/" });
            return connection.Execute("DELETE FROM job WHERE run = @run AND job = @job AND attempt <= @attempt", new { run, job, attempt });
        },
        cancel);

    public Task<IReadOnlyList<string>> WaitingLabelsAsync(CancellationToken cancel) => ReadAsync<IReadOnlyList<string>>(connection =>
        [.. connection.Query<string>("SELECT DISTINCT labels FROM job WHERE agent IS NULL ORDER BY labels")]);

    public Task<IReadOnlyList<QueuedJob>> NextAsync(IReadOnlyList<string> labels, int max, CancellationToken cancel) => ReadAsync<IReadOnlyList<QueuedJob>>(connection =>
        [.. connection.Query<(string Run, string Job, long Attempt, string Service, string Labels)>(
            $"SELECT run, job, attempt, service, labels FROM ({InTurn} AND w.labels IN (SELECT value FROM json_each(@labels))) ORDER BY run NOT LIKE @commands, turn, number LIMIT @max",
            new { labels = JsonSerializer.Serialize(labels), max, commands = CommandFlow.Prefix + "%" }).Select(r => new QueuedJob(r.Run, r.Job, (int)r.Attempt, r.Service, r.Labels))]);

    public Task<IReadOnlyDictionary<string, int>> RunningAsync(CancellationToken cancel) => ReadAsync<IReadOnlyDictionary<string, int>>(connection =>
        connection.Query<(string Agent, long Jobs)>("SELECT agent, count(*) FROM job WHERE agent IS NOT NULL GROUP BY agent").ToDictionary(r => r.Agent, r => (int)r.Jobs));

    public Task<bool> AssignAsync(QueuedJob job, WantedRow row, NewMessage assigned, CancellationToken cancel)
    {
        var now = Now.ToUnixTimeMilliseconds();
        return _writer.WriteAsync(
            connection =>
            {
                if (connection.Execute(
                    "UPDATE job SET agent = @Agent WHERE run = @Run AND job = @Job AND attempt = @Attempt AND agent IS NULL", new { row.Agent, job.Run, job.Job, job.Attempt }) == 0)
                {
                    return false;
                }

                connection.Execute(
                    "INSERT INTO wanted (agent, resource, body, generation, counter, owner) VALUES (@Agent, @Resource, @Body, @Generation, @Counter, @owner)",
                    new { row.Agent, row.Resource, row.Body, row.Token.Generation, row.Token.Counter, owner = row.Owner.ToString() });
                Deliver([assigned], now);
                return true;
            },
            cancel);
    }

    public Task<int?> BeforeAsync(string run, string job, CancellationToken cancel) => ReadAsync(connection =>
        connection.ExecuteScalar<int?>(
            $"""
            WITH waiting AS ({InTurn})
            SELECT (SELECT count(*) FROM waiting o WHERE o.turn < m.turn OR (o.turn = m.turn AND o.number < m.number)) FROM waiting m WHERE m.run = @run AND m.job = @job
            """,
            new { run, job }));

    /// <summary>Whether an effect is still leased to whoever claimed it.</summary>
    private static bool Holds(SqliteConnection connection, OutboxEffect by) =>
        connection.ExecuteScalar<long>("SELECT count(*) FROM outbox WHERE id = @Id AND lease_id = @LeaseId", new { by.Id, by.LeaseId }) > 0;
}
