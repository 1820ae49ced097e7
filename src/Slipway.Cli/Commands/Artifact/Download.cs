using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Artifacts;

namespace Slipway.Cli.Commands.Artifact;

internal static class Download
{
    public static Command From(CommandContext context)
    {
        var what = new Argument<string>("S@V|DIGEST") { Description = "A release, or a digest or enough of its first digits" };
        var output = Output("Where to: a file that ends in .tar, .tar.gz or .tgz, else a folder that it is unpacked into");
        var force = Force();
        return new CliCommand(context, "download", "Bring an artifact here, checked by its digest",
                "slipway artifact download storefront@1.2.0 -o storefront.tar.gz", "slipway artifact download 3f786850e387 -o ./unpacked")
            .Taking(what, output, force)
            .Runs(async run =>
            {
                var digest = await DigestOf(run, run.Get(what));
                var place = await Bring(run, digest, run.Get(output)!, run.Get(force));
                run.Done("downloaded", digest, $"{digest} is at {place}.");
            });
    }

    public static Option<string> Output(string description) => new("--output", "-o") { HelpName = "FILE|DIR", Description = description, Required = true };

    public static Option<bool> Force() => new("--force") { Description = "Over a file that is there" };

    /// <summary>Brings one artifact to a file, or unpacked into a folder.</summary>
    /// <returns>Where it is.</returns>
    public static async Task<string> Bring(Invocation run, string digest, string output, bool force)
    {
        var place = run.Shell.FullPath(output);
        if (Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(place)) is not { } parent || !Directory.Exists(parent))
        {
            throw CliException.Usage($"--output: there is no folder that {output} could be in.", "Make it first.");
        }

        try
        {
            if (IsFile(output))
            {
                if (Directory.Exists(place) || (File.Exists(place) && !force))
                {
                    throw CliException.Usage($"--output: {output} is there already.", Directory.Exists(place) ? "Name a file." : "Replace it with --force, or name another one.");
                }

                await ArtifactDownload.ToFileAsync(run.Client, digest, place, run.Shell.Time, Progress(run), run.Cancel);
                return output;
            }

            if (File.Exists(place) || (Directory.Exists(place) && Directory.EnumerateFileSystemEntries(place).Any()))
            {
                throw CliException.Usage($"--output: {output} is {(File.Exists(place) ? "a file" : "a folder with something in it")}.", "Name a folder that is not there yet, or a file that ends in .tar.gz.");
            }

            return await ArtifactDownload.ToFolderAsync(run.Client, digest, place, run.Shell.Time, Progress(run), run.Cancel) is ExtractOutcome.Refused refused
                ? throw new CliException(ExitCodes.Failed, $"{digest} cannot be unpacked safely: {refused}.", "Bring it as it is, with -o FILE.tar.gz, and look into it.")
                : output;
        }
        catch (ArtifactCorruptException corrupt)
        {
            throw new CliException(ExitCodes.Failed, corrupt.Message, "Try again; if it stays, look at the server's disk, and make the release again.");
        }
        catch (UnauthorizedAccessException denied)
        {
            throw CliException.Usage($"--output: {output} cannot be written: {denied.Message}", "Name another place.");
        }
    }

    private static async Task<string> DigestOf(Invocation run, string text)
    {
        if (!text.Contains('@'))
        {
            return (await run.Client.Artifact(text, run.Cancel)).Digest;
        }

        return ReleaseName.Read(text) is { Version: { } version } release
            ? (await run.Client.Release(release.Service, version, run.Cancel)).ArtifactDigest
            : throw CliException.Usage($"'{text}' is no release; it is written service@version, such as storefront@1.2.0.");
    }

    private static bool IsFile(string output) =>
        output.EndsWith(".tar", StringComparison.Ordinal) || output.EndsWith(".tar.gz", StringComparison.Ordinal) || output.EndsWith(".tgz", StringComparison.Ordinal);

    /// <summary>A line that counts up, on a terminal, for what takes its time.</summary>
    private static Action<long, long?>? Progress(Invocation run)
    {
        const long WorthShowing = 4 * 1024 * 1024;
        var shell = run.Shell;
        return !shell.ErrorIsTerminal ? null : (come, total) =>
        {
            if (total >= WorthShowing)
            {
                shell.Error.Write(come < total ? $"\r{Words.Bytes(come)} of {Words.Bytes(total.Value)} " : "\r\e[K");
            }
        };
    }
}
