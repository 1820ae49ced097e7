using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Freeze;

internal static class Add
{
    public static Command From(CommandContext context)
    {
        var environment = Common.EnvironmentNeeded();
        var from = Common.Moment(context, "--from", "When it begins: a time with its zone such as 2026-12-24T18:00:00Z, or from now such as +2h (default: now)");
        var until = Common.Moment(context, "--until", "When it ends, as --from");
        until.Required = true;
        var why = Common.WhyNeeded();
        return new CliCommand(context, "add", "Forbid change in an environment for a time", "slipway freeze add --env prod --until +2d --why \"sale weekend\"")
            .Taking(environment, from, until, why)
            .Runs(async run =>
            {
                var freeze = await run.Client.AddFreeze(
                    new AddFreeze { Environment = run.Get(environment)!, From = run.Get(from) ?? run.Now, Until = run.Get(until)!.Value, Why = run.Get(why)! }, run.Cancel);
                run.Answer(freeze, ApiClientJson.Default.FreezeView, () => run.Out.WriteLine(
                    $"{freeze.Environment} is frozen from {Words.Exact(freeze.From)} until {Words.Exact(freeze.Until)}. Lift it: slipway freeze lift {freeze.Id}"));
            });
    }
}
