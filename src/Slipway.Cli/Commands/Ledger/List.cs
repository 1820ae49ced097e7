using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Connection;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Ledger;

internal static class List
{
    public static Command From(CommandContext context)
    {
        var service = new Option<string?>("--service") { HelpName = "S", Description = "One service alone" };
        var environment = Common.Environment("One environment alone");
        var promotion = new Option<string?>("--promotion") { HelpName = "ID", Description = "One promotion alone" };
        var after = new Option<long?>("--after") { HelpName = "INDEX", Description = "Entries above this index", CustomParser = Index };
        var limit = Common.Limit("The newest N (with --after or --json: all)");
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on as more comes, until Ctrl-C; with --json one line for each entry" };
        return new CliCommand(context, "list", "List what was decided and what happened, in order", "slipway ledger list --service storefront --follow", "slipway ledger list --limit 500")
            .Taking(service, environment, promotion, after, limit, follow)
            .Runs(async run =>
            {
                var filter = new LedgerFilter(run.Get(service), run.Get(environment), run.Get(promotion));
                var wantsAll = !run.Has(limit) && (run.Json || run.Has(after));
                var page = wantsAll
                    ? await NewestEntries.All(run.Client, filter, run.Get(after), run.Cancel)
                    : await NewestEntries.Read(run.Client, filter, run.Get(after) ?? 0, run.Get(limit), run.Cancel);
                var told = new Told();
                if (run.Get(follow))
                {
                    foreach (var entry in page.Items)
                    {
                        run.Stream(entry, ApiClientJson.Default.LedgerEntryView, Line(run, entry, told));
                    }

                    await foreach (var entry in run.Client.Events(filter, page.Items.Count > 0 ? page.Items[^1].Index : run.Get(after), run.Cancel))
                    {
                        run.Stream(entry, ApiClientJson.Default.LedgerEntryView, Line(run, entry, told));
                    }
                }

                run.Answer(page, ApiClientJson.Default.PageLedgerEntryView, () =>
                {
                    if (page.Items.Count == 0)
                    {
                        run.Out.WriteLine("No entries.");
                        return;
                    }

                    var table = run.WrappingTable(">INDEX", "AT", "BY", "WHAT HAPPENED");
                    foreach (var entry in page.Items)
                    {
                        table.Row(entry.Index.ToString(), Words.Exact(entry.At), entry.Actor, Sentence(entry, told));
                    }

                    table.WriteTo(run.Out);
                    if (page.Next is not null)
                    {
                        run.Out.WriteLine(run.Ink.Paint("There are older ones: --limit N shows more, --after 0 shows all.", Tone.Quiet));
                    }
                });
            });
    }

    private static long? Index(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            return index;
        }

        result.AddError($"--after: '{text}' is no index; it is the number at the beginning of an entry's line, such as 120.");
        return null;
    }

    private static string Line(Invocation run, LedgerEntryView entry, Told told) =>
        $"{run.Ink.Paint($"{entry.Index,6}  {Words.Exact(entry.At)}", Tone.Quiet)}  {entry.Actor}  {Sentence(entry, told)}";

    private static string Sentence(LedgerEntryView entry, Told told) => told.Once(entry.Text, Texts.Parts(entry), $"see {entry.Index}");
}
