using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Core.Expressions;

/// <summary>What conditions of one purpose are asked of: what they may speak of, and what that is at one moment.</summary>
public interface IConditionFields<TSelf> where TSelf : IConditionFields<TSelf>
{
    static abstract ExpressionEnvironment Environment { get; }

    /// <summary>The expression that a text means: itself, but where an older notation still means what it did.</summary>
    static virtual string ExpressionOf(string text) => text;

    ExpressionInputs Inputs();
}

/// <summary>Something that is true or false of <typeparamref name="TFields"/>. Kept as it was written; read and checked once.</summary>
[JsonConverter(typeof(ConditionJson))]
public sealed record Condition<TFields> where TFields : IConditionFields<TFields>
{
    private readonly Expression _expression;

    internal Condition(string text, Expression expression)
    {
        Text = text;
        _expression = expression;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    public bool SpeaksOf(string variable) => _expression.Used.Contains(variable);

    /// <param name="error">Why it is neither true nor false; null: it is one of them.</param>
    public bool IsTrue(TFields fields, out ExpressionError? error)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var result = _expression.Evaluate(fields.Inputs());
        error = result.Error;
        return result.IsTrue;
    }

    public bool Equals(Condition<TFields>? other) => Text == other?.Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;
}

public static class Condition
{
    /// <param name="problems">What is wrong with it; empty: nothing.</param>
    public static Condition<TFields>? Parse<TFields>(string text, out IReadOnlyList<ExpressionProblem> problems) where TFields : IConditionFields<TFields>
    {
        ArgumentNullException.ThrowIfNull(text);
        var read = TFields.Environment.Read(TFields.ExpressionOf(text), ExpressionType.Bool);
        problems = read.Problems;
        return read.Expression is { } expression ? new Condition<TFields>(text, expression) : null;
    }

    /// <summary>What is wrong with it; empty: nothing.</summary>
    public static IReadOnlyList<ExpressionProblem> ProblemsOf<TFields>(string text) where TFields : IConditionFields<TFields>
    {
        Parse<TFields>(text, out var problems);
        return problems;
    }
}

/// <summary>A condition is kept as its text.</summary>
public sealed class ConditionJson : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert is { IsGenericType: true } && typeToConvert.GetGenericTypeDefinition() == typeof(Condition<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class Of<TFields> : JsonConverter<Condition<TFields>> where TFields : IConditionFields<TFields>
    {
        public override Condition<TFields> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Condition.Parse<TFields>(reader.GetString() ?? "", out var problems) ?? throw new JsonException($"A condition is wrong: {problems[0]}");

        public override void Write(Utf8JsonWriter writer, Condition<TFields> value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text);
    }
}
