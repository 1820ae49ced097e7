using System.CommandLine;
using System.Globalization;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;

namespace Slipway.Cli.Commands.Test;

/// <summary>Tests as the commands print them.</summary>
internal static class TestFacts
{
    public static Option<string?> Name() => new("--name") { HelpName = "PART", Description = "Those whose name has this in it" };

    public static Argument<string> WholeName() => new("NAME") { Description = "The test's whole name, as `slipway test list` has it" };

    /// <summary><c>118 passed, 2 failed (1 newly), 3 skipped; 1 fixed, 1 flaky, 1 in quarantine</c>.</summary>
    public static string Summary(RunTestsView view)
    {
        if (view.Passed + view.Failed + view.Skipped == 0)
        {
            return "no tests were reported";
        }

        var newly = view.NewlyFailing > 0 ? $" ({view.NewlyFailing} newly)" : "";
        var beside = new[] { (view.Fixed, "fixed"), (view.Flaky, "flaky"), (view.Quarantined, "in quarantine"), (view.Left, "more not kept") }.Where(part => part.Item1 > 0).Select(part => $"{part.Item1} {part.Item2}").ToList();
        return $"{view.Passed} passed, {view.Failed} failed{newly}, {view.Skipped} skipped{(beside.Count > 0 ? "; " : "")}{string.Join(", ", beside)}";
    }

    /// <summary><c>coverage: 81.2 % of 10,233 lines, 0.4 points more than in storefront-run-6</c>.</summary>
    public static string Coverage(CoverageView coverage)
    {
        var now = Percent(coverage.Covered, coverage.Valid);
        var change = coverage.Before is { } before ? Math.Round(now - Percent(before.Covered, before.Valid), 1) : 0;
        var compared = coverage.Before is null ? "" : change == 0 ? $", as in {coverage.Before.Run}" : $", {Number(Math.Abs(change))} points {(change > 0 ? "more" : "less")} than in {coverage.Before.Run}";
        return $"coverage: {Number(now)} % of {coverage.Valid.ToString("#,0", CultureInfo.InvariantCulture)} lines{compared}";
    }

    public static Cell Result(RunTestView test) => test switch
    {
        { Quarantined: true } => new("failed, in quarantine", Tone.Warn),
        _ => Standing(test.Standing, test.Flaky),
    };

    public static Cell Standing(TestStandingView standing, string? flaky) => standing switch
    {
        TestStandingView.NewlyFailing => new("newly failing", Tone.Bad),
        TestStandingView.StillFailing => new("still failing", Tone.Bad),
        _ when flaky is not null => new("flaky", Tone.Warn),
        TestStandingView.Fixed => new("fixed", Tone.Good),
        TestStandingView.Passing => new("passed", Tone.Good),
        _ => new("skipped", Tone.Quiet),
    };

    public static string Note(RunTestView test) => string.Join("; ", new[]
    {
        test.Outcome == TestOutcomeView.Failed ? test.Message?.Split('\n')[0].Trim() : null,
        test.Flaky,
        test.Standing == TestStandingView.StillFailing ? $"since {test.FailingSince}" : null,
    }.OfType<string>());

    public static string Took(double milliseconds) => Words.Latency(milliseconds * 1000);

    /// <summary>One letter for each run, oldest first, so that it reads as time goes.</summary>
    public static string Squares(IReadOnlyList<TestSquareView> history) => string.Concat(history.Reverse().Select(square => square switch
    {
        TestSquareView.Passed => '.',
        TestSquareView.Failed => 'F',
        TestSquareView.Both => '~',
        TestSquareView.Skipped => 's',
        _ => '_',
    }));

    public const string SquaresMean = ". passed, F failed, ~ both on one commit, s skipped, _ took no part; the newest run last";

    private static double Percent(long covered, long valid) => valid == 0 ? 0 : 100.0 * covered / valid;

    private static string Number(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}
