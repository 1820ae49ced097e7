namespace Slipway.Core.Reports;

/// <summary>A run in which tests were reported.</summary>
/// <param name="Commit">Lower-case hex, whole.</param>
/// <param name="Code">A digest of what the commit has, documentation left out; null: not known.</param>
public sealed record TestedRun(string Run, string Commit, string Branch, DateTimeOffset At, string? Code = null);

/// <summary>What one attempt of one job says of one test.</summary>
public sealed record TestSighting(string Run, string Job, int Attempt, TestOutcome Outcome, bool FailedBefore);

/// <summary>A test in one run, all its jobs together: it failed if it did in the last attempt of any.</summary>
/// <param name="FailedAndPassed">On which commits the same job saw it fail and pass, in words: on the run's own, in two attempts, two tries of a step, or two runs; or on that and another between which only documentation changed. Null: it did not.</param>
public sealed record TestInRun(TestedRun Run, TestOutcome Outcome, string? FailedAndPassed);

/// <summary>How a test's outcome compares with the branch's run before.</summary>
public enum TestStanding { Passing, NewlyFailing, StillFailing, Fixed, Skipped }

/// <summary>What its history makes of a test.</summary>
/// <param name="FailingSince">The first run of those in a row in which it failed; null: it does not fail.</param>
/// <param name="Flaky">Why it is held to be flaky, in words; null: it is not.</param>
public sealed record TestVerdict(TestStanding Standing, string? FailingSince, string? Flaky);

/// <summary>Compares a test's outcomes over runs. Runs in which it was skipped, or did not take part, say nothing of it.</summary>
public static class TestHistory
{
    /// <summary>Runs of a branch that are looked at for flakiness, and how often an outcome may turn within them.</summary>
    public const int FlakyRuns = 20, FlakyTurns = 4;

    /// <summary>One test's way through runs.</summary>
    /// <param name="runs">Newest first.</param>
    /// <param name="sightings">All of this one test in these runs, in any order.</param>
    /// <returns>The runs in which it took part, newest first.</returns>
    public static IReadOnlyList<TestInRun> Of(IReadOnlyList<TestedRun> runs, IEnumerable<TestSighting> sightings)
    {
        var byRun = sightings.GroupBy(s => s.Run, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.ToList(), StringComparer.Ordinal);
        var there = runs.Where(r => byRun.ContainsKey(r.Run)).ToList();
        // A job's code, not the run's: in a matrix a test may well fail in one combination and pass in another.
        var mixed = there.SelectMany(run => byRun[run.Run], (run, seen) => (run.Commit, Code: CodeOf(run), seen)).GroupBy(s => (s.Code, s.seen.Job))
            .Select(same => (same.Key.Code, Words: Mixed([.. same.Where(s => s.seen.Outcome == TestOutcome.Failed || s.seen.FailedBefore).Select(s => s.Commit)], [.. same.Where(s => s.seen.Outcome == TestOutcome.Passed).Select(s => s.Commit)])))
            .Where(same => same.Words is not null).DistinctBy(same => same.Code).ToDictionary(same => same.Code, same => same.Words, StringComparer.Ordinal);
        return [.. there.Select(run => new TestInRun(run, OutcomeOf(byRun[run.Run]), mixed.GetValueOrDefault(CodeOf(run))))];
    }

    private static string CodeOf(TestedRun run) => run.Code ?? run.Commit;

    /// <param name="failed">The commits with the same code on which it failed, newest first.</param>
    private static string? Mixed(List<string> failed, List<string> passed) =>
        failed.Count == 0 || passed.Count == 0 ? null
        : failed.Find(passed.Contains) is { } both ? $"failed and passed on commit {Short(both)}"
        : $"failed on commit {Short(failed[0])} and passed on {Short(passed[0])}, between which only documentation changed";

    private static string Short(string commit) => commit[..Math.Min(8, commit.Length)];

    /// <param name="history">Of one test, newest first; the first is the run that is asked about.</param>
    public static TestVerdict Judge(IReadOnlyList<TestInRun> history)
    {
        if (history.Count == 0)
        {
            throw new ArgumentException("A test without a run has no standing.", nameof(history));
        }

        var now = history[0];
        var told = history.Where(t => t.Run.Branch == now.Run.Branch && t.Outcome != TestOutcome.Skipped).ToList();
        var before = told.FirstOrDefault(t => t.Run.Run != now.Run.Run)?.Outcome;
        var standing = now.Outcome switch
        {
            TestOutcome.Skipped => TestStanding.Skipped,
            TestOutcome.Failed => before == TestOutcome.Failed ? TestStanding.StillFailing : TestStanding.NewlyFailing,
            _ => before == TestOutcome.Failed ? TestStanding.Fixed : TestStanding.Passing,
        };
        return new TestVerdict(standing, now.Outcome == TestOutcome.Failed ? told.TakeWhile(t => t.Outcome == TestOutcome.Failed).Last().Run.Run : null, WhyFlaky([.. told.Take(FlakyRuns)]));
    }

    private static string? WhyFlaky(List<TestInRun> recent)
    {
        if (recent.Find(t => t.FailedAndPassed is not null) is { } both)
        {
            return both.FailedAndPassed;
        }

        var turns = recent.Zip(recent.Skip(1)).Count(pair => pair.First.Outcome != pair.Second.Outcome);
        return turns >= FlakyTurns ? $"turned between passing and failing {turns} times in the last {recent.Count} runs" : null;
    }

    private static TestOutcome OutcomeOf(List<TestSighting> sightings)
    {
        var last = sightings.GroupBy(s => s.Job, StringComparer.Ordinal).Select(job => job.MaxBy(s => s.Attempt)!.Outcome).ToList();
        return last.Contains(TestOutcome.Failed) ? TestOutcome.Failed : last.Contains(TestOutcome.Passed) ? TestOutcome.Passed : TestOutcome.Skipped;
    }
}
