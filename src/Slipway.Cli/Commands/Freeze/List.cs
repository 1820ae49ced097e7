using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Connection;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Freeze;

internal static class List
{
    public static Command From(CommandContext context)
    {
        var environment = Common.Environment("One environment alone");
        return new CliCommand(context, "list", "List freezes: active, upcoming, and over by their time (lifted ones are in the ledger)", "slipway freeze list").Taking(environment).Runs(async run =>
        {
            var page = await Pages.Read(after => run.Client.Freezes(run.Get(environment), after, cancel: run.Cancel));
            run.Answer(page, ApiClientJson.Default.PageFreezeView, () =>
            {
                if (page.Items.Count == 0)
                {
                    run.Out.WriteLine("No freezes.");
                    return;
                }

                var table = run.WrappingTable("ID", "ENVIRONMENT", "STATE", "FROM", "UNTIL", "BY", "WHY");
                foreach (var freeze in page.Items)
                {
                    var tone = freeze.State switch { "active" => Tone.Warn, "over" => Tone.Quiet, _ => Tone.Plain };
                    table.Row(freeze.Id, freeze.Environment, new(freeze.State, tone), Words.When(freeze.From, run.Now), Words.When(freeze.Until, run.Now), freeze.By, freeze.Why);
                }

                table.WriteTo(run.Out);
            });
        });
    }
}
