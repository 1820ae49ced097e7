using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Slipway.Core.Definitions;

/// <summary>What may stand at one place of a file. The one description behind reading, messages and the JSON Schema.</summary>
internal abstract record Shape
{
    /// <summary>Adds what is wrong with <paramref name="node"/>, named <paramref name="name"/> in messages.</summary>
    /// <param name="partial">An override: keys that are required may be missing, for the base has them.</param>
    public abstract void Check(Node node, string name, Findings findings, bool partial = false);

    public abstract JsonObject Schema();

    private protected static JsonNode[] Texts(IEnumerable<string> texts) => [.. texts.Select(t => (JsonNode)t)];
}

/// <summary>Text on one or more lines.</summary>
/// <param name="Empty">The way out for one without a character.</param>
internal sealed record TextShape(int Longest = 1000, Regex? Grammar = null, string? GrammarInWords = null, string? Empty = null) : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        if (node is not Scalar { IsEmpty: false } scalar)
        {
            findings.Add(node, $"{name} must be text, not {node.Kind}.");
        }
        else if (scalar.Text.Length == 0 || scalar.Text.Length > Longest)
        {
            findings.Add(node, $"{name} must have 1 to {Longest} characters, not {scalar.Text.Length}.", scalar.Text.Length == 0 ? Empty : null);
        }
        else if (scalar.Text.Contains('\0', StringComparison.Ordinal) || Grammar?.IsMatch(scalar.Text) == false)
        {
            findings.Add(node, $"{name} must be {GrammarInWords ?? "text without NUL characters"}, not {scalar.Kind}.");
        }
    }

    public override JsonObject Schema()
    {
        var schema = new JsonObject { ["type"] = "string", ["maxLength"] = Longest };
        if (Grammar is not null)
        {
            schema["pattern"] = Grammar.ToString().Replace(@"\z", "$", StringComparison.Ordinal);
        }

        return schema;
    }
}

/// <param name="Advice">The way out for a number that is out of bounds.</param>
internal sealed record WholeShape(int Least, int Most, string? Advice = null) : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        if (Values.Whole(node) is not { } value)
        {
            findings.Add(node, $"{name} must be a whole number, not {node.Kind}.");
        }
        else if (value < Least || value > Most)
        {
            findings.Add(node, $"{name} must be from {Least} to {Most}, not {value}.", Advice);
        }
    }

    public override JsonObject Schema() => new() { ["type"] = "integer", ["minimum"] = Least, ["maximum"] = Most };
}

/// <summary>A share: <c>0.01</c> or <c>1%</c>.</summary>
internal sealed record ShareShape(double Most, bool AboveZero = false) : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        if (Values.Share(node) is not { } value)
        {
            findings.Add(node, $"{name} must be a share, not {node.Kind}.", "Write it like 10% or 0.1.");
        }
        else if (value < 0 || value > Most || (AboveZero && value == 0))
        {
            findings.Add(node, $"{name} must be {(AboveZero ? "more than 0 and" : "from 0 and")} at most {Most * 100}%, not {node.Kind}.", "Write it like 10% or 0.1.");
        }
    }

    public override JsonObject Schema()
    {
        var number = new JsonObject { ["type"] = "number", ["maximum"] = Most };
        number[AboveZero ? "exclusiveMinimum" : "minimum"] = 0;
        return new JsonObject { ["anyOf"] = new JsonArray(number, new JsonObject { ["type"] = "string", ["pattern"] = @"^\d+(\.\d+)?%$" }) };
    }
}

/// <param name="Word">A word that may stand instead of a duration.</param>
internal sealed record DurationShape(TimeSpan Least, TimeSpan Most, string? Word = null) : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        if (Word is not null && node is Scalar word && word.Text == Word)
        {
            return;
        }

        if (Values.Span(node) is not { } value)
        {
            findings.Add(node, $"{name} must be a duration{(Word is null ? "" : $" or '{Word}'")}, not {node.Kind}.", "Write it like 500ms, 90s, 5m, 1h30m, 2d.");
        }
        else if (value < Least || value > Most)
        {
            findings.Add(node, $"{name} must be from {Values.Words(Least)} to {Values.Words(Most)}, not {node.Kind}.");
        }
    }

    public override JsonObject Schema() => new() { ["type"] = "string", ["description"] = "A duration: 500ms, 90s, 5m, 1h30m, 2d or ISO 8601." + (Word is null ? "" : $" Or '{Word}'.") };
}

internal sealed record YesNoShape : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        if (Values.YesNo(node) is null)
        {
            findings.Add(node, $"{name} must be true or false, not {node.Kind}.");
        }
    }

    public override JsonObject Schema() => new() { ["type"] = "boolean" };
}

/// <summary>One word of a list.</summary>
/// <param name="What">What the words are, for messages: <c>strategy</c>.</param>
internal sealed record ChoiceShape(string What, string[] Words) : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        if (node is not Scalar { IsEmpty: false } scalar)
        {
            findings.Add(node, $"{name} must be a {What}, not {node.Kind}.", $"Allowed: {string.Join(", ", Words)}.");
        }
        else if (!Words.Contains(scalar.Text))
        {
            findings.Add(node, $"Unknown {What} {scalar.Kind}.", NearWords.Suggest(scalar.Text, Words));
        }
    }

    public override JsonObject Schema() => new() { ["enum"] = new JsonArray(Texts(Words)) };
}

internal sealed record ListShape(Shape Item, int Most = 100, int Least = 0) : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        if (node is not ListNode list)
        {
            findings.Add(node, $"{name} must be a list, not {node.Kind}.", "Write it like [a, b], or with a line '- …' for each item.");
            return;
        }

        if (list.Items.Count < Least || list.Items.Count > Most)
        {
            findings.Add(node, $"{name} must have {Least} to {Most} items, not {list.Items.Count}.");
        }

        foreach (var item in list.Items)
        {
            Item.Check(item, $"an item of {name}", findings);
        }
    }

    public override JsonObject Schema() => new() { ["type"] = "array", ["items"] = Item.Schema(), ["minItems"] = Least, ["maxItems"] = Most };
}

/// <summary>A map with free keys.</summary>
/// <param name="KeyProblem">What is wrong with a key; null: nothing.</param>
/// <param name="KeyAdvice">The way out of it; null: none, or the problem says it.</param>
internal sealed record TableShape(Shape Value, Func<string, string?> KeyProblem, int Most = 200, int Least = 0, Func<string, string?>? KeyAdvice = null) : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        if (node is not MapNode map)
        {
            findings.Add(node, $"{name} must be a map, not {node.Kind}.", "Write it like { key: value }.");
            return;
        }

        if (map.Entries.Count < Least || map.Entries.Count > Most)
        {
            findings.Add(node, $"{name} must have {Least} to {Most} keys, not {map.Entries.Count}.");
        }

        foreach (var (key, value) in map.Entries)
        {
            if (KeyProblem(key.Text) is { } problem)
            {
                findings.Add(key, problem, KeyAdvice?.Invoke(key.Text));
            }

            Value.Check(value, $"{name}.{key.Text}", findings, partial);
        }
    }

    public override JsonObject Schema() => new() { ["type"] = "object", ["additionalProperties"] = Value.Schema(), ["minProperties"] = Least, ["maxProperties"] = Most };
}

/// <summary>One key of a <see cref="MapShape"/>.</summary>
/// <param name="About">One line for the JSON Schema, with the default.</param>
/// <param name="NotYet">The key's place is kept; giving it is refused with these words.</param>
internal sealed record Key(string Name, Shape Shape, string About, bool Required = false, string? NotYet = null);

/// <summary>A map whose keys are known.</summary>
internal sealed record MapShape(params Key[] Keys) : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        if (node is not MapNode map)
        {
            findings.Add(node, $"{name} must be a map, not {node.Kind}.", $"Allowed keys: {string.Join(", ", Allowed)}.");
            return;
        }

        foreach (var (key, value) in map.Entries)
        {
            if (Keys.FirstOrDefault(k => k.Name == key.Text) is not { } known)
            {
                findings.Add(key, $"Unknown key {key.Kind} in {name}.", NearWords.Suggest(key.Text, Allowed));
            }
            else if (known.NotYet is not null)
            {
                findings.Add(key, known.NotYet);
            }
            else
            {
                known.Shape.Check(value, known.Name, findings, partial);
            }
        }

        foreach (var missing in Keys.Where(k => k.Required && !partial && map.Find(k.Name) is null && !map.HasMisspelt(k.Name, Allowed)))
        {
            findings.Add(node, $"{missing.Name} is missing in {name}.", missing.About);
        }
    }

    public IReadOnlyCollection<string> Allowed => [.. Keys.Where(k => k.NotYet is null).Select(k => k.Name)];

    public override JsonObject Schema()
    {
        var properties = new JsonObject();
        foreach (var key in Keys.Where(k => k.NotYet is null))
        {
            var schema = key.Shape.Schema();
            schema["description"] = schema["description"] is { } more ? $"{key.About} {more}" : key.About;
            properties[key.Name] = schema;
        }

        var map = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        if (Keys.Any(k => k.Required))
        {
            map["required"] = new JsonArray(Texts(Keys.Where(k => k.Required).Select(k => k.Name)));
        }

        return map;
    }
}

/// <summary>The same map as another, of which nothing is required: an override.</summary>
internal sealed record PartialShape(Shape Whole) : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false) => Whole.Check(node, name, findings, partial: true);

    public override JsonObject Schema()
    {
        var schema = Whole.Schema();
        schema.Remove("required");
        return schema;
    }
}

/// <summary>One of two: <paramref name="Structure"/> when a map or a list is given, else <paramref name="Word"/>.</summary>
internal sealed record EitherShape(Shape Word, Shape Structure) : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false) =>
        (node is Scalar ? Word : Structure).Check(node, name, findings, partial);

    public override JsonObject Schema() => new() { ["anyOf"] = new JsonArray(Word.Schema(), Structure.Schema()) };
}

/// <summary>A command by shell words.</summary>
internal sealed record CommandShape : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        new TextShape(4000).Check(node, name, findings);
        if (node is not Scalar { IsEmpty: false } scalar)
        {
            return;
        }

        var words = ShellWords.Split(scalar.Text, out var wrong);
        if (wrong is not null)
        {
            findings.Add(node, $"{name} {wrong}.", "Quote it with '…', or run a shell: sh -c '…'.");
        }
        else if (words is not { Count: > 0 } || words[0].Length == 0)
        {
            findings.Add(node, $"{name} names no program.");
        }
    }

    public override JsonObject Schema() => new() { ["type"] = "string", ["minLength"] = 1 };
}

/// <summary>A path on a web server.</summary>
internal sealed record WebPathShape : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        if (node is Scalar { IsEmpty: false } scalar && !scalar.Text.StartsWith('/'))
        {
            findings.Add(node, $"{name} must start with '/', not {scalar.Kind}.", $"Write '/{(scalar.Text.Length < 100 ? scalar.Text : "…")}'.");
        }
        else if (node is Scalar { IsEmpty: false } other && other.Text.StartsWith("//", StringComparison.Ordinal))
        {
            findings.Add(node, $"{name} must start with one '/': what follows two is a host, and the request always goes to the instance.", $"Write '/{other.Text.TrimStart('/')}'.");
        }
        else if (node is Scalar { IsEmpty: false } path && path.Text.Any(c => c <= ' ' || c == 0x7f || c == '#'))
        {
            findings.Add(node, $"{name} must have no spaces, control characters or '#', not {path.Kind}.");
        }
        else
        {
            new TextShape(2000).Check(node, name, findings);
        }
    }

    public override JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = "^/(?!/)[^\\s#]*$" };
}

/// <summary>A map whose content is not checked.</summary>
internal sealed record AnyMapShape : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        if (node is not MapNode)
        {
            findings.Add(node, $"{name} must be a map, not {node.Kind}.");
        }
    }

    public override JsonObject Schema() => new() { ["type"] = "object" };
}
