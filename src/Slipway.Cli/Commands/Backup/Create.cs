using System.CommandLine;
using Slipway.Cli.CommandLine;

namespace Slipway.Cli.Commands.Backup;

internal static class Create
{
    public static Command From(CommandContext context)
    {
        var file = new Argument<string>("FILE") { Description = "A new file on the server's machine" };
        return new CliCommand(context, "create", "Write a consistent copy of the store while the server runs", "slipway backup create /var/backups/slipway.db").Taking(file).Runs(async run =>
        {
            var path = run.Shell.FullPath(run.Get(file));
            await run.Client.CreateBackup(path, run.Cancel);
            run.Done("backup", path, $"Wrote {path}.");
        });
    }
}
