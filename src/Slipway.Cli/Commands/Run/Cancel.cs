using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Run;

internal static class Cancel
{
    public static Command From(CommandContext context)
    {
        var id = Common.Id("run");
        var why = Common.Why();
        return new CliCommand(context, "cancel", "End what runs of a run, and begin nothing more of it", "slipway run cancel storefront-run-7").Taking(id, why).Runs(async run =>
        {
            var view = await run.Client.CancelRun(run.Get(id), run.Get(why), run.Cancel);
            run.Answer(view, ApiClientJson.Default.RunView, () => run.Out.WriteLine($"{view.Id}: {view.Reason}"));
        });
    }
}
