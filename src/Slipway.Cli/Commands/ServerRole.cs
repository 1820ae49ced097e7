using System.CommandLine;
using System.Net;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Hosting;
using Slipway.Server;

namespace Slipway.Cli.Commands;

internal static class ServerRole
{
    public static Command From(CommandContext context)
    {
        var data = Roles.Data(".slipway");
        var port = Roles.Port("--port", 7300, "The server's port");
        var routerPort = Roles.Port("--router-port", 7380, "The local router's port, for the addresses of services");
        var bind = new Option<string>("--bind") { HelpName = "ADDRESS", Description = "The address to listen on", DefaultValueFactory = _ => "127.0.0.1" };
        bind.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !IPAddress.TryParse(text, out _))
            {
                result.AddError($"--bind: '{text}' is no IP address.");
            }
        });
        var hosts = new Option<string[]>("--host-name") { HelpName = "NAME", Description = "A name under which it is reached, besides localhost; may be given again" };
        var platform = new Option<string?>("--platform") { HelpName = "DIR", Description = "The platform folder (default: platform in the data directory)" };
        return new CliCommand(context, "server", "Run the server alone; agents connect to it", "slipway server --data /var/lib/slipway --port 7300")
            .Taking(data, port, routerPort, bind, hosts, platform)
            .Runs(async run =>
            {
                using var log = FileLog.ToStandardError();
                var options = new ServerOptions
                {
                    DataDirectory = run.Shell.FullPath(run.Get(data)!),
                    Port = run.Get(port),
                    RouterPort = run.Get(routerPort),
                    Bind = IPAddress.Parse(run.Get(bind)!),
                    HostNames = run.Get(hosts) ?? [],
                    PlatformDirectory = run.Get(platform) is { } folder ? run.Shell.FullPath(folder) : null,
                    Time = run.Shell.Time,
                    Logging = log,
                };
                await using (var server = await LocalPlatform.StartServer(options, run.Shell, run.Cancel))
                {
                    run.Say($"The server runs at {server.Url.GetLeftPart(UriPartial.Authority)}; its admin token is in {DataDirectory.AdminTokenIn(options.DataDirectory)}.");
                    run.Out.Flush();
                    using var either = CancellationTokenSource.CreateLinkedTokenSource(run.Cancel, server.Stopping);
                    try
                    {
                        await Task.Delay(Timeout.InfiniteTimeSpan, run.Shell.Time, either.Token);
                    }
                    catch (OperationCanceledException)
                    {
                        // Somebody ends it, or it has ended by itself.
                    }
                }

                return run.Cancel.IsCancellationRequested ? ExitCodes.Done : ExitCodes.Failed;
            });
    }
}
