using Slipway.Core.Expressions;

namespace Slipway.Core.Tests.Expressions;

/// <summary>Shortcuts of the tests of expressions.</summary>
internal static class Evaluating
{
    public static readonly ExpressionEnvironment Nothing = new();

    /// <summary>The value in words, or <c>error: </c> and why there is none, or <c>wrong: </c> and what is wrong with the text.</summary>
    public static string Say(string text)
    {
        var read = Nothing.Read(text);
        return read.Expression is { } expression ? Say(expression.Evaluate(Nothing.Inputs())) : "wrong: " + read.Problems[0];
    }

    public static string Say(ExpressionResult result) => result.Error is { } error ? "error: " + error : result.Value.ToString();

    public static Expression Ready(this ExpressionEnvironment environment, string text) => environment.Read(text, null).Expression.ShouldNotBeNull(text);
}
