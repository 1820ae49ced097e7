using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Connection;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Test;

internal static class Quarantined
{
    public static Command From(CommandContext context)
    {
        var service = Common.Service();
        return new CliCommand(context, "quarantined", "List the tests in quarantine: until when, and who mends them", "slipway test quarantined storefront").Taking(service).Runs(async run =>
        {
            var page = await Pages.Read(after => run.Client.QuarantinedTests(run.Get(service), after, cancel: run.Cancel));
            run.Answer(page, ApiClientJson.Default.PageQuarantineView, () =>
            {
                if (page.Items.Count == 0)
                {
                    run.Out.WriteLine($"No test of {run.Get(service)} is in quarantine.");
                    return;
                }

                var table = run.WrappingTable("TEST", "OWNER", "UNTIL", "BY", "WHY");
                foreach (var test in page.Items)
                {
                    table.Row(test.Name, test.Owner, test.InForce ? new Cell(Words.When(test.Until, run.Now)) : new Cell("over", Tone.Bad), test.By, test.Why);
                }

                table.WriteTo(run.Out);
            });
        });
    }
}
