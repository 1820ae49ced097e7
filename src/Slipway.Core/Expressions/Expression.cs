using Slipway.Core.Expressions.Steps;
using Slipway.Core.Kernel;

namespace Slipway.Core.Expressions;

/// <summary>An expression that was read and checked. It never changes: many threads may evaluate it at once.</summary>
public sealed class Expression
{
    private readonly ExpressionEnvironment _environment;
    private readonly Step _step;
    private readonly int _slots;

    internal Expression(ExpressionEnvironment environment, string text, ExpressionType type, IReadOnlySet<string> used, Step step, int slots)
    {
        _environment = environment;
        Text = text;
        Type = type;
        Used = used;
        _step = step;
        _slots = slots;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>What its values are.</summary>
    public ExpressionType Type { get; }

    /// <summary>The variables that it speaks of.</summary>
    public IReadOnlySet<string> Used { get; }

    /// <summary>Never throws for what the expression or its data does: that is an error in the result.</summary>
    /// <param name="inputs">Of the environment that the expression was read in.</param>
    /// <param name="cost">What it may take: see <see cref="Limits.ExpressionCost"/>.</param>
    public ExpressionResult Evaluate(ExpressionInputs inputs, int cost = Limits.ExpressionCost)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Environment != _environment)
        {
            throw new ArgumentException("The inputs are of another environment.", nameof(inputs));
        }

        var variables = new Value[_slots];
        inputs.Values.CopyTo(variables);
        var run = new Evaluation(variables, cost);
        var value = _step.Evaluate(run);
        if (run.IsOver)
        {
            value = run.TooMuch();
        }

        if (!value.IsError || value.Failure is not { } failure)
        {
            return new ExpressionResult(value, null);
        }

        var (line, column) = Place.Of(Text, failure.Offset);
        return new ExpressionResult(Value.Null, new ExpressionError(line, column, failure.Message));
    }

    public override string ToString() => Text;
}

/// <summary>A value, or the error that there is none for; <see cref="Value"/> means nothing where there is an error.</summary>
public readonly record struct ExpressionResult(Value Value, ExpressionError? Error)
{
    /// <summary>Whether it is true: an error is not.</summary>
    public bool IsTrue => Error is null && Value.IsTrue;
}
