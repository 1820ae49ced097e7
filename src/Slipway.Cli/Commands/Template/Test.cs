using System.CommandLine;
using System.Text.Json.Serialization;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Core.Definitions;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines.Templates;

namespace Slipway.Cli.Commands.Template;

internal static class Test
{
    private const string File = "template.yaml";

    /// <summary>A folder of templates holds them as NAME/VERSION/template.yaml.</summary>
    private static readonly EnumerationOptions Below = new() { RecurseSubdirectories = true, MaxRecursionDepth = 3, IgnoreInaccessible = false };

    public static Command From(CommandContext context)
    {
        var where = new Argument<string>("DIR") { Description = "A version's folder, a template's, or one of several templates", DefaultValueFactory = _ => "." };
        var show = new Option<bool>("--show") { Description = "The steps that come of each example" };
        return new CliCommand(context, "test", "Try templates with their examples, offline", "slipway template test templates/node/1.3.0", "slipway template test platform/templates --show").Taking(where, show).Runs(run =>
        {
            var root = run.Shell.FullPath(run.Get(where));
            if (!Directory.Exists(root))
            {
                throw CliException.Usage($"There is no folder {root}.", $"Name the folder that {File} is in.");
            }

            string[] files = [.. Directory.EnumerateFiles(root, File, Below).Order(StringComparer.Ordinal)];
            if (files.Length == 0)
            {
                throw CliException.Usage($"There is no {File} in {root}, nor below it.", "A template stands in NAME/VERSION/template.yaml, its examples in NAME/VERSION/examples/.");
            }

            List<TemplateTest> tests = [.. files.Select(file => Try(file, root)), .. Rollouts(root, files)];
            var document = new TemplateTestDocument(tests.TrueForAll(t => t.Problems.Count == 0), tests.TrueForAll(t => t.Passed), tests);
            run.Answer(document, TemplateTestJson.Default.TemplateTestDocument, () => Print(run, tests, run.Get(show)));
            return Task.FromResult(!document.Valid ? ExitCodes.Usage : document.Passed ? ExitCodes.Done : ExitCodes.Failed);
        });
    }

    private static TemplateTest Try(string file, string root)
    {
        var shown = Path.GetRelativePath(root, file);
        var folder = new DirectoryInfo(Path.GetDirectoryName(file)!);
        var version = SemanticVersion.Parse(folder.Name);
        var name = version is null ? folder.Name : folder.Parent!.Name;
        var result = TemplateReader.Read(name, version ?? new SemanticVersion(0, 0, 0), TemplateOrigin.Platform, System.IO.File.ReadAllText(file), shown);
        List<Problem> problems = [.. result.Problems];
        if (TemplateReader.NameProblem(name) is { } wrong)
        {
            problems.Insert(0, new Problem(shown, 1, 1, wrong, "Give its folder another name."));
        }
        else if (version is null)
        {
            problems.Insert(0, new Problem(shown, 1, 1, $"Its folder '{folder.Name}' is no version.", $"Put it into a folder such as {folder.Name}/1.0.0."));
        }

        var examples = problems.Count > 0 ? [] : Examples(result.Template!, folder, root);
        return new TemplateTest(version is null ? name : $"{name}@{version}", shown, problems.Count == 0 && examples.All(e => e.Passed), Of(problems), examples);
    }

    private static IReadOnlyList<TemplateExampleTest> Examples(Core.Pipelines.Templates.Template template, DirectoryInfo folder, string root)
    {
        var examples = new DirectoryInfo(Path.Combine(folder.FullName, "examples"));
        FileInfo[] files = examples.Exists ? [.. examples.GetFiles("*.yaml").OrderBy(f => f.Name, StringComparer.Ordinal)] : [];
        return files.Length == 0
            ? [Of(null, TemplateExample.TryDefaults(template))]
            : [.. files.Select(f => Of(Path.GetRelativePath(root, f.FullName), TemplateExample.Try(template, System.IO.File.ReadAllText(f.FullName), Path.GetRelativePath(root, f.FullName))))];
    }

    /// <summary>What says which version is for whom, beside the versions.</summary>
    private static IEnumerable<TemplateTest> Rollouts(string root, string[] templates)
    {
        foreach (var folder in templates.Select(t => Path.GetDirectoryName(Path.GetDirectoryName(t))!).Distinct(StringComparer.Ordinal).Where(f => f.StartsWith(root, StringComparison.Ordinal)))
        {
            var file = Path.Combine(folder, "rollout.yaml");
            if (System.IO.File.Exists(file))
            {
                var shown = Path.GetRelativePath(root, file);
                SemanticVersion[] known = [.. Directory.GetDirectories(folder).Select(d => SemanticVersion.Parse(Path.GetFileName(d))).OfType<SemanticVersion>().Order()];
                var problems = TemplateRollout.Read(System.IO.File.ReadAllText(file), shown, known).Problems;
                yield return new TemplateTest(Path.GetFileName(folder), shown, problems.Count == 0, Of(problems), []);
            }
        }
    }

    private static TemplateExampleTest Of(string? file, ExampleResult result) => new(
        file, result.Problems.Count == 0, result.Pipeline is null && result.Problems.Count == 0, Of(result.Problems), result.Artifact?.Path,
        [.. (result.Pipeline?.Jobs ?? []).Select(job => new TemplateTestJob(job.Name, job.Needs, [.. job.Steps.Select(step => new TemplateTestStep(step.Name, step.Run))]))]);

    private static IReadOnlyList<FileProblem> Of(IEnumerable<Problem> problems) => [.. problems.Select(p => new FileProblem(p.File, p.Line, p.Column, p.Message, p.Suggestion))];

    private static void Print(Invocation run, List<TemplateTest> tests, bool show)
    {
        foreach (var test in tests)
        {
            if (test.Problems.Count > 0 || test.Examples.Count == 0)
            {
                Line(run, test.Problems.Count == 0, test.Template, test.File, test.Problems);
            }

            foreach (var example in test.Examples)
            {
                var what = example.Refused ? "refused, as it says" : example.Passed ? What(example) : "not as it says";
                Line(run, example.Passed, test.Template, $"{example.File ?? "its defaults, since there is no examples/*.yaml"}: {what}", example.Problems);
                foreach (var job in show ? example.Jobs : [])
                {
                    run.Out.WriteLine($"    {job.Name}{(job.Needs.Count > 0 ? $", after {string.Join(", ", job.Needs)}" : "")}: {string.Join(" → ", job.Steps.Select(s => s.Name))}");
                }
            }
        }
    }

    private static string What(TemplateExampleTest example)
    {
        var steps = example.Jobs.Sum(j => j.Steps.Count);
        return $"{example.Jobs.Count} {(example.Jobs.Count == 1 ? "job" : "jobs")}, {steps} {(steps == 1 ? "step" : "steps")}{(example.Artifact is null ? "" : $", packs {example.Artifact}")}";
    }

    private static void Line(Invocation run, bool well, string template, string text, IReadOnlyList<FileProblem> problems)
    {
        run.Out.WriteLine($"{run.Ink.Paint(well ? "✓" : "✗", well ? Tone.Good : Tone.Bad)} {template}  {text}");
        foreach (var problem in problems)
        {
            run.Out.WriteLine($"    {problem.File}:{problem.Line}:{problem.Column}: {problem.Message}{(problem.Suggestion is { } way ? $" ({way})" : "")}");
        }
    }
}

/// <param name="Valid">Every file can be read.</param>
/// <param name="Passed">And every example is as it says.</param>
internal sealed record TemplateTestDocument(bool Valid, bool Passed, IReadOnlyList<TemplateTest> Templates);

internal sealed record TemplateTest(string Template, string File, bool Passed, IReadOnlyList<FileProblem> Problems, IReadOnlyList<TemplateExampleTest> Examples);

/// <param name="File">Null: there is no example, and its defaults were tried.</param>
/// <param name="Refused">It must be refused, and was.</param>
/// <param name="Artifact">What is packed; null: nothing.</param>
internal sealed record TemplateExampleTest(string? File, bool Passed, bool Refused, IReadOnlyList<FileProblem> Problems, string? Artifact, IReadOnlyList<TemplateTestJob> Jobs);

internal sealed record TemplateTestJob(string Name, IReadOnlyList<string> Needs, IReadOnlyList<TemplateTestStep> Steps);

internal sealed record TemplateTestStep(string Name, string Run);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TemplateTestDocument))]
internal sealed partial class TemplateTestJson : JsonSerializerContext;
