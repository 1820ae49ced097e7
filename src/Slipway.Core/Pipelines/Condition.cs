using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Slipway.Core.Expressions;

namespace Slipway.Core.Pipelines;

/// <summary>What a condition may look at.</summary>
/// <param name="Branch">The branch of the run.</param>
/// <param name="Tag">The commit's version tag; empty: it has none.</param>
/// <param name="Event"><c>push</c>, <c>manual</c>.</param>
/// <param name="Outcome">Of the jobs that are needed: <c>succeeded</c>, or <c>failed</c> when one has not.</param>
public sealed record ConditionFields(string Branch, string Tag, string Event, string Outcome);

/// <summary>
/// A job's <c>if</c>: an expression over four texts, such as <c>branch == "main" &amp;&amp; event != "manual"</c>. One that does not speak
/// of <c>outcome</c> also asks for <c>succeeded</c>.
/// </summary>
[JsonConverter(typeof(ConditionJson))]
public sealed partial record Condition
{
    private static readonly ExpressionEnvironment Environment = new(
        new("branch", ExpressionType.String), new("tag", ExpressionType.String), new("event", ExpressionType.String), new("outcome", ExpressionType.String));

    private readonly Expression _expression;

    private Condition(string text, Expression expression)
    {
        Text = text;
        _expression = expression;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <param name="problems">What is wrong with it; empty: nothing.</param>
    public static Condition? Parse(string text, out IReadOnlyList<ExpressionProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(text);
        var read = Environment.Read(Comparisons().IsMatch(text) ? Unescaped(text) : text, ExpressionType.Bool);
        problems = read.Problems;
        return read.Expression is { } expression ? new Condition(text, expression) : null;
    }

    /// <param name="error">Why it is neither true nor false; null: it is one of them.</param>
    public bool IsTrue(ConditionFields fields, out ExpressionError? error)
    {
        error = null;
        if (fields.Outcome != "succeeded" && !_expression.Used.Contains("outcome"))
        {
            return false;
        }

        var result = _expression.Evaluate(Environment.Inputs()
            .With("branch", Value.Of(fields.Branch)).With("tag", Value.Of(fields.Tag)).With("event", Value.Of(fields.Event)).With("outcome", Value.Of(fields.Outcome)));
        error = result.Error;
        return result.IsTrue;
    }

    public bool Equals(Condition? other) => Text == other?.Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    // Rows of comparisons with texts are older than the language of expressions, and took every space for one and a backslash as it is. They still mean what they did.
    private static string Unescaped(string text) => TextOrSpace().Replace(text, match => match.Groups["text"] is { Success: true } quoted ? $"r\"\"\"{quoted.Value}\"\"\"" : " ");

    [GeneratedRegex("""^(\s*(branch|tag|event|outcome)\s*(==|!=)\s*"[^"]{0,200}"\s*(&&|\|\||\z))*(?<!&&|\|\|)\z""")]
    private static partial Regex Comparisons();

    [GeneratedRegex("""
        "(?<text>[^"]*)"|\s
        """)]
    private static partial Regex TextOrSpace();
}

/// <summary>A condition is kept as it was written.</summary>
public sealed class ConditionJson : JsonConverter<Condition>
{
    public override Condition Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Condition.Parse(reader.GetString() ?? "", out var problems) ?? throw new JsonException($"A condition is wrong: {problems[0]}");

    public override void Write(Utf8JsonWriter writer, Condition value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text);
}
