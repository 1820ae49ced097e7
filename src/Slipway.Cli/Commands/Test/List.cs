using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Test;

internal static class List
{
    private const int LargestPage = 500;

    public static Command From(CommandContext context)
    {
        var service = Common.Service();
        var show = new Option<string?>("--show") { HelpName = "WHICH", Description = "failing, flaky, slowest or quarantined alone" }.OneOf("failing", "flaky", "slowest", "quarantined");
        var name = TestFacts.Name();
        var limit = Common.Limit("N of them, those that need a person first");
        return new CliCommand(context, "list", "List a service's tests and how they went in its last runs", "slipway test list storefront --show flaky").Taking(service, show, name, limit).Runs(async run =>
        {
            var (view, items, wanted) = (default(ServiceTestsView), new List<ServiceTestView>(), run.Get(limit));
            for (var next = (string?)null; view is null || (next is not null && items.Count < wanted); next = view.Next)
            {
                view = await run.Client.ServiceTests(run.Get(service), run.Get(show), run.Get(name), next, Math.Min(LargestPage, wanted - items.Count), run.Cancel);
                items.AddRange(view.Items);
            }

            view = view with { Items = items };
            run.Answer(view, ApiClientJson.Default.ServiceTestsView, () => Print(run, view));
        });
    }

    private static void Print(Invocation run, ServiceTestsView view)
    {
        if (view.Items.Count == 0)
        {
            run.Out.WriteLine(view.Runs.Count == 0
                ? $"No run of {view.Service} has reported tests. A step does whose `report` names its files: slipway docs slipway"
                : "No test is so.");
            return;
        }

        var table = run.Table("TEST", "STATE", ">TOOK", "LAST RUNS", "NOTE");
        foreach (var test in view.Items)
        {
            table.Row(test.Name, State(test), TestFacts.Took(test.Milliseconds), TestFacts.Squares(test.History), Note(test, run.Now));
        }

        table.WriteTo(run.Out);
        run.Out.WriteLine(run.Ink.Paint(TestFacts.SquaresMean, Tone.Quiet));
        Texts.More(run, view.Next);
    }

    private static Cell State(ServiceTestView test) => test.Quarantine is null ? TestFacts.Standing(test.Standing, test.Flaky) : new("in quarantine", Tone.Warn);

    private static string Note(ServiceTestView test, DateTimeOffset now) => string.Join("; ", new[]
    {
        test.Flaky,
        test.FailingSince is { } since ? $"fails since {since}" : null,
        test.Quarantine is { } quarantine ? $"{quarantine.Owner} mends it, and it counts again {Words.When(quarantine.Until, now)}" : null,
    }.OfType<string>());
}
