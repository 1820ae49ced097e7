using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Hold;

internal static class Add
{
    public static Command From(CommandContext context)
    {
        var release = ReleaseName.Argument("S[@V]", "The service, or one release of it; without a version the whole lane", versionNeeded: false);
        var environment = Common.EnvironmentNeeded();
        var why = Common.WhyNeeded();
        return new CliCommand(context, "add", "Keep a release, or every one, out of an environment until the hold is lifted", "slipway hold add storefront@1.3.0 --env prod --why \"waits for the new tax rules\"")
            .Taking(release, environment, why)
            .Runs(async run =>
            {
                var (service, version) = run.Get(release);
                var hold = await run.Client.AddHold(new AddHold { Service = service, Version = version, Environment = run.Get(environment)!, Why = run.Get(why)! }, run.Cancel);
                run.Answer(hold, ApiClientJson.Default.HoldView, () => run.Out.WriteLine($"{run.Get(release)} is held in {hold.Environment}. Lift it: slipway hold lift {hold.Id}"));
            });
    }
}
