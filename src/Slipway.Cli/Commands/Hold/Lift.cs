using System.CommandLine;
using Slipway.Cli.CommandLine;

namespace Slipway.Cli.Commands.Hold;

internal static class Lift
{
    public static Command From(CommandContext context)
    {
        var id = Common.Id("hold");
        return new CliCommand(context, "lift", "Lift a hold", "slipway hold lift ID").Taking(id).Runs(async run =>
        {
            await run.Client.LiftHold(run.Get(id), run.Cancel);
            run.Done("lifted", run.Get(id), $"Lifted hold {run.Get(id)}.");
        });
    }
}
