using System.Globalization;
using Slipway.Core.Analysis.Metrics;
using Slipway.Core.Kernel;

namespace Slipway.Core.Definitions;

/// <summary>What an argument is in one use.</summary>
/// <param name="Node">Null: it is not known yet, for the template is looked at by itself.</param>
/// <param name="Given">By the use; else it is the default.</param>
internal sealed record ArgumentValue(CheckArgument Argument, Scalar? Node, bool Given)
{
    /// <summary>In PromQL and in addresses, before it is escaped.</summary>
    public string Text => Argument.Type switch
    {
        CheckArgumentType.Number => CheckArguments.Number(Node)!.Value.ToString(CultureInfo.InvariantCulture),
        CheckArgumentType.Duration => MetricQuery.Duration(Values.Span(Node)!.Value),
        _ => Node!.Text,
    };

    /// <summary>In an expression: always one literal.</summary>
    public string Literal => Argument.Type switch
    {
        CheckArgumentType.Number when Text.StartsWith('-') => $"({Number})",
        CheckArgumentType.Number => Number,
        CheckArgumentType.Duration => $"duration(\"{Text}\")",
        CheckArgumentType.YesNo => Text,
        _ => $"\"{Text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
    };

    private string Number => Text.Contains('.', StringComparison.Ordinal) ? Text : $"{Text}.0";
}

/// <summary>The arguments of templates of checks: how they are declared, and what a use gives.</summary>
internal static class CheckArguments
{
    private const decimal Largest = 1_000_000_000_000_000m;

    /// <summary>As a template declares it.</summary>
    public static readonly MapShape Declared = new(
        new("type", new ChoiceShape("type", [.. Enum.GetValues<CheckArgumentType>().Select(WordOf)]), "Default string."),
        new("description", new TextShape(500), "What it is for.", Required: true),
        new("default", new ArgumentShape(), "What holds where a use gives nothing. Default: it must be given."),
        new("required", new YesNoShape(), "true where there is no default; it need not be said."),
        new("values", new ListShape(new TextShape(200), 50, 1), "Of a choice."),
        new("min", new NumberShape(), "Of a number."),
        new("max", new NumberShape(), "Of a number."));

    public static string WordOf(CheckArgumentType type) => type switch
    {
        CheckArgumentType.Text => "string", CheckArgumentType.Number => "number", CheckArgumentType.Duration => "duration", CheckArgumentType.YesNo => "boolean", _ => "choice",
    };

    /// <summary>A number as it is written in YAML; null: it is none.</summary>
    public static decimal? Number(Node? node) =>
        node is Scalar { Plain: true, Text.Length: <= 30 } scalar && decimal.TryParse(scalar.Text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && Math.Abs(value) <= Largest ? value : null;

    public static CheckArgument Read(Scalar name, MapNode map, Findings findings)
    {
        var argument = new CheckArgument
        {
            Name = name.Text,
            Type = Enum.GetValues<CheckArgumentType>().FirstOrDefault(t => WordOf(t) == Values.Text(map["type"])),
            Description = Values.Text(map["description"]),
            Values = [.. map.List("values").Select(v => Values.Text(v)).OfType<string>()],
            Least = Number(map["min"]),
            Most = Number(map["max"]),
        };
        foreach (var (key, type) in new[] { ("values", CheckArgumentType.Choice), ("min", CheckArgumentType.Number), ("max", CheckArgumentType.Number) })
        {
            if (map.Find(key) is { } found && argument.Type != type)
            {
                findings.Add(found.Key, $"{key} says nothing of a {WordOf(argument.Type)}.", $"It is for a {WordOf(type)}.");
            }
        }

        if (argument.Type == CheckArgumentType.Choice && map["values"] is null)
        {
            findings.Add(name, $"The choice {name.Text} has no values.", "Write them like values: [small, large].");
        }

        if (argument.Least > argument.Most)
        {
            findings.Add(map["max"]!, "max must not be less than min.");
        }

        var given = map["default"] as Scalar;
        if (map.Find("required") is { } required && Values.YesNo(required.Value) == given is not null)
        {
            findings.Add(required.Key, given is null ? $"The argument {name.Text} must be given, since it has no default." : $"The argument {name.Text} has a default, so it need not be given.", given is null ? "Write its default, or remove required." : "Remove one of the two.");
        }

        if (given is not null && Problem(given, argument) is var (message, suggestion))
        {
            findings.Add(given, $"The default of {name.Text} is not one of its values: {message}", suggestion);
            given = null;
        }

        return argument with { Default = given };
    }

    /// <param name="place">Where the template is named.</param>
    /// <returns>A value for every argument, by its name with <c>args.</c> before it; null: something is wrong, and the findings say what.</returns>
    public static IReadOnlyDictionary<string, ArgumentValue>? Bind(CheckTemplate template, MapNode? with, Node place, Findings findings)
    {
        var well = true;
        foreach (var (key, _) in (with?.Entries ?? []).Where(e => !template.Arguments.Any(a => a.Name == e.Key.Text)))
        {
            well = false;
            findings.Add(key, $"The check {template.Name} has no argument {key.Kind}.", template.Arguments.Count == 0 ? "It takes none: remove with." : NearWords.Suggest(key.Text, [.. template.Arguments.Select(a => a.Name)]));
        }

        Dictionary<string, ArgumentValue> values = new(StringComparer.Ordinal);
        foreach (var argument in template.Arguments)
        {
            var given = with?[argument.Name];
            if (given is Scalar { Open: true })
            {
                values[NameOf(argument)] = new(argument, null, true);
            }
            else if (given is not (null or Scalar))
            {
                // Told by its shape.
                well = false;
            }
            else if (given is not null && Problem(given, argument) is var (message, suggestion))
            {
                well = false;
                findings.Add(given, message, suggestion);
            }
            else if ((given ?? argument.Default) is Scalar value)
            {
                values[NameOf(argument)] = new(argument, value, given is not null);
            }
            else
            {
                well = false;
                findings.Add(place, $"The check {template.Name} must be given {argument.Name}, a {WordOf(argument.Type)}{(argument.Description is null ? "" : $": {argument.Description.TrimEnd('.')}")}.", $"Write it like with: {{ {argument.Name}: … }}.");
            }
        }

        return well ? values : null;
    }

    /// <summary>What is known of a template looked at by itself: the defaults.</summary>
    public static IReadOnlyDictionary<string, ArgumentValue> Open(IEnumerable<CheckArgument> arguments) =>
        arguments.ToDictionary(NameOf, a => new ArgumentValue(a, a.Default, false), StringComparer.Ordinal);

    private static string NameOf(CheckArgument argument) => $"args.{argument.Name}";

    /// <summary>Why something is no value of an argument; null: it is one.</summary>
    private static (string Message, string? Suggestion)? Problem(Node node, CheckArgument argument)
    {
        var name = argument.Name;
        switch (argument.Type)
        {
            case CheckArgumentType.Number:
                return Number(node) is not { } number ? ($"{name} must be a number, not {node.Kind}.", "Write it like 5 or 0.5.")
                    : number < argument.Least ? ($"{name} must be at least {argument.Least}, not {node.Kind}.", null)
                    : number > argument.Most ? ($"{name} must be at most {argument.Most}, not {node.Kind}.", null)
                    : null;
            case CheckArgumentType.Duration:
                return Values.Span(node) is null ? ($"{name} must be a duration, not {node.Kind}.", "Write it like 500ms, 90s, 5m, 1h30m, 2d.") : null;
            case CheckArgumentType.YesNo:
                return Values.YesNo(node) is null ? ($"{name} must be true or false, not {node.Kind}.", null) : null;
            case CheckArgumentType.Choice:
                return node is Scalar { IsEmpty: false } word && argument.Values.Contains(word.Text) ? null : ($"{name} cannot be {node.Kind}.", NearWords.Suggest((node as Scalar)?.Text ?? "", [.. argument.Values]));
            default:
                return node is not Scalar { IsEmpty: false, Text.Length: > 0 } text ? ($"{name} must be text, not {node.Kind}.", null)
                    : text.Text.Length > Limits.MetricArgumentLength ? ($"{name} must have at most {Limits.MetricArgumentLength} characters, not {text.Text.Length}.", null)
                    : text.Text.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029') ? ($"{name} must stand on one line, without control characters.", null)
                    : null;
        }
    }
}

/// <summary>A single value: what it may be, the argument says.</summary>
internal sealed record ArgumentShape : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        if (node is not Scalar)
        {
            findings.Add(node, $"{name} must be a text, a number, a duration or a truth value, not {node.Kind}.");
        }
    }

    public override System.Text.Json.Nodes.JsonObject Schema() => new() { ["type"] = new System.Text.Json.Nodes.JsonArray("string", "number", "boolean") };
}

internal sealed record NumberShape : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        if (CheckArguments.Number(node) is null)
        {
            findings.Add(node, $"{name} must be a number, not {node.Kind}.", "Write it like 5 or 0.5.");
        }
    }

    public override System.Text.Json.Nodes.JsonObject Schema() => new() { ["type"] = "number" };
}

/// <summary>Written out, or by a template where <c>uses</c> stands.</summary>
internal sealed record CheckOrUseShape(MapShape Written, MapShape Used) : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false) =>
        (node is MapNode map && map.Find("uses") is not null ? Used : Written).Check(node, name, findings, partial);

    public override System.Text.Json.Nodes.JsonObject Schema() => new() { ["anyOf"] = new System.Text.Json.Nodes.JsonArray(Written.Schema(), Used.Schema()) };
}
