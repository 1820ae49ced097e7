using System.CommandLine;
using Slipway.Cli.CommandLine;

namespace Slipway.Cli.Commands.Service;

internal static class Remove
{
    public static Command From(CommandContext context)
    {
        var name = Common.Service();
        return new CliCommand(context, "remove", "Remove a service that runs nowhere", "slipway service remove storefront").Taking(name).Runs(async run =>
        {
            await run.Client.RemoveService(run.Get(name), run.Cancel);
            run.Done("removed", run.Get(name), $"Removed {run.Get(name)}.");
        });
    }
}
