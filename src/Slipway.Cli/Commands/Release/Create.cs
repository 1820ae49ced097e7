using System.CommandLine;
using Slipway.Cli.Artifacts;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Release;

internal static class Create
{
    public static Command From(CommandContext context)
    {
        var service = Common.Service();
        var version = new Option<string>("--version") { HelpName = "V", Description = "The release's version, such as 1.2.0", Required = true };
        var artifact = new Option<string>("--artifact") { HelpName = "DIR|FILE", Description = "A directory to pack, or a tar or tar.gz file", Required = true };
        var commit = new Option<string?>("--commit") { HelpName = "SHA", Description = "The commit that it was built from" };
        var definition = new Option<string?>("--definition") { HelpName = "FILE", Description = "The service's definition (default: slipway.yaml in the artifact, else the newest release's)" };
        var notes = new Option<string?>("--notes") { HelpName = "TEXT", Description = "What is new in it" };
        return new CliCommand(context, "create", "Make a release of an artifact",
                "slipway release create storefront --version 1.2.0 --artifact ./publish --definition slipway.yaml",
                "slipway release create storefront --version 1.2.1 --artifact build.tar.gz --commit \"$(git rev-parse HEAD)\"")
            .Taking(service, version, artifact, commit, definition, notes)
            .Runs(async run =>
            {
                var definitionFile = run.Get(definition);
                var definitionText = definitionFile is null ? null : await ReadDefinition(run, definitionFile);
                await using var packed = PackedArtifact.Of(run.Shell, run.Get(artifact)!, run.Cancel);
                var answer = await run.Client.CreateRelease(run.Get(service), new ReleaseUpload
                {
                    Version = run.Get(version)!,
                    Commit = run.Get(commit),
                    Definition = definitionText,
                    DefinitionFile = definitionFile,
                    Notes = run.Get(notes),
                    OpenArtifact = packed.Open,
                    Progress = ShowProgress(run),
                }, run.Cancel);
                run.Answer(answer, ApiClientJson.Default.CreateReleaseAnswer, () =>
                {
                    run.Out.WriteLine(answer.Created ? "Created." : "This release was there already: same version, same artifact.");
                    ReleaseFacts.Print(run, answer.Release, isOnItsWay: answer.Promotions.Count > 0);
                    foreach (var promotion in answer.Promotions)
                    {
                        run.Out.WriteLine($"It is on its way: slipway rollout watch {promotion}");
                    }
                });
            });
    }

    private static async Task<string> ReadDefinition(Invocation run, string file)
    {
        var path = run.Shell.FullPath(file);
        return File.Exists(path)
            ? await File.ReadAllTextAsync(path, run.Cancel)
            : throw CliException.Usage($"--definition: there is no file {file}.", "`slipway docs slipway` prints an annotated one.");
    }

    /// <summary>A line that counts up, on a terminal, for uploads that take their time.</summary>
    private static Action<long, long>? ShowProgress(Invocation run)
    {
        const long WorthShowing = 4 * 1024 * 1024;
        var shell = run.Shell;
        return !shell.ErrorIsTerminal ? null : (sent, total) =>
        {
            if (total >= WorthShowing)
            {
                shell.Error.Write(sent < total ? $"\rSending {Words.Bytes(sent)} of {Words.Bytes(total)} " : "\r\e[K");
            }
        };
    }
}
