using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Connection;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Release;

internal static class List
{
    public static Command From(CommandContext context)
    {
        var name = Common.Service();
        var limit = Common.Limit();
        return new CliCommand(context, "list", "List a service's releases, newest first", "slipway release list storefront").Taking(name, limit).Runs(async run =>
        {
            var page = await Pages.Read(after => run.Client.Releases(run.Get(name), after, cancel: run.Cancel), run.Get(limit));
            run.Answer(page, ApiClientJson.Default.PageReleaseView, () =>
            {
                if (page.Items.Count == 0)
                {
                    run.Out.WriteLine($"No releases yet. Make one: slipway release create {run.Get(name)} --version 1.0.0 --artifact DIR");
                    return;
                }

                var table = run.Table("VERSION", "CREATED", "BY", "COMMIT", "ARTIFACT", ">SIZE", "RUNS IN", "VETO");
                foreach (var release in page.Items)
                {
                    table.Row(
                        new(release.Version, Tone.Strong), Words.When(release.CreatedAt, run.Now), release.CreatedBy, Texts.Short(release.Commit), Texts.Short(release.ArtifactDigest),
                        Words.Bytes(release.ArtifactBytes), string.Join(", ", release.RunsIn), new(release.Veto?.Why ?? "", Tone.Bad));
                }

                table.WriteTo(run.Out);
                Texts.More(run, page.Next);
            });
        });
    }
}
