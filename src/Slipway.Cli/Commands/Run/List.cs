using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Connection;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Run;

internal static class List
{
    public static Command From(CommandContext context)
    {
        var service = Common.ServiceIfAny();
        var limit = Common.Limit();
        return new CliCommand(context, "list", "List runs, newest first", "slipway run list storefront").Taking(service, limit).Runs(async run =>
        {
            var page = await Pages.Read(after => run.Client.Runs(run.Get(service), after, cancel: run.Cancel), run.Get(limit));
            run.Answer(page, ApiClientJson.Default.PageRunView, () =>
            {
                if (page.Items.Count == 0)
                {
                    run.Out.WriteLine("No runs. One begins with a commit to a service's repository: slipway service add NAME --repository URL");
                    return;
                }

                var table = run.Table("RUN", "COMMIT", "STATE", "ASKED FOR", ">TOOK", "SUBJECT", "REASON");
                foreach (var one in page.Items)
                {
                    var took = one.StartedAt is { } started ? Words.Span((one.EndedAt ?? run.Now) - started) : "";
                    table.Row(new(one.Id, Tone.Strong), one.Commit[..8], Tones.Cell(one.State), Words.When(one.RequestedAt, run.Now), took, one.Subject, one.Reason);
                }

                table.WriteTo(run.Out);
                Texts.More(run, page.Next);
            });
        });
    }
}
