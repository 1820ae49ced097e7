using System.CommandLine;
using Slipway.Cli.CommandLine;

namespace Slipway.Cli.Commands.Token;

internal static class Revoke
{
    public static Command From(CommandContext context)
    {
        var id = Common.Id("token");
        return new CliCommand(context, "revoke", "Revoke a token and all that came from it", "slipway token revoke ID").Taking(id).Runs(async run =>
        {
            await run.Client.RevokeToken(run.Get(id), run.Cancel);
            run.Done("revoked", run.Get(id), $"Revoked {run.Get(id)}.");
        });
    }
}
