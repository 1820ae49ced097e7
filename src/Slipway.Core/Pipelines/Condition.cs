using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Slipway.Core.Pipelines;

/// <summary>What a condition may look at.</summary>
/// <param name="Branch">The branch of the run.</param>
/// <param name="Tag">The commit's version tag; empty: it has none.</param>
/// <param name="Event"><c>push</c>, <c>manual</c>.</param>
/// <param name="Outcome">Of the jobs that are needed: <c>succeeded</c>, or <c>failed</c> when one has not.</param>
public sealed record ConditionFields(string Branch, string Tag, string Event, string Outcome);

/// <summary>
/// A job's <c>if</c>: comparisons of fields with texts, joined by <c>&amp;&amp;</c> and <c>||</c>, the first binding closer:
/// <c>branch == "main" &amp;&amp; event != "manual"</c>. One that does not speak of <c>outcome</c> also asks for <c>succeeded</c>.
/// </summary>
[JsonConverter(typeof(ConditionJson))]
public sealed partial record Condition
{
    public static readonly IReadOnlyList<string> Fields = ["branch", "tag", "event", "outcome"];

    private Condition(string text, IReadOnlyList<IReadOnlyList<Comparison>> either)
    {
        Text = text;
        Either = either;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    private IReadOnlyList<IReadOnlyList<Comparison>> Either { get; }

    /// <param name="wrong">What is wrong with it; null: nothing.</param>
    /// <param name="unknown">A field that there is not; null: none.</param>
    public static Condition? Parse(string text, out string? wrong, out string? unknown)
    {
        List<IReadOnlyList<Comparison>> either = [];
        (wrong, unknown) = (null, null);
        foreach (var part in Or().Split(text))
        {
            List<Comparison> all = [];
            foreach (var term in And().Split(part))
            {
                if (Term().Match(term) is not { Success: true } match)
                {
                    wrong = $"cannot be read at '{term.Trim()}'";
                    return null;
                }

                var field = match.Groups["field"].Value;
                if (!Fields.Contains(field))
                {
                    (wrong, unknown) = ($"knows no field '{field}'", field);
                    return null;
                }

                all.Add(new Comparison(field, match.Groups["operator"].Value == "==", match.Groups["text"].Value));
            }

            either.Add(all);
        }

        return new Condition(text, either);
    }

    public bool IsTrue(ConditionFields fields) =>
        Either.Any(all => all.All(c => c.Holds(fields))) && (Either.Any(all => all.Any(c => c.Field == "outcome")) || fields.Outcome == "succeeded");

    public bool Equals(Condition? other) => Text == other?.Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    // Quoted texts hold no quotes, so a joint inside of one is told from a real one by the quotes that follow it.
    [GeneratedRegex("""\|\|(?=(?:[^"]*"[^"]*")*[^"]*\z)""")]
    private static partial Regex Or();

    [GeneratedRegex("""&&(?=(?:[^"]*"[^"]*")*[^"]*\z)""")]
    private static partial Regex And();

    [GeneratedRegex("""^\s*(?<field>[A-Za-z.]+)\s*(?<operator>==|!=)\s*"(?<text>[^"]{0,200})"\s*\z""")]
    private static partial Regex Term();

    private sealed record Comparison(string Field, bool Equal, string Text)
    {
        public bool Holds(ConditionFields fields) => Equal == (Text == Field switch
        {
            "branch" => fields.Branch,
            "tag" => fields.Tag,
            "event" => fields.Event,
            _ => fields.Outcome,
        });
    }
}

/// <summary>A condition is kept as it was written.</summary>
public sealed class ConditionJson : JsonConverter<Condition>
{
    public override Condition Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Condition.Parse(reader.GetString() ?? "", out var wrong, out _) ?? throw new JsonException($"A condition {wrong}.");

    public override void Write(Utf8JsonWriter writer, Condition value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text);
}
