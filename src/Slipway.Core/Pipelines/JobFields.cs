using System.Text.RegularExpressions;
using Slipway.Core.Expressions;

namespace Slipway.Core.Pipelines;

/// <summary>What a job's <c>if</c> may look at: four texts, as in <c>branch == "main" &amp;&amp; event != "manual"</c>.</summary>
/// <param name="Branch">The branch of the run.</param>
/// <param name="Tag">The commit's version tag; empty: it has none.</param>
/// <param name="Event"><c>push</c>, <c>manual</c>.</param>
/// <param name="Outcome">Of the jobs that are needed: <c>succeeded</c>, or <c>failed</c> when one has not.</param>
public sealed partial record JobFields(string Branch, string Tag, string Event, string Outcome) : IConditionFields<JobFields>
{
    public static ExpressionEnvironment Environment { get; } = new(
        new("branch", ExpressionType.String), new("tag", ExpressionType.String), new("event", ExpressionType.String), new("outcome", ExpressionType.String));

    // Rows of comparisons with texts are older than the language of expressions, and took every space for one and a backslash as it is. They still mean what they did.
    public static string ExpressionOf(string text) =>
        Comparisons().IsMatch(text) ? TextOrSpace().Replace(text, match => match.Groups["text"] is { Success: true } quoted ? $"r\"\"\"{quoted.Value}\"\"\"" : " ") : text;

    public ExpressionInputs Inputs() => Environment.Inputs().With("branch", Value.Of(Branch)).With("tag", Value.Of(Tag)).With("event", Value.Of(Event)).With("outcome", Value.Of(Outcome));

    /// <summary>Whether a job with this condition runs. One that does not speak of <c>outcome</c>, or has none, also asks for <c>succeeded</c>.</summary>
    /// <param name="error">Why that is not known; null: it is.</param>
    public bool LetRun(Condition<JobFields>? condition, out ExpressionError? error)
    {
        error = null;
        return (Outcome == "succeeded" || condition?.SpeaksOf("outcome") == true) && (condition is null || condition.IsTrue(this, out error));
    }

    [GeneratedRegex("""^(\s*(branch|tag|event|outcome)\s*(==|!=)\s*"[^"]{0,200}"\s*(&&|\|\||\z))*(?<!&&|\|\|)\z""")]
    private static partial Regex Comparisons();

    [GeneratedRegex("""
        "(?<text>[^"]*)"|\s
        """)]
    private static partial Regex TextOrSpace();
}
