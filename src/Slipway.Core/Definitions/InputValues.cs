using System.Text.RegularExpressions;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines.Templates;

namespace Slipway.Core.Definitions;

/// <summary>What an input of a template is in one use of it.</summary>
/// <param name="Given">By the service; else it is the default.</param>
internal sealed record InputValue(TemplateInput Input, Node Node, bool Given)
{
    /// <summary>As a step finds it in its environment: a list's items on lines of their own.</summary>
    public string Text => Node is ListNode list ? string.Join('\n', list.Items.Select(i => ((Scalar)i).Text)) : ((Scalar)Node).Text;
}

/// <summary>Checks and completes what a service gives to a template.</summary>
internal static class InputValues
{
    private const int MostItems = 100;

    /// <param name="place">Where the template is named.</param>
    /// <returns>A value for every input; null: something is wrong, and the findings say what.</returns>
    public static IReadOnlyDictionary<string, InputValue>? Bind(Template template, MapNode? with, Node place, Findings findings)
    {
        var well = true;
        foreach (var (key, _) in (with?.Entries ?? []).Where(e => !template.Inputs.Any(i => i.Name == e.Key.Text)))
        {
            well = false;
            findings.Add(key, $"{template} has no input {key.Kind}.", template.Inputs.Count == 0 ? "It takes none: remove with." : NearWords.Suggest(key.Text, [.. template.Inputs.Select(i => i.Name)]));
        }

        Dictionary<string, InputValue> values = new(StringComparer.Ordinal);
        foreach (var input in template.Inputs)
        {
            if (with?[input.Name] is { } given)
            {
                well &= Check(given, input, findings);
                values[input.Name] = new(input, given, true);
            }
            else if (input.DefaultNode is { } otherwise)
            {
                values[input.Name] = new(input, otherwise, false);
            }
            else
            {
                well = false;
                findings.Add(place, $"{template} must be given {input.Name}, {TemplateReader.Article(input.Type)}{(input.Description is null ? "" : $": {input.Description.TrimEnd('.')}")}.", $"Write it like with: {{ {input.Name}: … }}.");
            }
        }

        return well ? values : null;
    }

    /// <returns>Whether it is one of the input's values.</returns>
    public static bool Check(Node node, TemplateInput input, Findings findings)
    {
        var problems = new Findings("");
        switch (input.Type)
        {
            case InputType.Whole:
                new WholeShape(input.Least ?? int.MinValue, input.Most ?? int.MaxValue).Check(node, input.Name, problems);
                break;
            case InputType.YesNo:
                new YesNoShape().Check(node, input.Name, problems);
                break;
            case InputType.Choice:
                new ChoiceShape(input.Name, [.. input.Values]).Check(node, input.Name, problems);
                break;
            case InputType.List when node is ListNode list:
                CheckItems(list, input, problems);
                break;
            case InputType.List:
                problems.Add(node, $"{input.Name} must be a list, not {node.Kind}.", "Write it like [a, b].");
                break;
            default:
                CheckText(node, input, input.Name, problems);
                break;
        }

        foreach (var problem in problems.Sorted())
        {
            findings.Add(problem.Line, problem.Column, problem.Message, problem.Suggestion);
        }

        return !problems.Any;
    }

    /// <summary>As a person would write it.</summary>
    public static string Shown(Node node) => node switch
    {
        ListNode list => $"[{string.Join(", ", list.Items.OfType<Scalar>().Select(Shown))}]",
        Scalar { Text: "" } => "\"\"",
        Scalar scalar => scalar.Text,
        _ => "",
    };

    private static void CheckItems(ListNode list, TemplateInput input, Findings problems)
    {
        if (list.Items.Count > MostItems)
        {
            problems.Add(list, $"{input.Name} must have at most {MostItems} items, not {list.Items.Count}.");
        }

        foreach (var item in list.Items)
        {
            CheckText(item, input, $"an item of {input.Name}", problems);
        }
    }

    private static void CheckText(Node node, TemplateInput input, string name, Findings problems)
    {
        if (node is not Scalar { IsEmpty: false } scalar)
        {
            problems.Add(node, $"{name} must be text, not {node.Kind}.", node is Scalar ? "Write \"\" for empty text." : null);
        }
        else if (scalar.Text.Length > Limits.TemplateValue)
        {
            problems.Add(node, $"{name} must have at most {Limits.TemplateValue} characters, not {scalar.Text.Length}.");
        }
        else if (scalar.Text.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029'))
        {
            // One line each, so that a list can be handed on with its items on lines of their own.
            problems.Add(node, $"{name} must stand on one line, without control characters.");
        }
        else if (input.Grammar is { } grammar && !Matches(grammar, scalar.Text))
        {
            problems.Add(node, $"{name} must match {input.Pattern}; {scalar.Kind} does not.");
        }
    }

    private static bool Matches(Regex grammar, string text)
    {
        try
        {
            return grammar.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            // What cannot be said to match does not.
            return false;
        }
    }
}
