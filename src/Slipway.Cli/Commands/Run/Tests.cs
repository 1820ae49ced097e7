using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Commands.Test;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Run;

internal static class Tests
{
    private const int LargestPage = 500;

    public static Command From(CommandContext context)
    {
        var id = Common.Id("run");
        var failed = new Option<bool>("--failed") { Description = "Those that failed alone, each with all that its failure said" };
        var name = TestFacts.Name();
        var limit = Common.Limit("N of them, those that need a person first");
        return new CliCommand(context, "tests", "Show the tests of a run, compared with the runs before", "slipway run tests storefront-run-7 --failed").Taking(id, failed, name, limit).Runs(async run =>
        {
            var outcome = run.Get(failed) ? "failed" : null;
            var (view, items, wanted) = (default(RunTestsView), new List<RunTestView>(), run.Get(limit));
            for (var next = (string?)null; view is null || (next is not null && items.Count < wanted); next = view.Next)
            {
                view = await run.Client.RunTests(run.Get(id), outcome, run.Get(name), next, Math.Min(LargestPage, wanted - items.Count), run.Cancel);
                items.AddRange(view.Items);
            }

            view = view with { Items = items };
            run.Answer(view, ApiClientJson.Default.RunTestsView, () => Print(run, view, run.Get(failed)));
        });
    }

    private static void Print(Invocation run, RunTestsView view, bool inFull)
    {
        run.Out.WriteLine($"{view.Run}: {TestFacts.Summary(view)}");
        if (view.Coverage is { } coverage)
        {
            run.Out.WriteLine(TestFacts.Coverage(coverage));
        }

        if (view.Passed + view.Failed + view.Skipped == 0)
        {
            run.Out.WriteLine("A step whose `report` names its files (`slipway docs slipway` shows how) has its tests here when its job has ended.");
        }
        else if (inFull)
        {
            PrintInFull(run, view.Items);
        }
        else if (view.Items.Count > 0)
        {
            run.Out.WriteLine();
            var table = run.Table("TEST", "RESULT", ">TOOK", "NOTE");
            foreach (var test in view.Items)
            {
                table.Row(test.Name, TestFacts.Result(test), TestFacts.Took(test.Milliseconds), TestFacts.Note(test));
            }

            table.WriteTo(run.Out);
        }

        Texts.More(run, view.Next);
    }

    private static void PrintInFull(Invocation run, IReadOnlyList<RunTestView> tests)
    {
        foreach (var test in tests)
        {
            var (text, tone) = TestFacts.Result(test);
            run.Out.WriteLine();
            run.Out.WriteLine($"{run.Ink.Paint(test.Name, Tone.Strong)}  {run.Ink.Paint(text, tone)}  {string.Join(", ", test.Jobs)}, {TestFacts.Took(test.Milliseconds)}{(test.Flaky is { } why ? $", {why}" : "")}");
            // Many runners begin the stack with the message.
            var said = test.Stack is { } stack && test.Message is { } message && !stack.Contains(message.Split('\n')[0], StringComparison.Ordinal) ? $"{message}\n{stack}" : test.Stack ?? test.Message ?? "It said nothing of why.";
            foreach (var line in said.Split('\n'))
            {
                run.Out.WriteLine($"    {line.TrimEnd()}");
            }
        }
    }
}
