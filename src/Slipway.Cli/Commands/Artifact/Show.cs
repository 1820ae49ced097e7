using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Artifact;

internal static class Show
{
    public static Command From(CommandContext context)
    {
        var digest = new Argument<string>("DIGEST") { Description = "Its digest, or enough of its first digits" };
        return new CliCommand(context, "show", "Show one artifact: its releases, where it runs, every reason for which it is kept", "slipway artifact show 3f786850e387").Taking(digest).Runs(async run =>
        {
            var artifact = await run.Client.Artifact(run.Get(digest), run.Cancel);
            run.Answer(artifact, ApiClientJson.Default.ArtifactView, () => ArtifactFacts.Print(run, artifact));
        });
    }
}
