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

    private StepTests ReadTests(int index, string? root, IReadOnlyList<string> globs)
    {
        var files = Find(root, globs);
        var tests = TestReports.Read(root ?? folders.Workspace, files, _quarantined);
        _tally.Take(index, tests.Cases);
        log.Say(index, files.Count == 0
            ? $"no report was written that {string.Join(" or ", globs)} would name"
            : $"{tests.Tests} tests in {files.Count} reports, {tests.Failed} failed{(tests.Quarantined > 0 ? $", {tests.Quarantined} of them in quarantine" : "")}");
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

    private void ReadCoverage(int index, string? root, IReadOnlyList<string> globs)
    {
        var files = Find(root, globs);
        Say(index, _tally.Coverage.Read(root ?? folders.Workspace, files));
        log.Say(index, files.Count == 0 ? $"no coverage was written that {string.Join(" or ", globs)} would name"
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
