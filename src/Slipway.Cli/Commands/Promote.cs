using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Client.Api;

namespace Slipway.Cli.Commands;

internal static class Promote
{
    public static Command From(CommandContext context)
    {
        var release = ReleaseName.Argument("S[@V]", "The service, or one release of it; without a version the newest", versionNeeded: false);
        var to = new Option<string>("--to") { HelpName = "ENV", Description = "The environment", Required = true };
        var why = Common.Why();
        var watch = Common.Watch();
        var timeout = Durations.Timeout();
        return new CliCommand(context, "promote", "Bring a release into an environment", "slipway promote storefront --to prod --watch", "slipway promote storefront@1.2.0 --to prod --why \"fixes the basket\"")
            .Taking(release, to, why, watch, timeout)
            .Runs(async run =>
            {
                var (service, version) = run.Get(release);
                var promotion = await run.Client.StartPromotion(
                    new StartPromotion { Service = service, Environment = run.Get(to)!, Version = version, Why = run.Get(why) }, run.Cancel);
                return await Started.Promotion(run, promotion, run.Get(watch) || run.Has(timeout), run.Get(timeout));
            });
    }
}
