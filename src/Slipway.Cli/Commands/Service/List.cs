using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Connection;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Service;

internal static class List
{
    public static Command From(CommandContext context) =>
        new CliCommand(context, "list", "List the services", "slipway service list").Runs(async run =>
        {
            var page = await Pages.Read(after => run.Client.Services(after, cancel: run.Cancel));
            run.Answer(page, ApiClientJson.Default.PageServiceView, () =>
            {
                if (page.Items.Count == 0)
                {
                    run.Out.WriteLine("No services yet. Add one: slipway service add NAME");
                    return;
                }

                var table = run.Table("SERVICE", "OWNER", ">TIER", "NEWEST", ">RELEASES", "ADDED");
                foreach (var service in page.Items)
                {
                    table.Row(new(service.Name, Tone.Strong), service.Owner, service.Tier?.ToString(), service.LatestVersion ?? "none", service.Releases.ToString(), Words.When(service.CreatedAt, run.Now));
                }

                table.WriteTo(run.Out);
            });
        });
}
