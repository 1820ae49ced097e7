namespace Slipway.Core.Expressions.Steps;

/// <summary>A part of a checked expression. Steps hold nothing that changes, so that threads share them.</summary>
internal abstract class Step(int offset)
{
    public int Offset { get; } = offset;

    /// <summary>Its value, paid for, or an error with its place.</summary>
    public Value Evaluate(Evaluation run)
    {
        var value = run.Charge(1) ? Take(run) : run.TooMuch();
        return value.IsError ? value.At(Offset) : value;
    }

    protected abstract Value Take(Evaluation run);
}

internal sealed class ConstantStep(int offset, Value value) : Step(offset)
{
    public Value Value => value;

    protected override Value Take(Evaluation run) => value;
}

/// <summary>A variable of the environment or of a macro.</summary>
internal sealed class VariableStep(int offset, string name, int slot) : Step(offset)
{
    protected override Value Take(Evaluation run)
    {
        var value = run.Variables[slot];
        return value.IsError ? Value.Error(value.Failure is { } failure ? $"{name}: {failure.Message}" : $"nothing is given for '{name}'") : value;
    }
}
