using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Artifact;

internal static class Collect
{
    public static Command From(CommandContext context)
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would go, and why" };
        return new CliCommand(context, "collect", "Remove what retention keeps no longer; the server does so by itself from time to time", "slipway artifact collect --dry-run", "slipway artifact collect")
            .Taking(dryRun)
            .Runs(async run =>
            {
                var collection = await run.Client.CollectArtifacts(run.Get(dryRun), run.Cancel);
                run.Answer(collection, ApiClientJson.Default.CollectionView, () => Print(run, collection));
            });
    }

    private static void Print(Invocation run, CollectionView collection)
    {
        var table = run.WrappingTable(collection.DryRun ? "WOULD GO" : "WENT", "OF", ">SIZE", "BECAUSE");
        foreach (var thing in collection.Gone)
        {
            var of = thing.Releases.Count > 0 ? ArtifactFacts.Some(thing.Releases.Select(release => $"{release.Service}@{release.Version}")) : thing.Run ?? "nobody";
            table.Row(new($"{Words.Prose(thing.Kind)} {Texts.Short(thing.Digest)}".TrimEnd(), Tone.Strong), of, Words.Bytes(thing.Bytes), thing.Why);
        }

        if (collection.Gone.Count > 0)
        {
            table.WriteTo(run.Out);
        }

        var what = collection.Gone.Count == 0 ? "Nothing may go" : $"{Words.Bytes(collection.Bytes)} {(collection.DryRun ? "would go" : "went")}";
        run.Out.WriteLine($"{what}; {collection.Kept} artifact{(collection.Kept == 1 ? "" : "s")} of releases stay{(collection.Kept == 1 ? "s" : "")}, {Words.Bytes(collection.KeptBytes)} in all.");
        if (collection.DryRun && collection.Gone.Count > 0)
        {
            run.Out.WriteLine("Nothing was removed. Remove it: slipway artifact collect");
        }
    }
}
