using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;
using Slipway.Core.Reports;
using Slipway.Engine.Ports;

namespace Slipway.Storage.Sqlite;

// A report may have tens of thousands of tests: it is written, and taken away, piece by piece, so that no other writer waits for all of it.
public sealed partial class SqliteStore : ITestStore
{
    /// <summary>What is kept of a service: so many runs, and of these the newest with so many results together; the newest in any case.</summary>
    public const int TestRunsKept = 100, TestResultsKept = 1_000_000;
    private const int Piece = 1000;
    private const string Result = "SELECT r.report, r.test, t.name, t.suite, r.outcome, r.failed_before, r.quarantined, r.microseconds FROM test_result r JOIN test t ON t.id = r.test";

    public async Task KeepAsync(TestReport report, CancellationToken cancel)
    {
        var begun = await _writer.WriteAsync(connection => BeginReport(connection, report), cancel).ConfigureAwait(false);
        if (begun is not { } id)
        {
            return;
        }

        foreach (var piece in report.Tests.Chunk(Piece))
        {
            await _writer.WriteAsync(_ => WriteTests(id, report.Service, piece), cancel).ConfigureAwait(false);
        }

        await _writer.WriteAsync(connection => connection.Execute("UPDATE test_report SET whole = 1 WHERE id = @id", new { id }), cancel).ConfigureAwait(false);
        await PruneAsync(report.Service, cancel).ConfigureAwait(false);
    }

    public Task<IReadOnlyList<KeptReport>> ReportsAsync(string service, int mostRuns, CancellationToken cancel) => ReadAsync<IReadOnlyList<KeptReport>>(connection =>
        [.. connection.Query<ReportRow>(
            """
            WITH newest AS (SELECT run FROM test_report WHERE service = @service AND whole = 1 GROUP BY run ORDER BY max(run_at) DESC, max(id) DESC LIMIT @mostRuns)
            SELECT id, run, run_at, commit_id, code, branch, job, attempt, left_out, coverage FROM test_report
            WHERE service = @service AND whole = 1 AND run IN (SELECT run FROM newest)
            ORDER BY run_at DESC, run DESC, job, attempt
            """,
            new { service, mostRuns }).Select(r => r.Report())]);

    public Task<IReadOnlyList<KeptResult>> ResultsAsync(IReadOnlyCollection<long> reports, CancellationToken cancel) => ReadAsync<IReadOnlyList<KeptResult>>(connection =>
        [.. connection.Query<ResultRow>($"{Result} WHERE r.report IN (SELECT value FROM json_each(@reports))", new { reports = Ids(reports) }).Select(r => r.Result())]);

    public Task<IReadOnlyList<KeptResult>> ResultsAsync(IReadOnlyCollection<long> reports, IReadOnlyCollection<long> tests, CancellationToken cancel) => ReadAsync<IReadOnlyList<KeptResult>>(connection =>
        [.. connection.Query<ResultRow>(
            // The plus keeps SQLite to the index by test: there are fewer of these.
            $"{Result} WHERE r.test IN (SELECT value FROM json_each(@tests)) AND +r.report IN (SELECT value FROM json_each(@reports))", new { reports = Ids(reports), tests = Ids(tests) }).Select(r => r.Result())]);

    public Task<IReadOnlyList<long>> TroubledAsync(IReadOnlyCollection<long> reports, CancellationToken cancel) => ReadAsync<IReadOnlyList<long>>(connection =>
        [.. connection.Query<long>(
            "SELECT DISTINCT test FROM test_result WHERE report IN (SELECT value FROM json_each(@reports)) AND (outcome = 1 OR failed_before = 1)", new { reports = Ids(reports) })]);

    public Task<IReadOnlyList<KeptFailure>> FailuresAsync(IReadOnlyCollection<long> reports, IReadOnlyCollection<long> tests, CancellationToken cancel) => ReadAsync<IReadOnlyList<KeptFailure>>(connection =>
        [.. connection.Query<FailureRow>(
            "SELECT report, test, message, stack FROM test_failure WHERE report IN (SELECT value FROM json_each(@reports)) AND test IN (SELECT value FROM json_each(@tests))",
            new { reports = Ids(reports), tests = Ids(tests) }).Select(r => new KeptFailure(r.Report, r.Test, r.Message, r.Stack))]);

    public Task<bool> HasTestAsync(string service, string name, CancellationToken cancel) => ReadAsync(connection =>
        connection.ExecuteScalar<long>("SELECT count(*) FROM test WHERE service = @service AND name = @name", new { service, name }) > 0);

    /// <returns>Null: a whole report of this attempt is there. One that was begun before is begun anew under its id.</returns>
    private static long? BeginReport(SqliteConnection connection, TestReport report)
    {
        var values = new
        {
            report.Service, report.Run, runAt = report.RunAt.ToUnixTimeMilliseconds(), report.Commit, report.Code, report.Branch, report.Job, report.Attempt, tests = report.Tests.Count, report.Left,
            coverage = report.Coverage is null ? null : JsonSerializer.Serialize(report.Coverage, CoverageJson.Default.Coverage),
        };
        return connection.ExecuteScalar<long?>(
            """
            INSERT INTO test_report (service, run, run_at, commit_id, code, branch, job, attempt, tests, left_out, coverage)
            VALUES (@Service, @Run, @runAt, @Commit, @Code, @Branch, @Job, @Attempt, @tests, @Left, @coverage)
            ON CONFLICT (run, job, attempt) DO UPDATE SET tests = excluded.tests, left_out = excluded.left_out, coverage = excluded.coverage WHERE whole = 0
            RETURNING id
            """,
            values);
    }

    private int WriteTests(long report, string service, ReportedTest[] tests)
    {
        foreach (var test in tests)
        {
            var id = _statements.Scalar("SELECT id FROM test WHERE service = @service AND name = @name", ("@service", service), ("@name", test.Name))
                ?? _statements.Scalar("INSERT INTO test (service, name, suite) VALUES (@service, @name, @suite) RETURNING id", ("@service", service), ("@name", test.Name), ("@suite", test.Suite));
            _statements.Execute(
                "INSERT OR REPLACE INTO test_result (report, test, outcome, failed_before, quarantined, microseconds) VALUES (@report, @test, @outcome, @before, @quarantined, @time)",
                ("@report", report), ("@test", id), ("@outcome", (long)test.Outcome), ("@before", test.FailedBefore ? 1L : 0L), ("@quarantined", test.Quarantined ? 1L : 0L), ("@time", test.Microseconds));
            if (test.Message is not null || test.Stack is not null)
            {
                _statements.Execute(
                    "INSERT OR REPLACE INTO test_failure (report, test, message, stack) VALUES (@report, @test, @message, @stack)",
                    ("@report", report), ("@test", id), ("@message", test.Message), ("@stack", test.Stack));
            }
        }

        return tests.Length;
    }

    private async Task PruneAsync(string service, CancellationToken cancel)
    {
        // Those that go are made unseen first; one that a server did not get to take away whole goes the next time.
        var old = await _writer.WriteAsync(
            connection => connection.Query<long>(
                """
                WITH runs AS (SELECT run, max(run_at) AS at, max(id) AS last, sum(tests) AS tests FROM test_report WHERE service = @service AND whole <> 2 GROUP BY run),
                  ranked AS (SELECT run, row_number() OVER newest AS place, sum(tests) OVER newest AS together FROM runs WINDOW newest AS (ORDER BY at DESC, last DESC))
                UPDATE test_report SET whole = 2 WHERE service = @service AND (whole = 2 OR run IN (SELECT run FROM ranked WHERE place > @runs OR (place > 1 AND together > @results))) RETURNING id
                """,
                new { service, runs = TestRunsKept, results = TestResultsKept }).ToList(),
            cancel).ConfigureAwait(false);
        foreach (var id in old)
        {
            while (await _writer.WriteAsync(
                connection => connection.Execute("DELETE FROM test_result WHERE report = @id AND test IN (SELECT test FROM test_result WHERE report = @id LIMIT @most)", new { id, most = 5 * Piece }), cancel).ConfigureAwait(false) > 0)
            {
            }

            await _writer.WriteAsync(connection => connection.Execute("DELETE FROM test_failure WHERE report = @id; DELETE FROM test_report WHERE id = @id", new { id }), cancel).ConfigureAwait(false);
        }

        if (old.Count > 0)
        {
            await _writer.WriteAsync(
                connection => connection.Execute("DELETE FROM test WHERE service = @service AND NOT EXISTS (SELECT 1 FROM test_result r WHERE r.test = test.id)", new { service }), cancel).ConfigureAwait(false);
        }
    }

    private static string Ids(IReadOnlyCollection<long> ids) => $"[{string.Join(',', ids)}]";

    private sealed record ReportRow
    {
        public long Id { get; init; }
        public required string Run { get; init; }
        public long RunAt { get; init; }
        public required string CommitId { get; init; }
        public string? Code { get; init; }
        public required string Branch { get; init; }
        public required string Job { get; init; }
        public long Attempt { get; init; }
        public long LeftOut { get; init; }
        public string? Coverage { get; init; }

        public KeptReport Report() => new()
        {
            Id = Id, Run = new TestedRun(Run, CommitId, Branch, Time(RunAt), Code), Job = Job, Attempt = (int)Attempt, Left = (int)LeftOut,
            Coverage = Coverage is null ? null : JsonSerializer.Deserialize(Coverage, CoverageJson.Default.Coverage),
        };
    }

    private sealed record ResultRow
    {
        public long Report { get; init; }
        public long Test { get; init; }
        public required string Name { get; init; }
        public string? Suite { get; init; }
        public long Outcome { get; init; }
        public long FailedBefore { get; init; }
        public long Quarantined { get; init; }
        public long Microseconds { get; init; }

        public KeptResult Result() => new(Report, Test, Name, Suite, (TestOutcome)Outcome, FailedBefore != 0, Quarantined != 0, Microseconds);
    }

    private sealed record FailureRow
    {
        public long Report { get; init; }
        public long Test { get; init; }
        public string? Message { get; init; }
        public string? Stack { get; init; }
    }
}
