using System.Text;
using System.Text.RegularExpressions;
using Slipway.Core.Analysis.Metrics;
using Slipway.Core.Expressions;

namespace Slipway.Core.Definitions;

/// <summary>
/// <c>{{args.NAME}}</c> in the values of a template of checks. What an argument holds becomes a value, a part of one, a literal of an expression or an escaped part of a query: never a key, never
/// structure, and never syntax of a query or of an expression.
/// </summary>
internal sealed partial class CheckFilling(IReadOnlyDictionary<string, ArgumentValue> values, IReadOnlyList<MetricSourceDefinition>? sources, Findings findings)
{
    private static readonly HashSet<string> Queries = ["bad", "total", "query"], Expressions = ["value", "pass", "fail"];
    private readonly HashSet<string> used = new(StringComparer.Ordinal);

    /// <summary>Arguments that some value speaks of.</summary>
    public IReadOnlySet<string> Used => used;

    /// <summary>A check's body with its arguments.</summary>
    public MapNode Check(MapNode body) => (MapNode)Fill(body, null, null);

    /// <summary>What is handed on to another template: values alone.</summary>
    public MapNode With(MapNode with) => with.Of([.. with.Entries.Select(e => new Entry(Key(e.Key), e.Value is Scalar scalar ? Plain(scalar) : e.Value))]);

    private Node Fill(Node node, string? key, MetricSourceKind? kind)
    {
        switch (node)
        {
            case MapNode map:
                var inside = map.Find("source") is { } source ? KindOf(source.Value) : kind;

                // A comparison by ranks passes by a number; elsewhere pass is an expression.
                var scores = map.Find("metrics") is not null;
                return map.Of([.. map.Entries.Select(e => new Entry(Key(e.Key), Fill(e.Value, scores && e.Key.Text == "pass" ? null : e.Key.Text, inside)))]);
            case ListNode list:
                return list with { Items = [.. list.Items.Select(item => Fill(item, key, kind))] };
            case Scalar scalar when IsIn(scalar):
                return key is not null && Queries.Contains(key) ? Query(scalar, kind) : key is not null && Expressions.Contains(key) ? Expression(scalar) : Plain(scalar);
            default:
                return node;
        }
    }

    private Scalar Key(Scalar key)
    {
        if (IsIn(key))
        {
            findings.Add(key, "An argument cannot stand in a key.");
        }

        return key;
    }

    private MetricSourceKind? KindOf(Node source) => source is Scalar scalar && Plain(scalar) is { Open: false } named ? sources?.FirstOrDefault(s => s.Name == named.Text)?.Kind : null;

    private Scalar Plain(Scalar scalar)
    {
        if (!IsIn(scalar) || Known(scalar) is not { } references)
        {
            return IsIn(scalar) ? scalar with { Open = true } : scalar;
        }

        if (references.Any(r => r.Value.Node is null))
        {
            return scalar with { Open = true };
        }

        // What a use gave is told at its place, where somebody can mend it.
        var place = references.Select(r => r.Value).FirstOrDefault(v => v.Given)?.Node ?? scalar;
        var isWhole = references is [{ Match.Length: var length }] && length == scalar.Text.Length;
        var text = Reference().Replace(scalar.Text, m => values[m.Groups["name"].Value].Node!.Text);

        // Only what is a number or a truth value by its type may be read as one.
        return new Scalar(place.Line, place.Column, text, isWhole && references[0].Value.Argument.Type is CheckArgumentType.Number or CheckArgumentType.YesNo) { File = place.File };
    }

    private Scalar Query(Scalar scalar, MetricSourceKind? kind)
    {
        if (Known(scalar) is not { } references || kind is not { } known)
        {
            return scalar with { Open = true };
        }

        var read = MetricQuery.Read(known, scalar.Text, values.ToDictionary(v => v.Key, v => v.Value.Argument.IsPlain, StringComparer.Ordinal));
        foreach (var problem in read.Problems)
        {
            ExpressionShape.Tell(scalar, "query", problem.Line, problem.Column, problem.Message, problem.Suggestion, findings);
        }

        // What a command gets is read once more before, and nothing in it can be escaped.
        foreach (var (_, value, _) in references.Where(r => known == MetricSourceKind.Exec && r.Value.Node?.Text.Contains("{{", StringComparison.Ordinal) == true))
        {
            findings.Add(value.Node!, $"{value.Argument.Name} cannot hold '{{{{' in a question to a command.");
        }

        return read.Query is not { } query || references.Any(r => r.Value.Node is null)
            ? scalar with { Open = true }
            : new Scalar(scalar.Line, scalar.Column, query.FillArguments(references.DistinctBy(r => r.Name).ToDictionary(r => r.Name, r => r.Value.Text, StringComparer.Ordinal)), false) { File = scalar.File };
    }

    private Scalar Expression(Scalar scalar)
    {
        if (Known(scalar) is not { } references || !StandAlone(scalar, references))
        {
            return scalar with { Open = true };
        }

        return references.Any(r => r.Value.Node is null)
            ? scalar with { Open = true }
            : new Scalar(scalar.Line, scalar.Column, Reference().Replace(scalar.Text, m => values[m.Groups["name"].Value].Literal), false) { File = scalar.File };
    }

    /// <summary>Whether each reference is a word of the expression by itself: within a text, its quotes would end that text, and what follows would be syntax.</summary>
    private bool StandAlone(Scalar scalar, IReadOnlyList<Found> references)
    {
        // A name that stands for each while the expression is cut into words; no longer than the reference, so that places stay.
        var text = new StringBuilder(scalar.Text);
        foreach (var (_, _, match) in references)
        {
            text.Remove(match.Index, match.Length).Insert(match.Index, new string('_', match.Length));
        }

        HashSet<(int, int)> names = [];
        try
        {
            var lexer = new Lexer(text.ToString());
            for (var token = lexer.Next(); token.Kind != TokenKind.End; token = lexer.Next())
            {
                if (token.Kind == TokenKind.Name)
                {
                    names.Add((token.Offset, token.Length));
                }
            }
        }
        catch (SyntaxException)
        {
            // It is told where the expression is read; up to there it can be looked at.
        }

        var well = true;
        // Two that touch, or a number before one, would become another number.
        bool Touches(Match match) => match.Index > 0 && scalar.Text[match.Index - 1] is var before && (char.IsAsciiLetterOrDigit(before) || before is '.' or '}')
            || match.Index + match.Length is var end && end < scalar.Text.Length && (char.IsAsciiLetterOrDigit(scalar.Text[end]) || (scalar.Text[end] is '.' && end + 1 < scalar.Text.Length && char.IsAsciiDigit(scalar.Text[end + 1])));
        foreach (var (name, _, match) in references.Where(r => !names.Contains((r.Match.Index, r.Match.Length)) || Touches(r.Match)))
        {
            well = false;
            findings.Add(scalar, $"{{{{{name}}}}} must stand for itself in an expression, and not within a text or a name.", "Compare with it: an argument that is a string is one already, and needs no quotes.");
        }

        return well;
    }

    /// <summary>What a text speaks of; null: something is wrong with it, and the findings say what.</summary>
    private List<Found>? Known(Scalar scalar)
    {
        List<Found> found = [];
        var well = true;
        foreach (var match in Reference().Matches(scalar.Text).Cast<Match>())
        {
            var name = match.Groups["name"].Value;
            used.Add(name);
            if (values.TryGetValue(name, out var value))
            {
                found.Add(new(name, value, match));
            }
            else
            {
                well = false;
                findings.Add(scalar, $"There is no argument '{name["args.".Length..]}'.", values.Count == 0 ? "Declare it under arguments." : NearWords.Suggest(name["args.".Length..], [.. values.Keys.Select(k => k["args.".Length..])]));
            }
        }

        if (Beginning().Count(scalar.Text) != found.Count && well)
        {
            well = false;
            findings.Add(scalar, $"A reference in {scalar.Kind} cannot be read.", "Write it like \"{{args.name}}\".");
        }

        return well ? found : null;
    }

    private static bool IsIn(Scalar scalar) => Beginning().IsMatch(scalar.Text);

    private sealed record Found(string Name, ArgumentValue Value, Match Match);

    [GeneratedRegex(@"\{\{ {0,3}(?<name>args\.[a-z0-9]+(?:-[a-z0-9]+)*) {0,3}\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Reference();

    [GeneratedRegex(@"\{\{ *args\b", RegexOptions.CultureInvariant)]
    private static partial Regex Beginning();
}
