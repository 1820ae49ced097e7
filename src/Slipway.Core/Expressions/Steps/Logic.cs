using Slipway.Core.Expressions.Functions;

namespace Slipway.Core.Expressions.Steps;

/// <summary>A row of <c>&amp;&amp;</c> or <c>||</c>: one term that decides makes up for errors in the others, before it and behind it.</summary>
internal sealed class LogicStep(int offset, bool all, Step[] terms) : Step(offset)
{
    protected override Value Take(Evaluation run)
    {
        var outcome = Value.Of(all);
        foreach (var term in terms)
        {
            var value = term.Evaluate(run);
            if (run.IsOver || (all ? value.IsFalse : value.IsTrue))
            {
                return value;
            }

            if (!outcome.IsError && value.Kind != ValueKind.Bool)
            {
                outcome = value.IsError ? value : Value.Error($"'{(all ? "&&" : "||")}' is not there for {Kinds.Name(value)}").At(term.Offset);
            }
        }

        return outcome;
    }
}

internal sealed class ConditionalStep(int offset, Step condition, Step then, Step otherwise) : Step(offset)
{
    protected override Value Take(Evaluation run)
    {
        var value = condition.Evaluate(run);
        return value.IsTrue ? then.Evaluate(run)
            : value.IsFalse ? otherwise.Evaluate(run)
            : value.IsError ? value : Value.Error($"a condition is bool, not {Kinds.Name(value)}").At(condition.Offset);
    }
}

internal sealed class NotStep(int offset, Step of) : Step(offset)
{
    protected override Value Take(Evaluation run)
    {
        var value = of.Evaluate(run);
        return value.Kind == ValueKind.Bool ? Value.Of(!value.AsBool) : value.IsError ? value : Value.Error($"'!' is not there for {Kinds.Name(value)}");
    }
}
