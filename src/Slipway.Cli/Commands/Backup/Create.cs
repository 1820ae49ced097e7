using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Backup;

internal static class Create
{
    public static Command From(CommandContext context)
    {
        var file = new Argument<string>("FILE") { Description = "A new file on the server's machine" };
        return new CliCommand(context, "create", "Write a consistent copy of the store while the server runs", "slipway backup create /var/backups/slipway.db").Taking(file).Runs(async run =>
        {
            var path = run.Shell.FullPath(run.Get(file));
            var backup = await run.Client.CreateBackup(path, run.Cancel);
            run.Answer(backup, ApiClientJson.Default.BackupView, () =>
            {
                run.Out.WriteLine($"Wrote {backup.File}, {Words.Bytes(backup.Bytes)}: the store, with everything that was decided and happened, and platform.yaml as it is in force.");
                run.Out.WriteLine($"The releases' artifacts are not in it: copy {backup.ArtifactsDirectory} too, {Words.Bytes(backup.ArtifactBytes)}.");
                if (backup.SecretKeyFile is { } key)
                {
                    run.Out.WriteLine($"Credentials of repositories are in it encrypted, and their key is not: keep {key} in another place than the backup. Without it they must be given again.");
                }
            });
        });
    }
}
