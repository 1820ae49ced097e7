using Slipway.Core.Expressions.Functions;

namespace Slipway.Core.Expressions.Steps;

/// <summary><c>or</c> and <c>orValue</c>: the other one is evaluated only where the first is missing.</summary>
/// <param name="unwraps">The other is a value; else it is optional too.</param>
internal sealed class OrStep(int offset, Step of, Step other, bool unwraps) : Step(offset)
{
    protected override Value Take(Evaluation run)
    {
        var value = of.Evaluate(run);
        if (value.Kind != ValueKind.Optional)
        {
            return NotOptional(value, unwraps ? "orValue" : "or");
        }

        if (value.AsOptional is { } known)
        {
            return unwraps ? known : value;
        }

        var instead = other.Evaluate(run);
        return unwraps || instead.Kind == ValueKind.Optional ? instead : NotOptional(instead, "or");
    }

    internal static Value NotOptional(in Value value, string asker) => value.IsError ? value : Value.Error($"{asker} is there for optional values, and not for {Kinds.Name(value)}");
}

/// <summary><c>optMap</c> and <c>optFlatMap</c>: what is made of a value that is there.</summary>
/// <param name="flat">What is made is optional itself.</param>
internal sealed class OptionalMapStep(int offset, Step of, int slot, Step result, bool flat) : Step(offset)
{
    protected override Value Take(Evaluation run)
    {
        var value = of.Evaluate(run);
        if (value.Kind != ValueKind.Optional)
        {
            return OrStep.NotOptional(value, flat ? "optFlatMap" : "optMap");
        }

        if (value.AsOptional is not { } known)
        {
            return value;
        }

        run.Variables[slot] = known;
        var made = result.Evaluate(run);
        return !flat ? Functions.Optionals.Of(made) : made.Kind == ValueKind.Optional ? made : OrStep.NotOptional(made, "optFlatMap");
    }
}
