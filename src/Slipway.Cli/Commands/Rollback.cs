using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Client.Api;

namespace Slipway.Cli.Commands;

internal static class Rollback
{
    public static Command From(CommandContext context)
    {
        var service = Common.Service();
        var environment = Common.EnvironmentNeeded();
        var to = new Option<string?>("--to") { HelpName = "V", Description = "The version (default: the last one that did well there)" };
        var config = new Option<string?>("--config") { HelpName = "current", Description = "With today's configuration instead of the one it had" };
        config.OneOf("current");
        var why = Common.Why();
        var watch = Common.Watch();
        var timeout = Durations.Timeout();
        return new CliCommand(context, "rollback", "Put an earlier release back; a hold keeps the one that ran out until it is lifted",
                "slipway rollback storefront --env prod --watch", "slipway rollback storefront --env prod --to 1.1.0 --why \"checkout is slow\"")
            .Taking(service, environment, to, config, why, watch, timeout)
            .Runs(async run =>
            {
                var promotion = await run.Client.StartRollback(
                    new StartRollback { Service = run.Get(service), Environment = run.Get(environment)!, To = run.Get(to), Config = run.Get(config), Why = run.Get(why) }, run.Cancel);
                return await Started.Promotion(run, promotion, run.Get(watch) || run.Has(timeout), run.Get(timeout));
            });
    }
}
