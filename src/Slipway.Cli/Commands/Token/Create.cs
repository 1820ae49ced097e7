using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Token;

internal static class Create
{
    public static Command From(CommandContext context)
    {
        var name = new Option<string>("--name") { HelpName = "N", Description = "What it is for", Required = true };
        var identity = new Option<string?>("--identity") { HelpName = "I", Description = "Who it speaks for (default: you)" };
        var role = new Option<string?>("--role") { HelpName = "R", Description = "viewer, deployer, approver, admin or agent (default: yours)" };
        role.OneOf("viewer", "deployer", "approver", "admin", "agent");
        var expires = new Option<string?>("--expires") { HelpName = "DURATION", Description = "How long it lives (default: 30d; never longer than the token that makes it)" };
        expires.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && Durations.Parse(text) is null)
            {
                result.AddError($"--expires: '{text}' is no duration; it is written {Durations.Forms}.");
            }
        });
        return new CliCommand(context, "create", "Make a token; its secret is shown once", "slipway token create --name ci --role deployer --expires 30d")
            .Taking(name, identity, role, expires)
            .Runs(async run =>
            {
                var created = await run.Client.CreateToken(
                    new CreateToken { Name = run.Get(name)!, Identity = run.Get(identity), Role = run.Get(role), Expires = run.Get(expires) }, run.Cancel);
                run.Answer(created, ApiClientJson.Default.CreatedToken, () =>
                {
                    run.Out.WriteLine(created.Secret);
                    run.Shell.Error.WriteLine(
                        $"This is the only time it is shown. It speaks for {created.Token.Identity} ({string.Join(", ", created.Token.Roles)})"
                        + (created.Token.ExpiresAt is { } end ? $" until {Words.Exact(end)}." : "."));
                });
            });
    }
}
