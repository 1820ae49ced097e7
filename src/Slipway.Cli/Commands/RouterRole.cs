using System.CommandLine;
using Slipway.Agent.Router;
using Slipway.Cli.CommandLine;

namespace Slipway.Cli.Commands;

internal static class RouterRole
{
    public static Command From(CommandContext context)
    {
        var data = Roles.Data(".slipway-router");
        var port = Roles.Port("--port", 7380, "Where requests to services come in");
        return new CliCommand(context, "router", "Run a router alone, with the configuration that it had last (agents run theirs themselves)", "slipway router --data /var/lib/slipway-router --port 7380")
            .Taking(data, port)
            .Runs(run => RouterProgram.RunAsync(
                new RouterOptions { DataDirectory = run.Shell.FullPath(run.Get(data)!), HttpPort = run.Get(port), TimeProvider = run.Shell.Time }, run.Cancel));
    }
}
