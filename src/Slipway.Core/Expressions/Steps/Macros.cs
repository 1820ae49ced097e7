using Slipway.Core.Expressions.Functions;

namespace Slipway.Core.Expressions.Steps;

/// <summary>A macro: takes the elements of a list, or the keys of a map, one after the other into a variable of its own.</summary>
internal abstract class MacroStep(int offset, Step of, int slot) : Step(offset)
{
    protected override Value Take(Evaluation run)
    {
        var from = of.Evaluate(run);
        return from.Kind switch
        {
            ValueKind.List => Over(from.AsList.Items, run),
            ValueKind.Map => Over(from.AsMap.Keys, run),
            _ => from.IsError ? from : Value.Error($"there are no elements in {Kinds.Name(from)}"),
        };
    }

    protected abstract Value Over(IEnumerable<Value> items, Evaluation run);

    protected Value With(Value item, Step step, Evaluation run)
    {
        run.Variables[slot] = item;
        return step.Evaluate(run);
    }

    protected static Value NotBool(Step test, Value value) => value.IsError ? value : Value.Error($"the test of an element is bool, not {Kinds.Name(value)}").At(test.Offset);
}

/// <summary><c>all</c> and <c>exists</c>: an element that decides makes up for errors with others.</summary>
internal sealed class QuantifierStep(int offset, Step of, int slot, bool all, Step test) : MacroStep(offset, of, slot)
{
    protected override Value Over(IEnumerable<Value> items, Evaluation run)
    {
        var outcome = Value.Of(all);
        foreach (var item in items)
        {
            var value = With(item, test, run);
            if (run.IsOver || (all ? value.IsFalse : value.IsTrue))
            {
                return value;
            }

            if (!outcome.IsError && value.Kind != ValueKind.Bool)
            {
                outcome = NotBool(test, value);
            }
        }

        return outcome;
    }
}

internal sealed class ExistsOneStep(int offset, Step of, int slot, Step test) : MacroStep(offset, of, slot)
{
    protected override Value Over(IEnumerable<Value> items, Evaluation run)
    {
        var found = 0;
        foreach (var item in items)
        {
            var value = With(item, test, run);
            if (value.Kind != ValueKind.Bool)
            {
                return NotBool(test, value);
            }

            found += value.IsTrue ? 1 : 0;
        }

        return Value.Of(found == 1);
    }
}

/// <summary><c>map</c> and <c>filter</c>.</summary>
/// <param name="test">Null: every element is taken.</param>
/// <param name="result">Null: the elements themselves.</param>
internal sealed class CollectStep(int offset, Step of, int slot, Step? test, Step? result) : MacroStep(offset, of, slot)
{
    protected override Value Over(IEnumerable<Value> items, Evaluation run)
    {
        List<Value> collected = [];
        foreach (var item in items)
        {
            var taken = test is null ? Value.True : With(item, test, run);
            if (taken.Kind != ValueKind.Bool)
            {
                return NotBool(test!, taken);
            }

            if (taken.IsFalse)
            {
                continue;
            }

            var value = result is null ? item : With(item, result, run);
            if (value.IsError)
            {
                return value;
            }

            collected.Add(value);
        }

        return Value.Of(new ArrayList([.. collected]));
    }
}
