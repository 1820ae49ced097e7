using System.Runtime.CompilerServices;
using Slipway.Core.Expressions.Functions;

namespace Slipway.Core.Expressions.Steps;

/// <summary>What an operator makes of one value.</summary>
internal sealed class UnaryStep(int offset, Step of, Func<Value, Evaluation, Value> apply) : Step(offset)
{
    protected override Value Take(Evaluation run)
    {
        var value = of.Evaluate(run);
        return value.IsError ? value : apply(value, run);
    }
}

/// <summary>What an operator makes of two values.</summary>
internal sealed class BinaryStep(int offset, Step left, Step right, Func<Value, Value, Evaluation, Value> apply) : Step(offset)
{
    protected override Value Take(Evaluation run)
    {
        var a = left.Evaluate(run);
        if (a.IsError)
        {
            return a;
        }

        var b = right.Evaluate(run);
        return b.IsError ? b : apply(a, b, run);
    }
}

/// <summary>A function: the first of its forms that takes the values.</summary>
internal sealed class CallStep(int offset, string name, Overload[] forms, Step[] arguments) : Step(offset)
{
    /// <summary>Most that a function takes.</summary>
    public const int MostArguments = 4;

    protected override Value Take(Evaluation run)
    {
        var buffer = default(Buffer);
        Span<Value> values = buffer;
        values = values[..arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            values[i] = arguments[i].Evaluate(run);
            if (values[i].IsError)
            {
                return values[i];
            }
        }

        foreach (var form in forms)
        {
            if (form.Takes(values))
            {
                return form.Do(values, run);
            }
        }

        List<string> kinds = [];
        foreach (var value in values)
        {
            kinds.Add(Kinds.Name(value));
        }

        return Value.Error($"{name} is not there for ({string.Join(", ", kinds)})");
    }

    [InlineArray(MostArguments)]
    private struct Buffer
    {
        private Value _first;
    }
}
