using Slipway.Core.Expressions;

namespace Slipway.Core.Rollouts;

/// <summary>
/// A hook's <c>if</c>: an expression over the rollout at the point where the hook has its turn. One that is neither true nor false of it is taken as true: whoever may have something against it
/// is asked.
/// </summary>
public static class HookCondition
{
    private static readonly ExpressionEnvironment Environment = new(
        new("service", ExpressionType.String), new("environment", ExpressionType.String), new("version", ExpressionType.String), new("fromVersion", ExpressionType.String),
        new("step", ExpressionType.String), new("weight", ExpressionType.Int), new("ring", ExpressionType.String));

    /// <summary>What is wrong with it; empty: nothing.</summary>
    public static IReadOnlyList<ExpressionProblem> ProblemsOf(string text) => Environment.Read(text, ExpressionType.Bool).Problems;

    /// <param name="weight">Percent of the traffic that the new version has at that point.</param>
    /// <param name="ring">Empty: there are none.</param>
    /// <exception cref="InvalidOperationException">It is no expression over these; that is told when the definition is read.</exception>
    public static bool Asks(string condition, HookQuestion question, int weight, string ring)
    {
        var read = Environment.Read(condition, ExpressionType.Bool);
        var result = (read.Expression ?? throw new InvalidOperationException($"The condition {condition} of a hook is wrong: {read.Problems[0]}")).Evaluate(Environment.Inputs()
            .With("service", Value.Of(question.Service)).With("environment", Value.Of(question.Environment)).With("version", Value.Of(question.Version))
            .With("fromVersion", Value.Of(question.FromVersion ?? "")).With("step", Value.Of(question.Step ?? "")).With("weight", Value.Of((long)weight)).With("ring", Value.Of(ring)));
        return result.Error is not null || result.IsTrue;
    }
}
