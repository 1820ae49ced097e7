using Slipway.Core.Expressions.Functions;

namespace Slipway.Core.Expressions.Steps;

/// <summary>A key of a map: it is an error that there is none.</summary>
internal sealed class FieldStep(int offset, Step of, string field) : Step(offset)
{
    private readonly Value _key = Value.Of(field);

    protected override Value Take(Evaluation run)
    {
        var map = of.Evaluate(run);
        if (map.Kind != ValueKind.Map)
        {
            return map.IsError ? map : Value.Error($"{Kinds.Name(map)} has no field '{field}'");
        }

        if (!run.Charge(map.AsMap.LookUpCost))
        {
            return run.TooMuch();
        }

        return !map.AsMap.TryGet(_key, out var value) ? Value.Error($"there is no '{field}'")
            : value is { IsError: true, Failure: { Offset: < 0 } failure } ? Value.Error($"{field}: {failure.Message}")
            : value;
    }
}

/// <summary>Whether a map has a key.</summary>
internal sealed class HasStep(int offset, Step of, string field) : Step(offset)
{
    private readonly Value _key = Value.Of(field);

    protected override Value Take(Evaluation run)
    {
        var map = of.Evaluate(run);
        return map.IsError ? map
            : map.Kind != ValueKind.Map ? Value.Error($"{Kinds.Name(map)} has no field '{field}'")
            : run.Charge(map.AsMap.LookUpCost) ? Value.Of(map.AsMap.TryGet(_key, out _)) : run.TooMuch();
    }
}

/// <summary>An element of a list, or the value of a key.</summary>
internal sealed class IndexStep(int offset, Step of, Step index) : Step(offset)
{
    protected override Value Take(Evaluation run)
    {
        var from = of.Evaluate(run);
        var at = from.IsError ? from : index.Evaluate(run);
        if (at.IsError)
        {
            return at;
        }

        if (from.Kind == ValueKind.Map)
        {
            return !run.Charge(from.AsMap.LookUpCost) ? run.TooMuch() : from.AsMap.TryGet(at, out var value) ? value : Value.Error($"there is no key {Short(at)}");
        }

        if (from.Kind != ValueKind.List || !Numbers.Is(at))
        {
            return Value.Error($"{Kinds.Name(from)} cannot be indexed with {Kinds.Name(at)}");
        }

        // 1.0 is as good an index as 1: numbers of JSON are doubles.
        var place = Numbers.Compare(at, Value.Of(0L)) is 0 or 1 && Numbers.Compare(at, Value.Of((long)from.AsList.Count)) == -1 ? Conversions.ToInt(at) : Value.Error("");
        return place.Kind == ValueKind.Int && Numbers.Compare(at, place) == 0 ? from.AsList[(int)place.AsInt] : Value.Error($"there is no element {Short(at)} in a list of {from.AsList.Count}");
    }

    private static string Short(Value value) => value.ToString() is { Length: > 40 } text ? text[..40] + "…" : value.ToString();
}

internal sealed class ListStep(int offset, Step[] items) : Step(offset)
{
    protected override Value Take(Evaluation run)
    {
        var values = new Value[items.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = items[i].Evaluate(run);
            if (values[i].IsError)
            {
                return values[i];
            }
        }

        return Value.Of(new ArrayList(values));
    }
}

internal sealed class MapStep(int offset, (Step Key, Step Value)[] entries) : Step(offset)
{
    protected override Value Take(Evaluation run)
    {
        var values = new (Value Key, Value Value)[entries.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var key = entries[i].Key.Evaluate(run);
            var value = key.IsError ? key : entries[i].Value.Evaluate(run);
            if (value.IsError)
            {
                return value;
            }

            if (key.Kind is not (ValueKind.String or ValueKind.Int or ValueKind.Uint or ValueKind.Bool))
            {
                return Value.Error($"{Kinds.Name(key)} cannot be a key").At(entries[i].Key.Offset);
            }

            values[i] = (key, value);
        }

        return DictionaryMap.Make(values);
    }
}
