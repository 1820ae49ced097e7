using System.CommandLine;
using System.Text.Json.Serialization;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;
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
        var from = new Option<string?>("--platform") { HelpName = "DIR", Description = $"A platform folder, for its environments, metric sources and templates (default: a {Platform} beside the definition; where templates ask for it, the server)" };
        return new CliCommand(
                context, "validate", "Check definitions: every problem with its place; offline but for templates of a platform, unless --server is given",
                "slipway validate", "slipway validate storefront/slipway.yaml", "slipway validate --platform ../platform", "slipway validate --server http://deploy.example.com:7300")
            .Taking(where, from)
            .Runs(async run =>
            {
                List<string> files = [.. Find(run, run.Get(where))];
                var problems = new List<Problem>();
                var warnings = new List<Problem>();
                var uses = new List<ValidateTemplate>();
                var isNamed = run.Has(context.Server);
                if (isNamed && run.Get(from) is not null)
                {
                    throw CliException.Usage("--platform and --server exclude each other: each says what the definition is held against.", "Leave one of them out.");
                }

                var (platform, templates) = Known(run, run.Get(from));
                var (known, open) = ((Uri?)null, false);
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
                        var (said, whyNot) = isNamed || (read.NeedsPlatform && run.Get(from) is null) ? await AskServer(run, file, text, isNamed) : (null, null);
                        known ??= said is null ? null : run.Address.Server;
                        open |= said is null && read.Unknown.Count > 0;
                        problems.AddRange(said?.Problems.Select(Problem) ?? read.Problems);
                        warnings.AddRange(said?.Warnings.Select(Problem) ?? [.. read.Warnings, .. read.Unknown.Select(unknown => whyNot is null ? unknown : unknown with { Suggestion = whyNot })]);
                        uses.AddRange(said?.Templates.Select(use => new ValidateTemplate(use.Template, use.Version, use.Job, use.Reason)) ?? read.Templates.Select(use => new ValidateTemplate(use.Template, use.Version, use.Job, use.Reason)));
                    }
                }

                run.Answer(
                    new ValidateDocument(problems.Count == 0, files, FileProblems(problems), FileProblems(warnings), uses, known),
                    ValidateJson.Default.ValidateDocument,
                    () =>
                    {
                        if (problems.Count == 0)
                        {
                            run.Out.WriteLine(run.Ink.Paint($"{string.Join(" and ", files)}: valid{(known is not null ? $", as {known.GetLeftPart(UriPartial.Authority)} knows it" : open ? ", as far as it can be told without its platform" : "")}.", Tone.Good));
                            foreach (var use in uses)
                            {
                                run.Out.WriteLine($"  {use.Job ?? "pipeline"}: {use.Template}@{use.Version}, {use.Reason}");
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

    /// <summary>What the server says, which knows its platform. Where nobody named it, it may be there or not: then what can be said offline is said.</summary>
    /// <returns>Its words; or why it has none to say, null where no server is known.</returns>
    private static async Task<(DefinitionValidation? Said, string? WhyNot)> AskServer(Invocation run, string file, string text, bool isNamed)
    {
        try
        {
            return (await run.Client.Validate(new ValidateDefinition { File = file, Text = text }, run.Cancel), null);
        }
        catch (CliException unknown) when (!isNamed && unknown.ExitCode == ExitCodes.Unreachable)
        {
            return (null, null);
        }
        catch (Exception silent) when (!isNamed && silent is ServerUnreachableException or SlipwayApiException)
        {
            return (null, $"The server was asked, and did not say: {silent.Message.TrimEnd('.')}.");
        }
    }

    private static Problem Problem(FileProblem told) => new(told.File, told.Line, told.Column, told.Message, told.Suggestion);

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

/// <param name="Server">Which one was asked; null: it was read here.</param>
internal sealed record ValidateDocument(
    bool Valid, IReadOnlyList<string> Files, IReadOnlyList<FileProblem> Problems, IReadOnlyList<FileProblem> Warnings, IReadOnlyList<ValidateTemplate> Templates, Uri? Server);

internal sealed record ValidateTemplate(string Template, string Version, string? Job, string Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ValidateDocument))]
internal sealed partial class ValidateJson : JsonSerializerContext;
