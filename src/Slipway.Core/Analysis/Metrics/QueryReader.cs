using System.Text.RegularExpressions;
using Slipway.Core.Definitions;

namespace Slipway.Core.Analysis.Metrics;

/// <summary>Where a placeholder stands, which says how its value is escaped.</summary>
internal enum QueryPlace
{
    /// <summary>No placeholder: text as it was written.</summary>
    None,

    /// <summary>Within the quotes of a label's value.</summary>
    Label,

    /// <summary>Likewise, where the value is a regular expression.</summary>
    Pattern,

    /// <summary>Outside of quotes; only for what is a number or a duration by its making.</summary>
    Bare,

    /// <summary>A part of an address.</summary>
    Address,

    /// <summary>A part of a variable's value, which nothing looks into.</summary>
    Variable,
}

/// <param name="Text">What was written; for a placeholder its name.</param>
/// <param name="At">Where it begins in the whole, from 0.</param>
internal readonly record struct QueryPart(QueryPlace Place, string Text, int At);

/// <summary>The text of a query on its way to parts and problems.</summary>
/// <param name="arguments">Of a template of checks, by their names with <c>args.</c> before them: whether one is a number or a duration by its type, and so may stand outside of quotes. Null: there are none.</param>
internal sealed partial class QueryReader(string text, IReadOnlyDictionary<string, bool>? arguments = null)
{
    public const string Beginning = "{{";
    private readonly List<QueryPart> parts = [];
    private readonly List<MetricQueryProblem> problems = [];
    private int taken;

    public string Text => text;

    public bool IsPlaceholderAt(int at) => string.CompareOrdinal(text, at, Beginning, 0, Beginning.Length) == 0;

    public void Wrong(int at, string message, string? suggestion) => problems.Add(ProblemAt(text, at, message, suggestion));

    public static MetricQueryProblem ProblemAt(string text, int at, string message, string? suggestion)
    {
        var before = text.AsSpan(0, Math.Min(at, text.Length));
        return new MetricQueryProblem(before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'), message, suggestion);
    }

    /// <summary>A text for a command's environment: placeholders may stand everywhere.</summary>
    public void ReadVariable()
    {
        for (var at = text.IndexOf(Beginning, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Beginning, at, StringComparison.Ordinal))
        {
            at = Placeholder(at, QueryPlace.Variable);
        }

        if (text.IndexOf('\0', StringComparison.Ordinal) is >= 0 and var nul)
        {
            Wrong(nul, "A NUL character cannot stand in a variable.", "Leave it out.");
        }
    }

    /// <summary>Takes the placeholder that begins here, or says what is wrong with it.</summary>
    /// <param name="place">Where it stands.</param>
    /// <param name="refusal">Why none of that name may stand here; null: it may.</param>
    /// <returns>The character behind it.</returns>
    public int Placeholder(int at, QueryPlace place, Func<string, (string Message, string Suggestion)?>? refusal = null)
    {
        var found = Form().Match(text, at);
        if (!found.Success)
        {
            Wrong(at, "A placeholder that begins here cannot be read.", "Write it like {{version}}.");
            return at + Beginning.Length;
        }

        var name = found.Groups["name"].Value;
        if (arguments?.TryGetValue(name, out var mayBeBare) == true)
        {
            if (!(place == QueryPlace.Bare && mayBeBare) && refusal?.Invoke(name) is (var why, var instead))
            {
                Wrong(at, why, instead);
            }
        }
        else if (!MetricQuery.Placeholders.Contains(name))
        {
            Wrong(at, $"There is no placeholder '{(name.Length <= 60 ? name : name[..60] + "…")}'.", Suggestion(name));
        }
        else if (refusal?.Invoke(name) is (var message, var suggestion))
        {
            Wrong(at, message, suggestion);
        }

        Keep(at);
        parts.Add(new QueryPart(place, name, at));
        taken = at + found.Length;
        return taken;
    }

    /// <param name="isAddress">The text is a whole address, not what is asked at one.</param>
    public MetricQueryReading Done(MetricSourceKind kind, bool isAddress = false)
    {
        Keep(text.Length);
        return problems.Count > 0
            ? new MetricQueryReading(null, [.. problems.OrderBy(p => p.Line).ThenBy(p => p.Column)])
            : new MetricQueryReading(new MetricQuery(kind, text, parts, isAddress), []);
    }

    /// <summary>A near name, and all that there are.</summary>
    private static string Suggestion(string name)
    {
        var all = $"There are {string.Join(", ", MetricQuery.Placeholders)}.";
        return NearWords.Nearest(name, MetricQuery.Placeholders) is { } near ? $"Did you mean '{near}'? {all}" : all;
    }

    private void Keep(int up)
    {
        if (up > taken)
        {
            parts.Add(new QueryPart(QueryPlace.None, text[taken..up], taken));
            taken = up;
        }
    }

    [GeneratedRegex(@"\G\{\{ {0,3}(?<name>(?:args\.)?[A-Za-z0-9][A-Za-z0-9_-]*) {0,3}\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
