using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Reports;
using static Slipway.Core.Reports.TestOutcome;

namespace Slipway.Core.Tests.Reports;

public sealed class TestHistoryTests
{
    private static readonly DateTimeOffset Begin = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_test_that_passed_in_the_branch_s_last_run_is_newly_failing_and_one_never_seen_too()
    {
        Judge("PPF").ShouldBe((TestStanding.NewlyFailing, "run-3"));
        Judge("F").ShouldBe((TestStanding.NewlyFailing, "run-1"));
    }

    [Fact]
    public void A_test_still_fails_since_the_first_run_of_those_in_a_row()
    {
        Judge("FPFFF").ShouldBe((TestStanding.StillFailing, "run-3"));
        // Where it was skipped, or took no part, says nothing of it.
        Judge("PFSF").ShouldBe((TestStanding.StillFailing, "run-2"));
        Judge("PF.F").ShouldBe((TestStanding.StillFailing, "run-2"));
        Judge("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFF").ShouldBe((TestStanding.StillFailing, "run-1"));
    }

    [Fact]
    public void A_test_that_passes_and_failed_before_is_fixed()
    {
        Judge("PFP").ShouldBe((TestStanding.Fixed, null));
        Judge("FSP").ShouldBe((TestStanding.Fixed, null));
        Judge("FPP").ShouldBe((TestStanding.Passing, null));
        Judge("P").ShouldBe((TestStanding.Passing, null));
        Judge("FS").ShouldBe((TestStanding.Skipped, null));
    }

    [Fact]
    public void Runs_of_other_branches_say_nothing_of_the_branch_s_last()
    {
        var runs = new[] { Run(1, "a"), Run(2, "b", "feature"), Run(3, "c") };
        var history = TestHistory.Of([.. runs.Reverse()], [Seen(1, Passed), Seen(2, Failed), Seen(3, Failed)]);
        TestHistory.Judge(history).ShouldBe(new TestVerdict(TestStanding.NewlyFailing, "run-3", null));
    }

    [Fact]
    public void A_test_that_failed_and_passed_on_one_commit_is_flaky()
    {
        // Two attempts of the job.
        var twice = TestHistory.Of([Run(1, "abcdef0123")], [Seen(1, Failed), Seen(1, Passed, attempt: 2)]);
        twice.ShouldHaveSingleItem().ShouldBe(new TestInRun(Run(1, "abcdef0123"), Passed, "failed and passed on commit abcdef01"));
        TestHistory.Judge(twice).ShouldBe(new TestVerdict(TestStanding.Passing, null, "failed and passed on commit abcdef01"));
        // Two tries of the step.
        TestHistory.Judge(TestHistory.Of([Run(1, "a")], [Seen(1, Passed, before: true)])).Flaky.ShouldNotBeNull();
        // Two runs.
        TestHistory.Judge(TestHistory.Of([Run(2, "a"), Run(1, "a")], [Seen(1, Passed), Seen(2, Failed)])).Flaky.ShouldNotBeNull();
        // It failed every time that it was tried: that is not flaky.
        TestHistory.Judge(TestHistory.Of([Run(1, "a")], [Seen(1, Failed, before: true), Seen(1, Failed, attempt: 2)])).Flaky.ShouldBeNull();
    }

    [Fact]
    public void A_test_that_turned_though_only_documentation_changed_is_flaky()
    {
        var flaky = TestHistory.Of([Run(2, "bbbbbbbbbb", code: "x"), Run(1, "aaaaaaaaaa", code: "x")], [Seen(1, Passed), Seen(2, Failed)]);
        TestHistory.Judge(flaky).ShouldBe(new TestVerdict(TestStanding.NewlyFailing, "run-2", "failed on commit bbbbbbbb and passed on aaaaaaaa, between which only documentation changed"));
        // Code changed too: the change may well have done it.
        TestHistory.Judge(TestHistory.Of([Run(2, "b", code: "y"), Run(1, "a", code: "x")], [Seen(1, Passed), Seen(2, Failed)])).Flaky.ShouldBeNull();
    }

    [Fact]
    public void A_test_that_fails_in_one_combination_of_a_matrix_and_passes_in_another_failed_and_is_not_flaky()
    {
        var history = TestHistory.Of([Run(1, "a")], [Seen(1, Failed, job: "test (20)"), Seen(1, Passed, job: "test (22)")]);
        history.ShouldHaveSingleItem().ShouldBe(new TestInRun(Run(1, "a"), Failed, FailedAndPassed: null));
    }

    [Fact]
    public void Four_turns_within_twenty_runs_are_flaky_and_three_are_not()
    {
        Flaky("PFPFP").ShouldBe("turned between passing and failing 4 times in the last 5 runs");
        Flaky("PFPF").ShouldBeNull();
        // What lies further back is forgotten.
        Flaky("PFPFP" + new string('P', TestHistory.FlakyRuns - 1)).ShouldBeNull();
        Flaky("PFPFP" + new string('P', TestHistory.FlakyRuns - 5)).ShouldNotBeNull();
    }

    [Fact]
    public void Whatever_the_history_the_verdict_agrees_with_it()
    {
        var histories = Gen.Elements('P', 'F', 'S', '.').NonEmptyListOf().Select(all => string.Concat(all) + "F").Or("P").Or("S");
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(histories.ToArbitrary(), text =>
        {
            var history = History(text);
            var verdict = TestHistory.Judge(history);
            var told = text.Where(c => c is 'P' or 'F').ToList();
            (verdict.FailingSince is not null).ShouldBe(text[^1] == 'F');
            (verdict.Standing is TestStanding.NewlyFailing or TestStanding.StillFailing).ShouldBe(text[^1] == 'F');
            (verdict.Standing is TestStanding.Fixed or TestStanding.StillFailing).ShouldBe(text[^1] != 'S' && told.Count > 1 && told[^2] == 'F');
            if (verdict.FailingSince is { } since)
            {
                var from = int.Parse(since.AsSpan(4)) - 1;
                text[from].ShouldBe('F');
                text[from..].ShouldNotContain('P');
                text[..from].Where(c => c is 'P' or 'F').LastOrDefault('P').ShouldBe('P');
            }

            // Every run has a commit of its own: only turns can make it flaky.
            var recent = told.TakeLast(TestHistory.FlakyRuns).ToList();
            (verdict.Flaky is not null).ShouldBe(recent.Zip(recent.Skip(1)).Count(pair => pair.First != pair.Second) >= TestHistory.FlakyTurns);
        }));
    }

    [Fact]
    public void Coverage_of_several_jobs_is_put_together_by_package()
    {
        Coverage.Sum([]).ShouldBeNull();
        var sum = Coverage.Sum([new(3, 4, [new("a", 3, 4)], 0), new(1, 6, [new("a", 1, 4), new("b", 0, 2)], 7)])!;
        (sum.Covered, sum.Valid, sum.PackagesLeft).ShouldBe((4, 10, 7));
        sum.Packages.ShouldBe([new("a", 4, 8), new("b", 0, 2)]);
    }

    private static (TestStanding Standing, string? Since) Judge(string outcomes) => TestHistory.Judge(History(outcomes)) is var verdict ? (verdict.Standing, verdict.FailingSince) : default;

    private static string? Flaky(string outcomes) => TestHistory.Judge(History(outcomes)).Flaky;

    /// <summary>Oldest first: P, F, S, and a dot where it took no part; each run on a commit of its own.</summary>
    private static IReadOnlyList<TestInRun> History(string outcomes)
    {
        var runs = Enumerable.Range(1, outcomes.Length).Select(n => Run(n, $"c{n}")).Reverse().ToList();
        return TestHistory.Of(runs, outcomes.Select((c, i) => (c, n: i + 1)).Where(o => o.c != '.').Select(o => Seen(o.n, o.c switch { 'P' => Passed, 'F' => Failed, _ => Skipped })));
    }

    private static TestedRun Run(int number, string commit, string branch = "main", string? code = null) => new($"run-{number}", commit, branch, Begin.AddMinutes(number), code);

    private static TestSighting Seen(int run, TestOutcome outcome, string job = "test", int attempt = 1, bool before = false) => new($"run-{run}", job, attempt, outcome, before);
}

file static class Ends
{
    public static Gen<string> Or(this Gen<string> generator, string end) => generator.SelectMany(text => Gen.Elements(text, text[..^1] + end));
}
