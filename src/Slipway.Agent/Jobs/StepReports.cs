using Slipway.Client.Agents;

namespace Slipway.Agent.Jobs;

/// <summary>Reads what each try of a step reports, says in the log what came of it, and keeps it for the server.</summary>
internal sealed class StepReports(WantedJob job, AttemptFolder attempt, JobFolders folders, JobLog log)
{
    private readonly HashSet<string> _quarantined = [.. job.Quarantined];
    private readonly TestTally _tally = new(attempt);

    /// <returns>What the try reports of tests; null: the step names no reports of them.</returns>
    /// <exception cref="IOException">The disk fails.</exception>
    public StepTests? Read(int index, WantedStep step)
    {
        if (step.Reports.Count == 0 && step.Coverage.Count == 0)
        {
            return null;
        }
        var root = ServiceFolder.Find(folders.Workspace, job.Path);
        var tests = step.Reports.Count == 0 ? null : ReadTests(index, root, step.Reports);
        if (step.Coverage.Count > 0)
        {
            ReadCoverage(index, root, step.Coverage);
        }
        _tally.Save();
        return tests;
    }

    private static string Counted(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    private StepTests ReadTests(int index, string? root, IReadOnlyList<string> globs)
    {
        var files = Find(root, globs);
        var tests = TestReports.Read(root ?? folders.Workspace, files, _quarantined);
        _tally.Take(index, Masked(tests.Cases));
        log.Say(index, files.Count == 0
            ? $"no report: there is no file {string.Join(" or ", globs)}"
            : $"{Counted(tests.Tests, "test")} in {Counted(files.Count, "report")}, {tests.Failed} failed{(tests.Quarantined > 0 ? $", {tests.Quarantined} of them in quarantine" : "")}");
        Say(index, tests.Problems);
        if (tests.Unexplained is { } why)
        {
            log.Say(index, $"not all that failed is named in the reports: {why}");
        }
        if (tests.Tests > AttemptTests.MostTests)
        {
            log.Say(index, $"more than {AttemptTests.MostTests} tests of a job are not kept: those that failed are, then as many others as there is room for");
        }
        return tests;
    }

    /// <summary>What reports say are a step's words too: of tests that differ in nothing but a secret one is left.</summary>
    private IReadOnlyDictionary<string, TestCase> Masked(IReadOnlyDictionary<string, TestCase> cases)
    {
        if (log.Masks.IsEmpty)
        {
            return cases;
        }
        var masked = new Dictionary<string, TestCase>(StringComparer.Ordinal);
        foreach (var test in cases.Values)
        {
            var told = test with { Name = log.Masked(test.Name), Suite = Masked(test.Suite), Message = Masked(test.Message), Stack = Masked(test.Stack) };
            masked[told.Name] = masked.TryGetValue(told.Name, out var same) ? same.And(told) : told;
        }
        return masked;
    }

    private string? Masked(string? text) => text is null ? null : log.Masked(text);

    private void ReadCoverage(int index, string? root, IReadOnlyList<string> globs)
    {
        var files = Find(root, globs);
        Say(index, _tally.Coverage.Read(root ?? folders.Workspace, files));
        log.Say(index, files.Count == 0 ? $"no coverage: there is no file {string.Join(" or ", globs)}"
            : _tally.Coverage.Sum() is { } coverage ? $"coverage: {coverage.Covered} of {coverage.Valid} lines"
            : "coverage: no line is told of");
    }

    private IReadOnlyList<string> Find(string? root, IReadOnlyList<string> globs) => root is null ? [] : ReportFiles.Find(root, globs, File.GetLastWriteTimeUtc(attempt.TryBegan));

    private void Say(int index, IReadOnlyList<string> problems)
    {
        foreach (var problem in problems)
        {
            log.Say(index, $"not a report that can be read: {problem}");
        }
    }
}
