using System.Globalization;
using System.Text.Json.Nodes;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines.Templates;

namespace Slipway.Core.Definitions;

/// <summary>The keys of templates, of what rolls them out, and of services that use them.</summary>
internal static class TemplateKeys
{
    /// <summary>Longest name of a template, an input or a point.</summary>
    public const int Name = 40;

    private static readonly MapShape Input = new(
        new("type", new ChoiceShape("type", ["string", "integer", "boolean", "list", "choice"]), "Default string."),
        new("description", new TextShape(500), "What it is for."),
        new("default", new InputValueShape(), "What holds where a service gives nothing. Default: it must be given."),
        new("required", new YesNoShape(), "true where there is no default; it need not be said."),
        new("pattern", new TextShape(Limits.TemplatePattern), "A regular expression for the whole of a string, or of each item of a list."),
        new("values", new ListShape(new TextShape(200), 50, 1), "Of a choice."),
        new("min", new WholeShape(int.MinValue, int.MaxValue), "Of an integer."),
        new("max", new WholeShape(int.MinValue, int.MaxValue), "Of an integer."));

    private static readonly MapShape Point = new(
        new("description", new TextShape(500), "What may be added here.", Required: true),
        new("adds", new ChoiceShape("kind of addition", ["steps", "jobs"]), "Default steps."));

    private static readonly MapShape Deprecated = new(
        new("since", new DateShape(), "The day.", Required: true),
        new("message", new TextShape(500), "What to do instead.", Required: true),
        new("until", new DateShape(), "From then on it may be taken away."));

    /// <summary>template.yaml; what stands in pipeline and artifact is checked where its inputs are known.</summary>
    public static readonly MapShape Template = new(
        new("description", new TextShape(500), "What it makes of what, in a sentence.", Required: true),
        new("inputs", new TableShape(Input, name => NameShape.Problem("An input's name", name, Name), Limits.TemplateInputs), "What a service gives it."),
        new("extend", new TableShape(new EitherShape(new TextShape(500), Point), name => NameShape.Problem("A point's name", name, Name), Limits.TemplateInputs), "Where a service may add something."),
        new("deprecated", Deprecated, "It is not to be used any more."),
        new("pipeline", new AnyMapShape(), "Its jobs.", Required: true),
        new("artifact", new AnyMapShape(), "What is packed, unless a service says something else."));

    /// <summary>The pipeline of a template: it says its own jobs and steps.</summary>
    public static readonly MapShape Pipeline = new(
        new("concurrency", new ChoiceShape("concurrency", ["newestWins", "queue"]), "As in slipway.yaml."),
        new("jobs", new TableShape(PipelineKeys.Job, PipelineKeys.JobProblem, 100, 1), "As in slipway.yaml.", Required: true));

    /// <summary>rollout.yaml: versions with the share of services that get them.</summary>
    public static readonly TableShape Rollout = new(
        new MapShape(
            new("share", new ShareShape(1), "Of the services, chosen by a hash of their names. Default 0%."),
            new("services", new ListShape(new NameShape(Limits.ServiceName), 1000), "Those that get it in any case.")),
        version => SemanticVersion.Parse(version) is null ? $"'{version}' is no version: write it like 1.3.0." : null, Limits.TemplateVersions);

    /// <summary>examples/*.yaml of a template.</summary>
    public static readonly MapShape Example = new(
        new("with", With(), "The inputs."),
        new("extend", new ExtendShape(), "What is added."),
        new("fails", new TextShape(200), "A part of what is said of it: it must be refused."));

    /// <summary>A whole pipeline from a template.</summary>
    public static MapShape PipelineUse() => new(
        Uses(), new("with", With(), "Its inputs. Default: their defaults."), new("extend", new ExtendShape(), "Steps or jobs of the service's own, at points that the template names."),
        new("concurrency", new ChoiceShape("concurrency", ["newestWins", "queue"]), "Default the template's."));

    /// <summary>A job from a template of one job.</summary>
    public static MapShape JobUse() => new(
        Uses(), new("with", With(), "Its inputs. Default: their defaults."), new("extend", new ExtendShape(), "Steps of the service's own, at points that the template names."),
        new("needs", new ListShape(new TextShape(60)), "Jobs that must have ended well before. Default none."),
        new("if", new ExpressionShape(PipelineKeys.ConditionProblems), "Whether it runs."),
        new("labels", new TableShape(new TextShape(100), _ => null), "Labels its agent must have. Default the template's."),
        new("continueOnError", new YesNoShape(), "Its failure does not fail the run. Default the template's."));

    private static Key Uses() => new("uses", new UseShape(), "A template and the versions of it that will do: node@1, node@^1.2, node@1.2.0.", Required: true);

    private static TableShape With() => new(new InputValueShape(), _ => null, Limits.TemplateInputs);
}

/// <summary>Written out, or taken from a template where <c>uses</c> stands.</summary>
internal sealed record UsesShape(MapShape Written, MapShape Used) : Shape
{
    private static readonly string[] Beside = ["with", "extend"];

    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        if (node is not MapNode map)
        {
            Written.Check(node, name, findings, partial);
        }
        else if (map.Find("uses") is not null || map.HasMisspelt("uses", [.. Written.Allowed, .. Used.Allowed]))
        {
            foreach (var (key, _) in map.Entries.Where(e => IsWritten(e.Key.Text)))
            {
                findings.Add(key, $"{key.Text} cannot stand beside uses: the template says it.", $"Beside uses there may be {string.Join(", ", Used.Allowed.Where(k => k != "uses"))}.");
            }

            Used.Check(map.Of(map.Entries.Where(e => !IsWritten(e.Key.Text))), name, findings, partial);
        }
        else
        {
            foreach (var (key, _) in map.Entries.Where(e => Beside.Contains(e.Key.Text)))
            {
                findings.Add(key, $"{key.Text} is for a template, and none is named in {name}.", "Write uses: NAME@1 beside it; `slipway template list` shows which there are.");
            }

            Written.Check(map.Of(map.Entries.Where(e => !Beside.Contains(e.Key.Text))), name, findings, partial);
        }

        bool IsWritten(string key) => Written.Allowed.Contains(key) && !Used.Allowed.Contains(key);
    }

    public override JsonObject Schema() => new() { ["anyOf"] = new JsonArray(Written.Schema(), Used.Schema()) };
}

/// <summary>A template with the range of its versions.</summary>
internal sealed record UseShape : Shape
{
    private const string Way = "Write it like node@1, node@^1.2 or node@1.2.0; `slipway template list` shows which there are.";

    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        if (node is not Scalar { IsEmpty: false } scalar)
        {
            findings.Add(node, $"{name} must name a template, not {node.Kind}.", Way);
        }
        else if (Read(scalar.Text) is null)
        {
            var at = scalar.Text.IndexOf('@', StringComparison.Ordinal);
            findings.Add(node, at < 0 ? $"{name} must say which versions of {scalar.Kind} will do."
                : TemplateReader.NameProblem(scalar.Text[..at]) ?? $"{name}: what follows the '@' of {scalar.Kind} is no version and no range of them.", Way);
        }
    }

    /// <summary>Null: it is not written as it must be.</summary>
    public static (string Name, VersionRange Range)? Read(string text) =>
        text.Split('@') is [var name, var range] && TemplateReader.NameProblem(name) is null && VersionRange.Parse(range) is { } read ? (name, read) : null;

    public override JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = @"^[a-z0-9]+(-[a-z0-9]+)*@[\^~]?[0-9]+(\.[0-9]+){0,2}(-[0-9A-Za-z.-]+)?$" };
}

/// <summary>A value of an input, whose type is known elsewhere: one value, or a list of them.</summary>
internal sealed record InputValueShape : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        if (node is MapNode || node is Scalar { IsEmpty: true })
        {
            findings.Add(node, $"{name} must be a value or a list of them, not {node.Kind}.", node is Scalar ? "Write \"\" for empty text." : null);
        }

        foreach (var item in (node as ListNode)?.Items.Where(i => i is not Scalar { IsEmpty: false }) ?? [])
        {
            findings.Add(item, $"an item of {name} must be a value, not {item.Kind}.");
        }
    }

    public override JsonObject Schema() => new() { ["type"] = new JsonArray("string", "number", "boolean", "array") };
}

/// <summary>By point: a list of steps, or jobs by their names.</summary>
internal sealed record ExtendShape : Shape
{
    private readonly ListShape steps = new(PipelineKeys.Step, Limits.Steps, 1);

    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        if (node is not MapNode map)
        {
            findings.Add(node, $"{name} must be a map of points, not {node.Kind}.", "Write it like extend: { before-build: [ { run: make generated } ] }.");
            return;
        }

        foreach (var (key, value) in map.Entries)
        {
            Shape added = value is MapNode ? PipelineKeys.JobsTable : steps;
            added.Check(value, key.Text, findings);
        }
    }

    public override JsonObject Schema() =>
        new() { ["type"] = "object", ["additionalProperties"] = new JsonObject { ["anyOf"] = new JsonArray(steps.Schema(), new JsonObject { ["type"] = "object" }) } };
}

/// <summary>A day: 2026-11-30.</summary>
internal sealed record DateShape : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        if (Read(node) is null)
        {
            findings.Add(node, $"{name} must be a day, not {node.Kind}.", "Write it like 2026-11-30.");
        }
    }

    public static DateOnly? Read(Node? node) =>
        Values.Text(node) is { } text && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    public override JsonObject Schema() => new() { ["type"] = "string", ["format"] = "date" };
}
