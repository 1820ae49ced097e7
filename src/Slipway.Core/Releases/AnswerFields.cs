using System.Text.Json;
using Slipway.Core.Expressions;

namespace Slipway.Core.Releases;

/// <summary>What the condition on an HTTP answer may look at, as in <c>status == 200 &amp;&amp; body.ready</c>.</summary>
/// <param name="Body">Its JSON; null where the condition does not speak of it.</param>
/// <param name="Headers">By lower-case names.</param>
public sealed record AnswerFields(JsonElement? Body, int Status, IReadOnlyDictionary<string, string> Headers) : IConditionFields<AnswerFields>
{
    public static ExpressionEnvironment Environment { get; } = new(
        new("body", ExpressionType.Dyn), new("status", ExpressionType.Int), new("headers", ExpressionType.Map(ExpressionType.String, ExpressionType.String)));

    public ExpressionInputs Inputs()
    {
        var inputs = Environment.Inputs().With("status", Value.Of((long)Status)).With("headers", Value.Of(Headers.ToDictionary(h => h.Key, h => Value.Of(h.Value), StringComparer.Ordinal)));
        return Body is { } json ? inputs.With("body", json) : inputs;
    }
}
