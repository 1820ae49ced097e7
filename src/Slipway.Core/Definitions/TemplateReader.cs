using System.Text.RegularExpressions;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines.Templates;

namespace Slipway.Core.Definitions;

/// <summary>A template, or everything that is wrong with its text; never both.</summary>
public sealed record TemplateResult(Template? Template, IReadOnlyList<Problem> Problems);

/// <summary>Reads <c>template.yaml</c>.</summary>
public static class TemplateReader
{
    /// <param name="name">The template's, as its folder says.</param>
    /// <param name="file">Its name, for messages.</param>
    public static TemplateResult Read(string name, SemanticVersion version, TemplateOrigin origin, string text, string file)
    {
        var findings = new Findings(file);
        if (YamlTree.Read(text, findings, file) is not { } root)
        {
            return new TemplateResult(null, findings.Sorted());
        }

        TemplateKeys.Template.Check(root, "the template", findings);
        var inputs = (root.Map("inputs")?.Entries ?? []).Where(e => e.Value is MapNode).Select(e => ReadInput(e.Key, (MapNode)e.Value, findings)).ToList();
        var points = (root.Map("extend")?.Entries ?? []).Where(e => e.Value is Scalar or MapNode).Select(e => ReadPoint(e.Key, e.Value)).ToList();
        var deprecated = root.Map("deprecated") is { } map ? ReadDeprecation(map, findings) : null;
        if (root.Map("pipeline") is { } pipeline)
        {
            TemplateChecks.Check(root, pipeline, inputs, points, findings);
        }

        return findings.Any ? new TemplateResult(null, findings.Sorted()) : new TemplateResult(new Template
        {
            Name = name, Version = version, Origin = origin, File = file, Text = text, Description = Values.Text(root["description"])!, Inputs = inputs, Extensions = points, Deprecated = deprecated,
            Jobs = [.. root.Map("pipeline")!.Map("jobs")!.Entries.Select(e => e.Key.Text)], Pipeline = root.Map("pipeline")!, Artifact = root.Map("artifact"),
        }, []);
    }

    /// <summary>What is wrong with a template's name; null: nothing.</summary>
    public static string? NameProblem(string name) => NameShape.Problem("A template's name", name, TemplateKeys.Name);

    private static TemplateInput ReadInput(Scalar name, MapNode map, Findings findings)
    {
        var input = new TemplateInput
        {
            Name = name.Text,
            Type = TypeOf(map["type"]),
            Description = Values.Text(map["description"]),
            Values = [.. map.List("values").Select(v => Values.Text(v)).OfType<string>()],
            Pattern = Values.Text(map["pattern"]),
            Least = Values.Whole(map["min"]),
            Most = Values.Whole(map["max"]),
            Grammar = map["pattern"] is Scalar pattern ? ReadPattern(pattern, findings) : null,
        };
        CheckFit(map, input, name, findings);
        if (map["default"] is not { } given)
        {
            if (Values.YesNo(map["required"]) == false)
            {
                findings.Add(map.Find("required")!.Key, $"The input {name.Text} must be given, since it has no default.", "Write its default, or remove required.");
            }

            return input;
        }

        if (Values.YesNo(map["required"]) == true)
        {
            findings.Add(map.Find("required")!.Key, $"The input {name.Text} has a default, so it need not be given.", "Remove one of the two.");
        }

        var problems = new Findings("");
        InputValues.Check(given, input, problems);
        foreach (var problem in problems.Sorted())
        {
            findings.Add(given, $"The default of {name.Text} is not one of its values: {problem.Message}", problem.Suggestion);
        }

        return input with { DefaultNode = problems.Any ? null : given, Default = InputValues.Shown(given) };
    }

    /// <summary>Keys that say something only of another type.</summary>
    private static void CheckFit(MapNode map, TemplateInput input, Scalar name, Findings findings)
    {
        void Only(string key, bool fits, string type)
        {
            if (map.Find(key) is { } found && !fits)
            {
                findings.Add(found.Key, $"{key} says nothing of {Article(input.Type)}.", $"It is for {type}.");
            }
        }

        Only("pattern", input.Type is InputType.Text or InputType.List, "a string, or a list of them");
        Only("values", input.Type == InputType.Choice, "a choice");
        Only("min", input.Type == InputType.Whole, "an integer");
        Only("max", input.Type == InputType.Whole, "an integer");
        if (input.Type == InputType.Choice && map["values"] is null)
        {
            findings.Add(name, $"The choice {name.Text} has no values.", "Write them like values: [small, large].");
        }

        if (input.Least > input.Most)
        {
            findings.Add(map["max"]!, "max must not be less than min.");
        }
    }

    /// <summary>As it is written in a template.</summary>
    public static string WordOf(InputType type) => type switch { InputType.Text => "string", InputType.Whole => "integer", InputType.YesNo => "boolean", InputType.List => "list", _ => "choice" };

    internal static string Article(InputType type) => $"{(type == InputType.Whole ? "an" : "a")} {WordOf(type)}";

    private static InputType TypeOf(Node? node) => Enum.GetValues<InputType>().FirstOrDefault(t => WordOf(t) == Values.Text(node));

    /// <summary>One whose matching takes time in proportion to the text alone, so that no value can hold a server up.</summary>
    private static Regex? ReadPattern(Scalar pattern, Findings findings)
    {
        try
        {
            return new Regex($@"^(?:{pattern.Text})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Limits.TemplatePatternTime);
        }
        catch (Exception wrong) when (wrong is ArgumentException or NotSupportedException)
        {
            findings.Add(pattern, $"pattern cannot be used: {(wrong is NotSupportedException ? "it looks ahead, behind or back, or counts too far" : "it is no regular expression")}.", "Write it with classes, groups, | and repetitions: [a-z]+(-[a-z]+)*.");
            return null;
        }
    }

    private static ExtensionPoint ReadPoint(Scalar name, Node value) => value is MapNode map
        ? new(name.Text, Values.Choice<ExtensionKind>(map["adds"]) ?? ExtensionKind.Steps, Values.Text(map["description"]) ?? "")
        : new(name.Text, ExtensionKind.Steps, Values.Text(value) ?? "");

    private static Deprecation? ReadDeprecation(MapNode map, Findings findings)
    {
        var (since, until) = (DateShape.Read(map["since"]), DateShape.Read(map["until"]));
        if (until < since)
        {
            findings.Add(map["until"]!, "until must not be before since.");
        }

        return since is { } day ? new Deprecation(day, Values.Text(map["message"]) ?? "", until) : null;
    }
}
