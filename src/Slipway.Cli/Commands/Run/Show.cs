using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Run;

internal static class Show
{
    public static Command From(CommandContext context)
    {
        var id = Common.Id("run");
        return new CliCommand(context, "show", "Show one run: its jobs, their steps, and what they wait for", "slipway run show storefront-run-7").Taking(id).Runs(async run =>
        {
            var view = await run.Client.Run(run.Get(id), run.Cancel);
            run.Answer(view, ApiClientJson.Default.RunView, () => RunFacts.Print(run, view));
        });
    }
}
