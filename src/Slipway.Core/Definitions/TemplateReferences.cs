using System.Text.RegularExpressions;
using Slipway.Core.Pipelines.Templates;

namespace Slipway.Core.Definitions;

/// <summary><c>${{ inputs.NAME }}</c> in the values of a template. What an input holds becomes a value, or a part of one: never a key, never structure, and never the text of a command.</summary>
internal static partial class TemplateReferences
{
    private const string Beginning = "${{";

    public static bool IsIn(string text) => text.Contains(Beginning, StringComparison.Ordinal);

    /// <summary>The tree with the inputs' defaults, and <see cref="Node.Open"/> where an input without one stands; adds what is wrong with references.</summary>
    public static Node Opened(Node node, IReadOnlyList<TemplateInput> inputs, Findings findings)
    {
        switch (node)
        {
            case MapNode map:
                return map.Of([.. map.Entries.Select(e => new Entry(Closed(e.Key), Opened(e.Value, inputs, findings)))]);
            case ListNode list:
                return list with { Items = [.. list.Items.Select(i => Opened(i, inputs, findings))] };
            case Scalar scalar when IsIn(scalar.Text):
                var known = CheckReferences(scalar, inputs, findings);
                return known && Reference().Matches(scalar.Text).Select(m => inputs.First(i => i.Name == m.Groups["name"].Value)).All(i => i.DefaultNode is not null)
                    ? Filled(scalar, inputs.Where(i => i.DefaultNode is not null).ToDictionary(i => i.Name, i => new InputValue(i, i.DefaultNode!, false), StringComparer.Ordinal))
                    : scalar with { Open = true };
            default:
                return node;
        }

        Scalar Closed(Scalar key)
        {
            Refuse(key, "a key", null, findings);
            return key;
        }
    }

    /// <summary>Adds every reference in a tree where none may be.</summary>
    public static void Refuse(Node node, string where, string? wayOut, Findings findings)
    {
        switch (node)
        {
            case MapNode map:
                foreach (var (key, value) in map.Entries)
                {
                    Refuse(key, "a key", null, findings);
                    Refuse(value, where, wayOut, findings);
                }

                break;
            case ListNode list:
                foreach (var item in list.Items)
                {
                    Refuse(item, where, wayOut, findings);
                }

                break;
            case Scalar scalar when IsIn(scalar.Text):
                findings.Add(scalar, $"An input cannot stand in {where}.", wayOut);
                break;
        }
    }

    /// <summary>The tree with every reference replaced by its input's value. What came in is not looked through again.</summary>
    public static Node Filled(Node node, IReadOnlyDictionary<string, InputValue> values) => node switch
    {
        MapNode map => map.Of([.. map.Entries.Select(e => new Entry(e.Key, Filled(e.Value, values)))]),
        ListNode list => list with { Items = [.. list.Items.Select(i => Filled(i, values))] },
        Scalar scalar when IsIn(scalar.Text) => Filled(scalar, values),
        _ => node,
    };

    private static Node Filled(Scalar scalar, IReadOnlyDictionary<string, InputValue> values)
    {
        var references = Reference().Matches(scalar.Text);
        // What a service gave is told at its place in the service's file, where somebody can mend it.
        var place = references.Select(m => values[m.Groups["name"].Value]).FirstOrDefault(v => v.Given)?.Node ?? scalar;
        if (references is [{ } only] && only.Length == scalar.Text.Length)
        {
            var value = values[only.Groups["name"].Value];
            return value.Node switch
            {
                ListNode list => new ListNode(place.Line, place.Column, [.. list.Items.Select(i => (Node)(((Scalar)i) with { Plain = false }))]) { File = place.File },
                // Only what is a number or a truth value by its type may be read as one.
                _ => new Scalar(place.Line, place.Column, value.Text, value.Input.Type is InputType.Whole or InputType.YesNo) { File = place.File },
            };
        }

        var text = Reference().Replace(scalar.Text, m => values[m.Groups["name"].Value].Text);
        return new Scalar(place.Line, place.Column, text, false) { File = place.File };
    }

    /// <returns>Whether all of them can be filled.</returns>
    private static bool CheckReferences(Scalar scalar, IReadOnlyList<TemplateInput> inputs, Findings findings)
    {
        var well = true;
        var references = Reference().Matches(scalar.Text);
        if (IsIn(Reference().Replace(scalar.Text, "")))
        {
            well = false;
            findings.Add(scalar, $"A reference in {scalar.Kind} cannot be read.", "Write it like ${{ inputs.name }}.");
        }

        foreach (var name in references.Select(m => m.Groups["name"].Value))
        {
            if (inputs.FirstOrDefault(i => i.Name == name) is not { } input)
            {
                well = false;
                findings.Add(scalar, $"There is no input '{name}'.", inputs.Count == 0 ? "Declare it under inputs." : NearWords.Suggest(name, [.. inputs.Select(i => i.Name)]));
            }
            else if (input.Type == InputType.List && references[0].Length != scalar.Text.Length)
            {
                well = false;
                findings.Add(scalar, $"The input '{name}' is a list, and cannot be a part of a text.", "Let it stand alone where a list may be, or read it from its variable in a step.");
            }
        }

        return well;
    }

    [GeneratedRegex(@"\$\{\{ {0,3}inputs\.(?<name>[a-z0-9]+(?:-[a-z0-9]+)*) {0,3}\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Reference();
}
