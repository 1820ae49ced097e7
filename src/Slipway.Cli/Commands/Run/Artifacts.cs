using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Commands.Artifact;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Run;

internal static class Artifacts
{
    public static Command From(CommandContext context)
    {
        var id = Common.Id("run");
        var job = new Option<string?>("--job") { HelpName = "JOB", Description = "The outputs of one job alone" };
        var output = new Option<string?>("--output", "-o") { HelpName = "DIR", Description = "Bring them here, each unpacked into a folder of its own" };
        return new CliCommand(context, "artifacts", "List what a run left, or bring it here", "slipway run artifacts storefront-run-7", "slipway run artifacts storefront-run-7 --job build -o ./out")
            .Taking(id, job, output)
            .Runs(async run =>
            {
                var left = await run.Client.RunArtifacts(run.Get(id), run.Cancel);
                if (run.Get(job) is { } only)
                {
                    left = left with { Artifacts = [.. left.Artifacts.Where(artifact => artifact.Job == only)] };
                    if (left.Artifacts.Count == 0)
                    {
                        throw new CliException(ExitCodes.NotFound, $"The job '{only}' of {left.Run} has left nothing.", $"slipway run artifacts {left.Run} lists what there is.");
                    }
                }

                if (run.Get(output) is { } folder)
                {
                    await Bring(run, left, folder);
                }

                run.Answer(left, ApiClientJson.Default.RunArtifactsView, () => Print(run, left));
            });
    }

    private static async Task Bring(Invocation run, RunArtifactsView left, string folder)
    {
        var there = left.Artifacts.Where(artifact => artifact.Available && artifact.Job is not null).ToList();
        if (there.Count == 0)
        {
            throw new CliException(ExitCodes.NotFound, $"No outputs of {left.Run} can be had.", $"slipway run artifacts {left.Run} says why. To have them again: slipway run rerun {left.Run}");
        }

        Directory.CreateDirectory(run.Shell.FullPath(folder));
        foreach (var artifact in there)
        {
            // A job of a matrix is named `test (20, debian)`.
            var place = Path.Combine(folder, new string([.. artifact.Job!.Select(letter => char.IsLetterOrDigit(letter) || letter is '-' or '.' ? letter : '_')]));
            await Download.Bring(run, artifact.Digest, place, force: false);
            run.Say($"{artifact.Job} is at {place}.");
        }
    }

    private static void Print(Invocation run, RunArtifactsView left)
    {
        if (left.Artifacts.Count == 0)
        {
            run.Out.WriteLine($"{left.Run} left nothing: no job of it that ended well names `outputs`.");
        }
        else
        {
            var table = run.Table("ARTIFACT", "OF", ">SIZE", "");
            foreach (var artifact in left.Artifacts)
            {
                var state = artifact.Available ? new Cell("") : artifact.CollectedAt is { } at ? new($"removed {Words.When(at, run.Now)}", Tone.Quiet) : new("not in the store", Tone.Bad);
                table.Row(new(Texts.Short(artifact.Digest), Tone.Strong), artifact.Release ?? artifact.Job, artifact.Bytes is { } bytes ? Words.Bytes(bytes) : "", state);
            }

            table.WriteTo(run.Out);
        }

        if (left.LogsCollectedAt is { } removed)
        {
            run.Out.WriteLine($"Its logs were removed {Words.When(removed, run.Now)}: retention keeps them no longer.");
        }
    }
}
