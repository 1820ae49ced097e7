using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Core.Expressions;

namespace Slipway.Core.Releases;

/// <summary>
/// What must hold of an HTTP answer: an expression over <c>body</c> (its JSON), <c>status</c> (a whole number) and <c>headers</c> (texts by lower-case names), such as
/// <c>status == 200 &amp;&amp; body.ready</c>.
/// </summary>
[JsonConverter(typeof(AnswerConditionJson))]
public sealed record AnswerCondition
{
    private static readonly ExpressionEnvironment Environment = new(
        new("body", ExpressionType.Dyn), new("status", ExpressionType.Int), new("headers", ExpressionType.Map(ExpressionType.String, ExpressionType.String)));

    private readonly Expression _expression;

    private AnswerCondition(Expression expression) => _expression = expression;

    /// <summary>As it was written.</summary>
    public string Text => _expression.Text;

    public bool SpeaksOfBody => _expression.Used.Contains("body");

    /// <param name="problems">What is wrong with it; empty: nothing.</param>
    public static AnswerCondition? Parse(string text, out IReadOnlyList<ExpressionProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(text);
        var read = Environment.Read(text, ExpressionType.Bool);
        problems = read.Problems;
        return read.Expression is { } expression ? new AnswerCondition(expression) : null;
    }

    /// <param name="body">Null where the condition does not speak of it.</param>
    /// <param name="headers">By lower-case names.</param>
    /// <param name="error">Why it is neither true nor false; null: it is one of them.</param>
    public bool IsTrue(JsonElement? body, int status, IReadOnlyDictionary<string, string> headers, out ExpressionError? error)
    {
        var inputs = Environment.Inputs().With("status", Value.Of((long)status)).With("headers", Value.Of(headers.ToDictionary(h => h.Key, h => Value.Of(h.Value), StringComparer.Ordinal)));
        var result = _expression.Evaluate(body is { } json ? inputs.With("body", json) : inputs);
        error = result.Error;
        return result.IsTrue;
    }

    public bool Equals(AnswerCondition? other) => Text == other?.Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;
}

/// <summary>A condition is kept as it was written.</summary>
public sealed class AnswerConditionJson : JsonConverter<AnswerCondition>
{
    public override AnswerCondition Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        AnswerCondition.Parse(reader.GetString() ?? "", out var problems) ?? throw new JsonException($"A condition is wrong: {problems[0]}");

    public override void Write(Utf8JsonWriter writer, AnswerCondition value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text);
}
