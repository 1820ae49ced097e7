using Slipway.Core.Expressions.Functions;

namespace Slipway.Core.Expressions.Steps;

/// <summary>The variables of a macro: one for the element of a list or the key of a map, or two for the place and the element, the key and its value.</summary>
internal readonly record struct MacroSlots(int First, bool Two)
{
    /// <summary>The elements or the keys, each with the variables set to it.</summary>
    public IEnumerable<Value> Bind(Value from, Evaluation run) => from.Kind == ValueKind.List ? Elements(from.AsList, run) : Keys(from.AsMap, run);

    private IEnumerable<Value> Elements(ListValue list, Evaluation run)
    {
        var place = 0L;
        foreach (var item in list.Items)
        {
            run.Variables[First] = Two ? Value.Of(place++) : item;
            if (Two)
            {
                run.Variables[First + 1] = item;
            }

            yield return item;
        }
    }

    private IEnumerable<Value> Keys(MapValue map, Evaluation run)
    {
        foreach (var key in map.Keys)
        {
            run.Variables[First] = key;
            if (Two)
            {
                run.Variables[First + 1] = !run.Charge(map.LookUpCost) ? run.TooMuch() : map.TryGet(key, out var value) ? value : Value.Null;
            }

            yield return key;
        }
    }
}

/// <summary>A macro: takes what is in a list or a map one after the other into variables of its own.</summary>
internal abstract class MacroStep(int offset, Step of, MacroSlots slots) : Step(offset)
{
    protected override Value Take(Evaluation run)
    {
        var from = of.Evaluate(run);
        return from.Kind is ValueKind.List or ValueKind.Map ? Over(slots.Bind(from, run), run)
            : from.IsError ? from : Value.Error($"there are no elements in {Kinds.Name(from)}");
    }

    /// <param name="items">Elements of a list or keys of a map; the variables are those of the one that is reached.</param>
    protected abstract Value Over(IEnumerable<Value> items, Evaluation run);

    protected static Value NotBool(Step test, Value value) => value.IsError ? value : Value.Error($"the test of an element is bool, not {Kinds.Name(value)}").At(test.Offset);
}

/// <summary><c>all</c> and <c>exists</c>: an element that decides makes up for errors with others.</summary>
internal sealed class QuantifierStep(int offset, Step of, MacroSlots slots, bool all, Step test) : MacroStep(offset, of, slots)
{
    protected override Value Over(IEnumerable<Value> items, Evaluation run)
    {
        var outcome = Value.Of(all);
        foreach (var _ in items)
        {
            var value = test.Evaluate(run);
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

internal sealed class ExistsOneStep(int offset, Step of, MacroSlots slots, Step test) : MacroStep(offset, of, slots)
{
    protected override Value Over(IEnumerable<Value> items, Evaluation run)
    {
        var found = 0;
        foreach (var _ in items)
        {
            var value = test.Evaluate(run);
            if (value.Kind != ValueKind.Bool)
            {
                return NotBool(test, value);
            }

            found += value.IsTrue ? 1 : 0;
        }

        return Value.Of(found == 1);
    }
}

/// <summary><c>map</c>, <c>filter</c> and <c>transformList</c>.</summary>
/// <param name="test">Null: every element is taken.</param>
/// <param name="result">Null: the elements themselves.</param>
internal sealed class CollectStep(int offset, Step of, MacroSlots slots, Step? test, Step? result) : MacroStep(offset, of, slots)
{
    protected override Value Over(IEnumerable<Value> items, Evaluation run)
    {
        List<Value> collected = [];
        foreach (var item in items)
        {
            var taken = test is null ? Value.True : test.Evaluate(run);
            if (taken.Kind != ValueKind.Bool)
            {
                return NotBool(test!, taken);
            }

            if (taken.IsFalse)
            {
                continue;
            }

            var value = result is null ? item : result.Evaluate(run);
            if (value.IsError)
            {
                return value;
            }

            collected.Add(value);
        }

        return Value.Of(new ArrayList([.. collected]));
    }
}

/// <summary><c>transformMap</c>: a map of new values, or of new entries.</summary>
/// <param name="test">Null: every entry is taken.</param>
/// <param name="entries">Whether the result is a map of what takes the place of an entry; else it is the value of the key, or of the place.</param>
internal sealed class TransformMapStep(int offset, Step of, MacroSlots slots, Step? test, Step result, bool entries) : MacroStep(offset, of, slots)
{
    private readonly int _key = slots.First;

    protected override Value Over(IEnumerable<Value> items, Evaluation run)
    {
        List<(Value Key, Value Value)> collected = [];
        foreach (var _ in items)
        {
            var key = run.Variables[_key];
            var taken = test is null ? Value.True : test.Evaluate(run);
            if (taken.Kind != ValueKind.Bool)
            {
                return NotBool(test!, taken);
            }

            if (taken.IsFalse)
            {
                continue;
            }

            var value = result.Evaluate(run);
            if (value.IsError || (entries && value.Kind != ValueKind.Map))
            {
                return value.IsError ? value : Value.Error($"what takes the place of an entry is a map, not {Kinds.Name(value)}").At(result.Offset);
            }

            if (!entries)
            {
                collected.Add((key, value));
            }
            else if (!run.Charge(value.AsMap.Count))
            {
                return run.TooMuch();
            }
            else
            {
                collected.AddRange(value.AsMap.Keys.Select(k => (k, value.AsMap.TryGet(k, out var of) ? of : Value.Null)));
            }
        }

        return DictionaryMap.Make(collected);
    }
}

/// <summary><c>sortBy</c>: the elements in the order of what is said of each.</summary>
internal sealed class SortByStep(int offset, Step of, MacroSlots slots, Step key) : MacroStep(offset, of, slots)
{
    protected override Value Over(IEnumerable<Value> items, Evaluation run)
    {
        List<(Value Key, Value Item)> keyed = [];
        foreach (var item in items)
        {
            keyed.Add((key.Evaluate(run), item));
        }

        return Lists.Sort("sortBy", keyed, run);
    }
}
