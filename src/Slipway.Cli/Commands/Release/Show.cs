using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Release;

internal static class Show
{
    public static Command From(CommandContext context)
    {
        var name = ReleaseName.Argument("S@V", "The release", versionNeeded: true);
        return new CliCommand(context, "show", "Show one release with its definition", "slipway release show storefront@1.2.0").Taking(name).Runs(async run =>
        {
            var (service, version) = run.Get(name);
            var release = await run.Client.Release(service, version!, run.Cancel);
            run.Answer(release, ApiClientJson.Default.ReleaseView, () =>
            {
                ReleaseFacts.Print(run, release);
                if (release.Definition is { } definition)
                {
                    run.Out.WriteLine();
                    run.Out.WriteLine(run.Ink.Paint("slipway.yaml", Tone.Quiet));
                    run.Out.WriteLine(definition.TrimEnd());
                }
            });
        });
    }
}
