using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Connection;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Hold;

internal static class List
{
    public static Command From(CommandContext context)
    {
        var service = Common.ServiceIfAny();
        var environment = Common.Environment("One environment alone");
        return new CliCommand(context, "list", "List the holds in force", "slipway hold list storefront").Taking(service, environment).Runs(async run =>
        {
            var page = await Pages.Read(after => run.Client.Holds(run.Get(service), run.Get(environment), after, cancel: run.Cancel));
            run.Answer(page, ApiClientJson.Default.PageHoldView, () =>
            {
                if (page.Items.Count == 0)
                {
                    run.Out.WriteLine("No holds.");
                    return;
                }

                var table = run.Table("ID", "SERVICE", "ENVIRONMENT", "VERSION", "SINCE", "BY", "WHY");
                foreach (var hold in page.Items)
                {
                    table.Row(hold.Id, hold.Service, hold.Environment, hold.Version ?? "every one", Words.When(hold.At, run.Now), hold.By, Texts.InBrief(hold.Why));
                }

                table.WriteTo(run.Out);
                if (page.Items.Any(hold => Texts.InBrief(hold.Why) != hold.Why))
                {
                    run.Out.WriteLine(run.Ink.Paint("Reasons that end with … are whole with --json.", Tone.Quiet));
                }
            });
        });
    }
}
