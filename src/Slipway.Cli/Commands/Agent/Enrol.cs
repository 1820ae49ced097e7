using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Agent;

internal static class Enrol
{
    public static Command From(CommandContext context)
    {
        var name = new Option<string>("--name") { HelpName = "N", Description = "The agent's name", Required = true };
        var expires = new Option<string?>("--expires") { HelpName = "DURATION", Description = $"How long its token lives, {Durations.Forms} (default: 366d)" };
        return new CliCommand(context, "enrol", "Make the token that one agent connects with, shown once; for an agent that is away it replaces the one it had", "slipway agent enrol --name rack-2")
            .Taking(name, expires)
            .Runs(async run =>
            {
                var created = await run.Client.EnrolAgent(new EnrolAgent { Name = run.Get(name)!, Expires = run.Get(expires) }, run.Cancel);
                run.Answer(created, ApiClientJson.Default.CreatedToken, () =>
                {
                    run.Out.WriteLine(created.Secret);
                    run.Shell.Error.WriteLine(
                        $"This is the only time it is shown{(created.Token.ExpiresAt is { } end ? $"; it lives until {Words.Exact(end)}" : "")}. On that machine:");
                    run.Shell.Error.WriteLine($"  SLIPWAY_TOKEN=... slipway agent --server {run.Client.Server.GetLeftPart(UriPartial.Authority)} --name {run.Get(name)}");
                });
            });
    }
}
