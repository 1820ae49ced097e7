using System.CommandLine;
using System.Text.Json.Serialization;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Core.Definitions;
using Slipway.Core.Environments;
using Slipway.Core.Kernel;

namespace Slipway.Cli.Commands;

internal static class Validate
{
    private const string Service = "slipway.yaml", Platform = "platform.yaml";

    public static Command From(CommandContext context)
    {
        var where = new Argument<string>("FILE|DIR") { Description = $"A file, or a folder with {Service} or {Platform}", DefaultValueFactory = _ => "." };
        return new CliCommand(context, "validate", "Check definitions, offline: every problem with its place", "slipway validate", "slipway validate storefront/slipway.yaml")
            .Taking(where)
            .Runs(async run =>
            {
                var files = Find(run, run.Get(where));
                var problems = new List<Problem>();
                PlatformDefinition? platform = null;
                // The platform first: it says which environments a service may name.
                foreach (var file in files.OrderBy(file => Path.GetFileName(file) != Platform))
                {
                    var text = await File.ReadAllTextAsync(run.Shell.FullPath(file), run.Cancel);
                    if (Path.GetFileName(file) == Platform)
                    {
                        (platform, var found) = PlatformDefinitionReader.Read(text, file);
                        problems.AddRange(found);
                    }
                    else
                    {
                        problems.AddRange(ServiceDefinitionReader.Read(text, file, platform).Problems);
                    }
                }

                run.Answer(
                    new ValidateDocument(problems.Count == 0, files, [.. problems.Select(problem => new FileProblem(problem.File, problem.Line, problem.Column, problem.Message, problem.Suggestion))]),
                    ValidateJson.Default.ValidateDocument,
                    () =>
                    {
                        if (problems.Count == 0)
                        {
                            run.Out.WriteLine(run.Ink.Paint($"{string.Join(" and ", files)}: valid.", Tone.Good));
                        }
                    });
                foreach (var problem in run.Json ? [] : problems)
                {
                    await run.Shell.Error.WriteLineAsync(problem.ToString());
                }

                return problems.Count == 0 ? ExitCodes.Done : ExitCodes.Usage;
            });
    }

    private static string[] Find(Invocation run, string where)
    {
        var path = run.Shell.FullPath(where);
        if (File.Exists(path))
        {
            return [where];
        }

        if (!Directory.Exists(path))
        {
            throw CliException.Usage($"There is no file or folder {path}.", $"Name a file or a folder, or call it in the folder of {Service}.");
        }

        string[] files = [.. new[] { Service, Platform }.Where(name => File.Exists(Path.Combine(path, name))).Select(name => where == "." ? name : Path.Combine(where, name))];
        return files.Length > 0 ? files : throw CliException.Usage(
            $"There is neither {Service} nor {Platform} in {path}.", $"Name another folder or a file; `slipway docs slipway` prints an annotated {Service} to begin with.");
    }
}

internal sealed record ValidateDocument(bool Valid, IReadOnlyList<string> Files, IReadOnlyList<FileProblem> Problems);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ValidateDocument))]
internal sealed partial class ValidateJson : JsonSerializerContext;
