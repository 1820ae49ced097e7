using System.CommandLine;
using Slipway.Cli.CommandLine;

namespace Slipway.Cli.Commands.Freeze;

internal static class Lift
{
    public static Command From(CommandContext context)
    {
        var id = Common.Id("freeze");
        var why = Common.Why();
        return new CliCommand(context, "lift", "Lift a freeze before its time; it leaves the list, and the ledger keeps it", "slipway freeze lift ID --why \"hotfix\"").Taking(id, why).Runs(async run =>
        {
            await run.Client.LiftFreeze(run.Get(id), run.Get(why), run.Cancel);
            run.Done("lifted", run.Get(id), $"Lifted freeze {run.Get(id)}.");
        });
    }
}
