using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Hosting;
using Slipway.Cli.Terminal;
using Slipway.Server;

namespace Slipway.Cli.Commands.Backup;

internal static class Restore
{
    public static Command From(CommandContext context)
    {
        var file = new Argument<string>("FILE") { Description = "What `backup create` wrote" };
        var data = Roles.Data(".slipway");
        var force = new Option<bool>("--force") { Description = "Over a store that is there" };
        return new CliCommand(context, "restore", "Put a backup in the place of the store; no server may run on it", "slipway backup restore /var/backups/slipway.db --data /var/lib/slipway")
            .Taking(file, data, force)
            .Runs(async run =>
            {
                var directory = run.Shell.FullPath(run.Get(data)!);
                string? platform;
                try
                {
                    platform = await DataDirectory.RestoreAsync(run.Shell.FullPath(run.Get(file)), directory, run.Get(force), run.Shell.Time);
                }
                catch (ServerStartException refused)
                {
                    throw LocalPlatform.Refusal(run.Shell, refused);
                }

                var store = DataDirectory.StoreIn(directory);
                run.Done("restored", directory,
                    $"Restored the store, {Words.Bytes(new FileInfo(store).Length)}, into {directory}. Artifacts are in no backup: copy the old installation's to {DataDirectory.ArtifactsIn(directory)} before anything has to start.\n"
                    + $"So is the key of credentials: copy the old installation's {Path.GetFileName(DataDirectory.SecretKeyIn(directory))} to {directory} too, or give the repositories' credentials again.\n"
                    + (platform is null ? "" : $"The environments and gates are as they were at the backup: {platform}\n")
                    + $"Next: slipway up --data {run.Get(data)}");
            });
    }
}
