using Slipway.Client.Api;
using Slipway.Core.Reports;
using Slipway.Engine.Ports;
using Slipway.Engine.Reports;

namespace Slipway.Server.Reports;

/// <summary>Tests as the API shows them.</summary>
internal static class TestViews
{
    private const double MicrosecondsPerMillisecond = 1000;

    /// <param name="service">The run's.</param>
    /// <param name="run">Null: nothing was reported in it.</param>
    public static RunTestsView Of(string service, string id, RunTests? run, int matching, IReadOnlyList<RunTestView> items, string? next)
    {
        var tests = run?.Tests ?? [];
        return new()
        {
            Run = id, Service = service, Passed = tests.Count(t => t.Outcome == TestOutcome.Passed), Failed = tests.Count(t => t.Outcome == TestOutcome.Failed), Skipped = tests.Count(t => t.Outcome == TestOutcome.Skipped),
            NewlyFailing = tests.Count(t => t.Verdict.Standing == TestStanding.NewlyFailing), Fixed = tests.Count(t => t.Verdict.Standing == TestStanding.Fixed), Flaky = tests.Count(t => t.Verdict.Flaky is not null),
            Quarantined = tests.Count(t => t.Quarantined), Left = run?.Reports.Last.Sum(r => r.Left) ?? 0, Coverage = Of(run), Matching = matching, Items = items, Next = next,
        };
    }

    public static RunTestView Of(RunTest test, KeptFailure? failure) => new()
    {
        Name = test.Name, Suite = test.Suite, Outcome = Enum.Parse<TestOutcomeView>(test.Outcome.ToString()), Standing = Of(test.Verdict.Standing), FailingSince = test.Verdict.FailingSince, Flaky = test.Verdict.Flaky,
        Quarantined = test.Quarantined, Jobs = test.Jobs, Milliseconds = test.Microseconds / MicrosecondsPerMillisecond, Message = failure?.Message, Stack = failure?.Stack,
    };

    public static TestedRunView Of(RunReports run)
    {
        var coverage = run.Coverage;
        return new() { Run = run.Run.Run, Commit = run.Run.Commit, At = run.Run.At, Covered = coverage?.Covered, Valid = coverage?.Valid };
    }

    public static ServiceTestView Of(ServiceTest test, IReadOnlyList<RunReports> runs, QuarantineView? quarantine)
    {
        var squares = test.History.ToDictionary(t => t.Run.Run, Square, StringComparer.Ordinal);
        return new()
        {
            Name = test.Name, Suite = test.Suite, Standing = Of(test.Verdict.Standing), FailingSince = test.Verdict.FailingSince, Flaky = test.Verdict.Flaky, Quarantine = quarantine,
            Milliseconds = test.Microseconds / MicrosecondsPerMillisecond, History = [.. runs.Select(r => squares.GetValueOrDefault(r.Run.Run, TestSquareView.None))],
        };
    }

    public static QuarantineView Of(QuarantinedTest test, DateTimeOffset now) => new()
    {
        Id = test.Id, Service = test.Service, Name = test.Name, Owner = test.Owner, Until = test.Until, Why = test.Why, By = test.By.Identity, At = test.At, InForce = test.InForce(now),
    };

    private static CoverageView? Of(RunTests? run)
    {
        if (run?.Reports.Coverage is not { } coverage)
        {
            return null;
        }

        var before = run.Before?.Coverage;
        return new()
        {
            Covered = coverage.Covered, Valid = coverage.Valid, Before = before is null ? null : new(run.Before!.Run.Run, before.Covered, before.Valid),
            Packages = [.. coverage.Packages.Select(p => new PackageCoverageView(p.Name, p.Covered, p.Valid))], PackagesLeft = coverage.PackagesLeft,
        };
    }

    private static TestStandingView Of(TestStanding standing) => Enum.Parse<TestStandingView>(standing.ToString());

    private static TestSquareView Square(TestInRun test) => test.FailedAndPassed is not null ? TestSquareView.Both : Enum.Parse<TestSquareView>(test.Outcome.ToString());
}
