using Slipway.Core.Expressions;

namespace Slipway.Core.Rollouts;

/// <summary>What a hook's <c>if</c> may look at: the rollout at the point where the hook has its turn.</summary>
/// <param name="Weight">Percent of the traffic that the new version has at that point.</param>
/// <param name="Ring">Empty: there are none.</param>
public sealed record HookFields(HookQuestion Question, int Weight, string Ring) : IConditionFields<HookFields>
{
    public static ExpressionEnvironment Environment { get; } = new(
        new("service", ExpressionType.String), new("environment", ExpressionType.String), new("version", ExpressionType.String), new("fromVersion", ExpressionType.String),
        new("step", ExpressionType.String), new("weight", ExpressionType.Int), new("ring", ExpressionType.String));

    public ExpressionInputs Inputs() => Environment.Inputs()
        .With("service", Value.Of(Question.Service)).With("environment", Value.Of(Question.Environment)).With("version", Value.Of(Question.Version))
        .With("fromVersion", Value.Of(Question.FromVersion ?? "")).With("step", Value.Of(Question.Step ?? "")).With("weight", Value.Of((long)Weight)).With("ring", Value.Of(Ring));

    /// <summary>Whether a hook with this condition has its turn. One that is neither true nor false is taken as true: whoever may have something against it is asked.</summary>
    public bool Concern(Condition<HookFields>? condition) => condition is null || condition.IsTrue(this, out var error) || error is not null;
}
