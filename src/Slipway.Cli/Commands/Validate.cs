using System.CommandLine;
using System.Text.Json.Serialization;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Core.Definitions;
using Slipway.Core.Environments;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines.Templates;
using Slipway.Server.Environments;
using Slipway.Server.Pipelines;

namespace Slipway.Cli.Commands;

internal static class Validate
{
    private const string Service = "slipway.yaml", Platform = "platform.yaml";

    public static Command From(CommandContext context)
    {
        var where = new Argument<string>("FILE|DIR") { Description = $"A file, or a folder with {Service} or {Platform}", DefaultValueFactory = _ => "." };
        var from = new Option<string?>("--platform") { HelpName = "DIR", Description = $"A platform folder, for its environments, metric sources and templates (default: what comes with Slipway, and a {Platform} beside the definition)" };
        return new CliCommand(context, "validate", "Check definitions, offline: every problem with its place", "slipway validate", "slipway validate storefront/slipway.yaml", "slipway validate --platform ../platform")
            .Taking(where, from)
            .Runs(async run =>
            {
                List<string> files = [.. Find(run, run.Get(where))];
                var problems = new List<Problem>();
                var warnings = new List<Problem>();
                var uses = new List<TemplateUse>();
                var (platform, templates) = Known(run, run.Get(from));
                // The platform first: it says which environments a service may name.
                foreach (var file in files.OrderBy(file => Path.GetFileName(file) != Platform).ToList())
                {
                    var text = await File.ReadAllTextAsync(run.Shell.FullPath(file), run.Cancel);
                    if (Path.GetFileName(file) == Platform)
                    {
                        var checks = CheckFiles.In(CheckFiles.FolderBeside(file), run.Shell.FullPath("."));
                        (platform, var found) = PlatformDefinitionReader.Read(text, file, checks);
                        problems.AddRange(found);
                        files.AddRange(checks.Select(check => check.Path));
                        templates = TemplatesBeside(run, file, problems, files);
                    }
                    else
                    {
                        var read = ServiceDefinitionReader.Read(text, file, platform, templates);
                        problems.AddRange(read.Problems);
                        warnings.AddRange(read.Warnings);
                        uses.AddRange(read.Templates);
                    }
                }

                run.Answer(
                    new ValidateDocument(problems.Count == 0, files, FileProblems(problems), FileProblems(warnings), [.. uses.Select(use => new ValidateTemplate(use.Template, use.Version, use.Job, use.Reason))]),
                    ValidateJson.Default.ValidateDocument,
                    () =>
                    {
                        if (problems.Count == 0)
                        {
                            run.Out.WriteLine(run.Ink.Paint($"{string.Join(" and ", files)}: valid.", Tone.Good));
                            foreach (var use in uses)
                            {
                                run.Out.WriteLine($"  {use.Job ?? "pipeline"}: {use}, {use.Reason}");
                            }
                        }
                    });
                foreach (var line in run.Json ? [] : problems.Select(problem => problem.ToString()).Concat(warnings.Select(warning => $"warning: {warning}")))
                {
                    await run.Shell.Error.WriteLineAsync(line);
                }

                return problems.Count == 0 ? ExitCodes.Done : ExitCodes.Usage;
            });
    }

    private static IReadOnlyList<FileProblem> FileProblems(IEnumerable<Problem> problems) => [.. problems.Select(problem => new FileProblem(problem.File, problem.Line, problem.Column, problem.Message, problem.Suggestion))];

    /// <summary>What a platform folder says: only what is right in it, since who checks a service cannot mend the rest.</summary>
    private static (PlatformDefinition? Platform, TemplateCatalog Templates) Known(Invocation run, string? folder)
    {
        if (folder is null)
        {
            return (null, TemplateCatalog.Own);
        }

        var path = run.Shell.FullPath(folder);
        var file = Path.Combine(path, Platform);
        var platform = File.Exists(file) ? PlatformDefinitionReader.Read(File.ReadAllText(file), file).Definition : null;
        return Directory.Exists(path)
            ? (platform is null ? null : platform with { Checks = CheckTemplateReader.Read(CheckFiles.In(CheckFiles.FolderBeside(file)), platform.Metrics).Templates }, TemplateCatalog.Of(TemplateFiles.In(TemplateFiles.FolderBeside(file)), new Dictionary<string, string>()))
            : throw CliException.Usage($"--platform: there is no folder {path}.", $"Name the folder that {Platform} and templates are in.");
    }

    /// <summary>The templates of a platform folder that is checked itself, with all that is wrong in them.</summary>
    private static TemplateCatalog TemplatesBeside(Invocation run, string file, List<Problem> problems, List<string> files)
    {
        var read = TemplateFiles.In(TemplateFiles.FolderBeside(run.Shell.FullPath(file)));
        var catalog = TemplateCatalog.Of(read, new Dictionary<string, string>());
        var folder = Path.GetDirectoryName(file) ?? "";
        files.AddRange(read.Select(template => Path.Combine(folder, "templates", template.Path)));
        problems.AddRange(catalog.Faults.SelectMany(fault => fault.Problems).Select(problem => problem with { File = Path.Combine(folder, problem.File) }));
        return catalog;
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

internal sealed record ValidateDocument(bool Valid, IReadOnlyList<string> Files, IReadOnlyList<FileProblem> Problems, IReadOnlyList<FileProblem> Warnings, IReadOnlyList<ValidateTemplate> Templates);

internal sealed record ValidateTemplate(string Template, string Version, string? Job, string Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ValidateDocument))]
internal sealed partial class ValidateJson : JsonSerializerContext;
