using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Release;

internal static class Notes
{
    public static Command From(CommandContext context)
    {
        var name = ReleaseName.Argument("S@V", "The release", versionNeeded: true);
        return new CliCommand(context, "notes", "Print a release's notes", "slipway release notes storefront@1.2.0").Taking(name).Runs(async run =>
        {
            var (service, version) = run.Get(name);
            var release = await run.Client.Release(service, version!, run.Cancel);
            run.Answer(release, ApiClientJson.Default.ReleaseView, () =>
                run.Out.WriteLine(release.Notes ?? $"{service}@{version} came without notes (slipway release create ... --notes TEXT)."));
        });
    }
}
