using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Connection;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Artifact;

internal static class List
{
    public static Command From(CommandContext context)
    {
        var service = Common.ServiceIfAny();
        var limit = Common.Limit();
        return new CliCommand(context, "list", "List the artifacts of releases, where they run and why they are kept", "slipway artifact list storefront").Taking(service, limit).Runs(async run =>
        {
            var page = await Pages.Read(after => run.Client.Artifacts(run.Get(service), after, cancel: run.Cancel), run.Get(limit));
            run.Answer(page, ApiClientJson.Default.PageArtifactView, () =>
            {
                if (page.Items.Count == 0)
                {
                    run.Out.WriteLine("No artifacts yet. They come with releases: slipway release create S --version V --artifact DIR");
                    return;
                }

                var table = run.Table("ARTIFACT", ">SIZE", "RELEASES", "MADE BY", "RUNS IN", "KEPT BECAUSE");
                foreach (var artifact in page.Items)
                {
                    table.Row(
                        new(Texts.Short(artifact.Digest), Tone.Strong), Words.Bytes(artifact.Bytes), ArtifactFacts.Some(artifact.Releases.Select(release => $"{release.Service}@{release.Version}")),
                        ArtifactFacts.Some(artifact.Runs), string.Join(", ", artifact.RunsIn), ArtifactFacts.Kept(run, artifact));
                }

                table.WriteTo(run.Out);
                Texts.More(run, page.Next);
            });
        });
    }
}
