using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Connection;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Instance;

internal static class List
{
    public static Command From(CommandContext context)
    {
        var service = Common.ServiceIfAny();
        var environment = Common.Environment("One environment alone");
        return new CliCommand(context, "list", "List the instances that run or should", "slipway instance list storefront --env prod").Taking(service, environment).Runs(async run =>
        {
            var page = await Pages.Read(after => run.Client.Instances(run.Get(service), run.Get(environment), after, cancel: run.Cancel));
            run.Answer(page, ApiClientJson.Default.PageInstanceView, () =>
            {
                if (page.Items.Count == 0)
                {
                    run.Out.WriteLine("No instances.");
                    return;
                }

                InstanceTable.Print(run, page.Items);
            });
        });
    }
}
