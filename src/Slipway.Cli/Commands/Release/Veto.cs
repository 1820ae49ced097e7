using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Release;

internal static class Veto
{
    public static Command From(CommandContext context)
    {
        var name = ReleaseName.Argument("S@V", "The release", versionNeeded: true);
        var why = Common.WhyNeeded();
        return new CliCommand(context, "veto", "Say that a release must never go anywhere again", "slipway release veto storefront@1.3.0 --why \"loses carts\"")
            .Taking(name, why)
            .Runs(async run =>
            {
                var (service, version) = run.Get(name);
                var release = await run.Client.VetoRelease(service, version!, run.Get(why)!, run.Cancel);
                run.Answer(release, ApiClientJson.Default.ReleaseView, () =>
                {
                    run.Out.WriteLine($"{service}@{version} will not be promoted any more.");
                    if (release.RunsIn.Count > 0)
                    {
                        run.Out.WriteLine($"It still runs in {string.Join(", ", release.RunsIn)}. Where it can go back to: slipway status {service}");
                    }
                });
            });
    }
}
