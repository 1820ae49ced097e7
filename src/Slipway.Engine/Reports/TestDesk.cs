using Slipway.Core.Reports;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Reports;

/// <summary>A test of a run, all jobs together.</summary>
public sealed record RunTest
{
    public required long Id { get; init; }
    public required string Name { get; init; }
    public string? Suite { get; init; }
    public required TestOutcome Outcome { get; init; }
    public required TestVerdict Verdict { get; init; }

    /// <summary>It failed, and that was forgiven.</summary>
    public required bool Quarantined { get; init; }

    /// <summary>The jobs in which it came to this outcome.</summary>
    public required IReadOnlyList<string> Jobs { get; init; }

    /// <summary>In the slowest job.</summary>
    public required long Microseconds { get; init; }
}

/// <summary>The tests of a run.</summary>
/// <param name="Tests">What needs a person comes first: newly failing, still failing, flaky, fixed; then the rest, slowest first.</param>
/// <param name="Before">The branch's last run before it that measured coverage.</param>
public sealed record RunTests(RunReports Reports, IReadOnlyList<RunTest> Tests, RunReports? Before);

/// <summary>A test of a service as its kept runs show it.</summary>
/// <param name="History">Newest first.</param>
/// <param name="Microseconds">The last time.</param>
public sealed record ServiceTest(long Id, string Name, string? Suite, IReadOnlyList<TestInRun> History, TestVerdict Verdict, long Microseconds);

/// <summary>What people ask of tests.</summary>
public sealed class TestDesk(ITestStore tests)
{
    /// <summary>Runs that a service's history shows.</summary>
    public const int RunsShown = 30;

    private const int RunsKept = 100;

    /// <summary>The tests of one run, each compared with the runs before; null: nothing was reported in it, or it is not kept any more.</summary>
    public async Task<RunTests?> OfRunAsync(string service, string run, CancellationToken cancel)
    {
        var all = TestedRuns.Of(await tests.ReportsAsync(service, RunsKept, cancel));
        var upTo = all.SkipWhile(r => r.Run.Run != run).ToList();
        if (upTo.Count == 0)
        {
            return null;
        }

        var results = await tests.ResultsAsync([.. upTo[0].Last.Select(r => r.Id)], cancel);
        var verdicts = await VerdictsAsync(upTo, [.. results.Where(r => r.Outcome == TestOutcome.Failed).Select(r => r.Test).Distinct()], cancel);
        var jobs = upTo[0].Last.ToDictionary(r => r.Id, r => r.Job);
        var list = results.GroupBy(r => r.Test).Select(same => Merge([.. same], jobs, verdicts)).ToList();
        var before = upTo.Skip(1).FirstOrDefault(r => r.Run.Branch == upTo[0].Run.Branch && r.Coverage is not null);
        return new RunTests(upTo[0], [.. list.OrderBy(Rank).ThenByDescending(t => t.Microseconds).ThenBy(t => t.Name, StringComparer.Ordinal)], before);
    }

    /// <summary>What the failures of some of a run's tests said, by test.</summary>
    public async Task<IReadOnlyDictionary<long, KeptFailure>> FailuresAsync(RunTests run, IReadOnlyCollection<RunTest> of, CancellationToken cancel)
    {
        var jobs = run.Reports.Last.ToDictionary(r => r.Id, r => r.Job);
        var wanted = of.ToDictionary(t => t.Id);
        // Of several jobs, one in which it came to what is told of it.
        return (await tests.FailuresAsync(jobs.Keys, wanted.Keys, cancel)).GroupBy(f => f.Test)
            .ToDictionary(same => same.Key, same => same.OrderBy(f => wanted[f.Test].Jobs.Contains(jobs[f.Report]) ? 0 : 1).ThenBy(f => f.Report).First());
    }

    /// <summary>The runs that a service's history shows, newest first.</summary>
    public async Task<IReadOnlyList<RunReports>> RunsAsync(string service, CancellationToken cancel) => TestedRuns.Of(await tests.ReportsAsync(service, RunsShown, cancel));

    /// <summary>Tests of the newest run and those that failed in any of these; what needs a person first, then the slowest.</summary>
    public async Task<IReadOnlyList<ServiceTest>> OfServiceAsync(IReadOnlyList<RunReports> runs, CancellationToken cancel)
    {
        if (runs.Count == 0)
        {
            return [];
        }

        var reports = runs.Ids();
        var troubled = (await tests.TroubledAsync(reports, cancel)).ToHashSet();
        var newest = (await tests.ResultsAsync([.. runs[0].Last.Select(r => r.Id)], cancel)).Where(r => !troubled.Contains(r.Test));
        var trouble = troubled.Count == 0 ? [] : await tests.ResultsAsync(reports, troubled, cancel);
        var order = runs.SelectMany((r, place) => r.Last.Select(report => (report.Id, place))).ToDictionary(r => r.Id, r => r.place);
        var rest = newest.GroupBy(r => r.Test).Select(same => Of([.. same], TestedRuns.Histories([runs[0]], same)[same.Key], order));
        var histories = TestedRuns.Histories(runs, trouble);
        return [.. trouble.GroupBy(r => r.Test).Select(same => Of([.. same], histories[same.Key], order)).Concat(rest)
            .OrderBy(t => Rank(t.Verdict)).ThenByDescending(t => t.Microseconds).ThenBy(t => t.Name, StringComparer.Ordinal)];
    }

    /// <summary>The same tests with their whole way through these runs.</summary>
    public async Task<IReadOnlyList<ServiceTest>> WithHistoryAsync(IReadOnlyList<RunReports> runs, IReadOnlyList<ServiceTest> some, CancellationToken cancel)
    {
        var histories = some.Count == 0 ? [] : TestedRuns.Histories(runs, await tests.ResultsAsync(runs.Ids(), [.. some.Select(t => t.Id)], cancel));
        return [.. some.Select(t => t with { History = histories[t.Id] })];
    }

    /// <summary>Tests that did not fail in the last runs have no verdict here: they pass, and passed.</summary>
    private async Task<Dictionary<long, TestVerdict>> VerdictsAsync(List<RunReports> upTo, List<long> failing, CancellationToken cancel)
    {
        var recent = upTo.Take(TestHistory.FlakyRuns + 1).ToList();
        var troubled = await tests.TroubledAsync(recent.Ids(), cancel);
        List<KeptResult> results = troubled.Count == 0 ? [] : [.. await tests.ResultsAsync(recent.Ids(), troubled, cancel)];
        var older = upTo.Skip(recent.Count).ToList();
        if (older.Count > 0 && failing.Count > 0)
        {
            // Since when it fails may lie further back.
            results.AddRange(await tests.ResultsAsync(older.Ids(), failing, cancel));
        }

        return TestedRuns.Histories(upTo, results).Where(t => t.Value[0].Run.Run == upTo[0].Run.Run).ToDictionary(t => t.Key, t => TestHistory.Judge(t.Value));
    }

    private static RunTest Merge(List<KeptResult> same, Dictionary<long, string> jobs, Dictionary<long, TestVerdict> verdicts)
    {
        var outcome = same.Exists(r => r.Outcome == TestOutcome.Failed) ? TestOutcome.Failed : same.Exists(r => r.Outcome == TestOutcome.Passed) ? TestOutcome.Passed : TestOutcome.Skipped;
        var alike = same.Where(r => r.Outcome == outcome).ToList();
        return new RunTest
        {
            Id = same[0].Test, Name = same[0].Name, Suite = same[0].Suite, Outcome = outcome,
            Verdict = verdicts.GetValueOrDefault(same[0].Test) ?? new TestVerdict(outcome == TestOutcome.Skipped ? TestStanding.Skipped : TestStanding.Passing, null, null),
            Quarantined = outcome == TestOutcome.Failed && alike.TrueForAll(r => r.Quarantined), Jobs = [.. alike.Select(r => jobs[r.Report]).Order(StringComparer.Ordinal)], Microseconds = alike.Max(r => r.Microseconds),
        };
    }

    private static ServiceTest Of(List<KeptResult> same, IReadOnlyList<TestInRun> history, Dictionary<long, int> order)
    {
        // One that only an earlier attempt has seen is in no run's last.
        var last = same.Where(r => order.ContainsKey(r.Report)).GroupBy(r => order[r.Report]).MinBy(run => run.Key)?.ToList() ?? same;
        return new ServiceTest(same[0].Test, same[0].Name, same[0].Suite, history, TestHistory.Judge(history), last.Max(r => r.Microseconds));
    }

    private static int Rank(RunTest test) => test.Outcome == TestOutcome.Failed && test.Quarantined ? 2 : Rank(test.Verdict);

    private static int Rank(TestVerdict verdict) => verdict.Standing switch
    {
        TestStanding.NewlyFailing => 0,
        TestStanding.StillFailing => 1,
        _ when verdict.Flaky is not null => 3,
        TestStanding.Fixed => 4,
        TestStanding.Passing => 5,
        _ => 6,
    };
}
