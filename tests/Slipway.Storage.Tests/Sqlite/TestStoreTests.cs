using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Slipway.Core.Reports;
using Slipway.Engine.Ports;
using Slipway.Engine.Reports;
using Slipway.Storage.Sqlite;

namespace Slipway.Storage.Tests.Sqlite;

public sealed class TestStoreTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly DateTimeOffset Begin = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("slipway-tests-").FullName;
    private SqliteStore _store = null!;

    public async ValueTask InitializeAsync() => _store = await SqliteStore.OpenAsync(Path.Combine(_folder, "slipway.db"), TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_was_reported_is_read_as_it_was()
    {
        var coverage = new Coverage(3, 4, [new("shop", 3, 4)], 2);
        await _store.KeepAsync(Report(1, [Test("good", TestOutcome.Passed) with { Suite = "cart", Microseconds = 1500 }, Test("bad", TestOutcome.Failed) with { Quarantined = true, Message = "no", Stack = "here" }]) with { Code = "sha256:1", Coverage = coverage, Left = 7 }, None);
        var report = (await _store.ReportsAsync("shop", 10, None)).ShouldHaveSingleItem();
        (report.Run, report.Job, report.Attempt, report.Left).ShouldBe((new TestedRun("shop-run-1", "commit-1", "main", Begin.AddMinutes(1), "sha256:1"), "test", 1, 7));
        (report.Coverage!.Covered, report.Coverage.PackagesLeft).ShouldBe((3, 2));
        report.Coverage.Packages.ShouldBe(coverage.Packages);
        var results = (await _store.ResultsAsync([report.Id], None)).OrderBy(r => r.Name, StringComparer.Ordinal).ToList();
        results.Select(r => (r.Name, r.Suite, r.Outcome, r.FailedBefore, r.Quarantined, r.Microseconds)).ShouldBe([("bad", null, TestOutcome.Failed, false, true, 0), ("good", "cart", TestOutcome.Passed, false, false, 1500)]);
        (await _store.TroubledAsync([report.Id], None)).ShouldBe([results[0].Test]);
        (await _store.FailuresAsync([report.Id], [results[0].Test, results[1].Test], None)).ShouldBe([new KeptFailure(report.Id, results[0].Test, "no", "here")]);
        (await _store.ResultsAsync([report.Id], [results[1].Test], None)).ShouldBe([results[1]]);
        (await _store.HasTestAsync("shop", "bad", None)).ShouldBeTrue();
        (await _store.HasTestAsync("shop", "Bad", None)).ShouldBeFalse();
        (await _store.HasTestAsync("other", "bad", None)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_report_that_comes_again_changes_nothing_and_another_attempt_is_another_report()
    {
        await _store.KeepAsync(Report(1, [Test("a", TestOutcome.Failed)]), None);
        await _store.KeepAsync(Report(1, [Test("a", TestOutcome.Passed), Test("b", TestOutcome.Passed)]), None);
        var first = (await _store.ReportsAsync("shop", 10, None)).ShouldHaveSingleItem();
        (await _store.ResultsAsync([first.Id], None)).ShouldHaveSingleItem().Outcome.ShouldBe(TestOutcome.Failed);
        await _store.KeepAsync(Report(1, [Test("a", TestOutcome.Passed)]) with { Attempt = 2 }, None);
        (await _store.ReportsAsync("shop", 10, None)).Select(r => r.Attempt).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Reports_come_newest_run_first_and_of_so_many_runs_whatever_order_they_came_in()
    {
        foreach (var number in (int[])[2, 1, 3])
        {
            await _store.KeepAsync(Report(number, [Test("a", TestOutcome.Passed)]), None);
            await _store.KeepAsync(Report(number, [Test("a", TestOutcome.Passed)]) with { Job = "lint" }, None);
        }

        await _store.KeepAsync(Report(9, [Test("a", TestOutcome.Passed)]) with { Service = "other", Run = "other-run-9" }, None);
        (await _store.ReportsAsync("shop", 2, None)).Select(r => (r.Run.Run, r.Job)).ShouldBe([("shop-run-3", "lint"), ("shop-run-3", "test"), ("shop-run-2", "lint"), ("shop-run-2", "test")]);
    }

    [Fact]
    public async Task A_report_that_was_not_written_whole_is_not_seen_and_is_written_anew()
    {
        await using (var other = new SqliteConnection($"Data Source={Path.Combine(_folder, "slipway.db")};Pooling=False"))
        {
            await other.OpenAsync(None);
            await using var command = other.CreateCommand();
            command.CommandText = """
                INSERT INTO test_report (id, service, run, run_at, commit_id, branch, job, attempt, tests, left_out) VALUES (5, 'shop', 'shop-run-1', 1, 'commit-1', 'main', 'test', 1, 2, 0);
                INSERT INTO test (id, service, name) VALUES (1, 'shop', 'a');
                INSERT INTO test_result (report, test, outcome, failed_before, quarantined, microseconds) VALUES (5, 1, 0, 0, 0, 0);
                """;
            await command.ExecuteNonQueryAsync(None);
        }

        (await _store.ReportsAsync("shop", 10, None)).ShouldBeEmpty();
        await _store.KeepAsync(Report(1, [Test("a", TestOutcome.Failed), Test("b", TestOutcome.Passed)]), None);
        var report = (await _store.ReportsAsync("shop", 10, None)).ShouldHaveSingleItem();
        (await _store.ResultsAsync([report.Id], None)).Select(r => (r.Name, r.Outcome)).ShouldBe([("a", TestOutcome.Failed), ("b", TestOutcome.Passed)], ignoreOrder: true);
    }

    [Fact]
    public async Task Only_the_newest_runs_are_kept_and_names_that_no_report_has_any_more_go_with_them()
    {
        for (var number = 1; number <= SqliteStore.TestRunsKept + 3; number++)
        {
            await _store.KeepAsync(Report(number, [Test("always", TestOutcome.Passed), Test($"only-{number}", TestOutcome.Failed) with { Message = "no" }]), None);
        }

        var reports = await _store.ReportsAsync("shop", 1000, None);
        reports.Count.ShouldBe(SqliteStore.TestRunsKept);
        reports[^1].Run.Run.ShouldBe("shop-run-4");
        (await _store.HasTestAsync("shop", "only-3", None)).ShouldBeFalse();
        (await _store.HasTestAsync("shop", "only-4", None)).ShouldBeTrue();
        (await _store.HasTestAsync("shop", "always", None)).ShouldBeTrue();
        // One of a run that is older than all that are kept does not stay.
        await _store.KeepAsync(Report(0, [Test("old", TestOutcome.Passed)]), None);
        (await _store.ReportsAsync("shop", 1000, None)).Count.ShouldBe(SqliteStore.TestRunsKept);
        (await _store.HasTestAsync("shop", "old", None)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_very_large_report_does_not_hold_up_other_writers()
    {
        var large = Enumerable.Range(0, 50_000).Select(n => Test($"a.package.of.tests.Class{n / 100}.test_{n}", n % 500 == 0 ? TestOutcome.Failed : TestOutcome.Passed) with { Message = n % 500 == 0 ? "no" : null }).ToList();
        var keeping = Task.Run(() => _store.KeepAsync(Report(1, large), None), None);
        var slowest = TimeSpan.Zero;
        for (var n = 0; !keeping.IsCompleted; n++)
        {
            var watch = Stopwatch.StartNew();
            await _store.AppendAsync(new Append { Documents = [new DocumentWrite("probe", "one", new System.Text.Json.Nodes.JsonObject { ["n"] = n })] }, None);
            slowest = watch.Elapsed > slowest ? watch.Elapsed : slowest;
        }

        await keeping;
        slowest.ShouldBeLessThan(TimeSpan.FromSeconds(5));
        var report = (await _store.ReportsAsync("shop", 10, None)).ShouldHaveSingleItem();
        (await _store.TroubledAsync([report.Id], None)).Count.ShouldBe(100);
        (await _store.ResultsAsync([report.Id], None)).Count.ShouldBe(50_000);
    }

    [Fact]
    public async Task Thousands_of_tests_are_compared_over_runs_at_once()
    {
        const int Tests = 5000, Runs = 8;
        for (var run = 1; run <= Runs; run++)
        {
            await _store.KeepAsync(Report(run, [.. Enumerable.Range(0, Tests).Select(n => Test($"test {n}", n % 100 == run % 3 ? TestOutcome.Failed : TestOutcome.Passed) with { Microseconds = n })]), None);
        }

        var desk = new TestDesk(_store);
        var watch = Stopwatch.StartNew();
        var of = (await desk.OfRunAsync("shop", $"shop-run-{Runs}", None))!;
        var runs = await desk.RunsAsync("shop", None);
        var all = await desk.OfServiceAsync(runs, None);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        TestContext.Current.SendDiagnosticMessage($"{Tests} tests over {Runs} runs, compared twice: {watch.ElapsedMilliseconds} ms");
        (of.Tests.Count, all.Count).ShouldBe((Tests, Tests));
        of.Tests.Count(t => t.Verdict.Standing == TestStanding.NewlyFailing).ShouldBe(Tests / 100);
        of.Tests.Count(t => t.Verdict.Standing == TestStanding.Fixed).ShouldBe(Tests / 100);
        (await desk.WithHistoryAsync(runs, [.. all.Take(3)], None)).ShouldAllBe(t => t.History.Count == Runs);
        (await desk.OfRunAsync("shop", "shop-run-99", None)).ShouldBeNull();
    }

    private static TestReport Report(int number, IReadOnlyList<ReportedTest> tests) => new()
    {
        Service = "shop", Run = $"shop-run-{number}", RunAt = Begin.AddMinutes(number), Commit = $"commit-{number}", Branch = "main", Job = "test", Attempt = 1, Tests = tests,
    };

    private static ReportedTest Test(string name, TestOutcome outcome) => new(name, null, outcome, FailedBefore: false, Quarantined: false, 0, null, null);
}
