using Slipway.Core.Expressions.Functions;

namespace Slipway.Core.Expressions.Steps;

/// <summary>A key of a map: it is an error that there is none, but of a value that may be missing, or where it is said that the key may be.</summary>
internal sealed class FieldStep(int offset, Step of, string field, bool optional) : Step(offset)
{
    private readonly Value _key = Value.Of(field);

    protected override Value Take(Evaluation run)
    {
        var from = of.Evaluate(run);
        return from.Kind == ValueKind.Optional ? from.AsOptional is { } known ? Maybe(known, run) : from
            : optional ? Maybe(from, run) : Known(from, run);
    }

    private Value Maybe(in Value map, Evaluation run) =>
        map.Kind != ValueKind.Map || !run.Charge(map.AsMap.LookUpCost) ? Known(map, run) : map.AsMap.TryGet(_key, out _) ? Optionals.Of(Known(map, run)) : Optionals.None;

    private Value Known(in Value map, Evaluation run)
    {
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
        if (map.Kind == ValueKind.Optional)
        {
            if (map.AsOptional is not { } known)
            {
                return Value.False;
            }

            map = known;
        }

        return map.IsError ? map
            : map.Kind != ValueKind.Map ? Value.Error($"{Kinds.Name(map)} has no field '{field}'")
            : run.Charge(map.AsMap.LookUpCost) ? Value.Of(map.AsMap.TryGet(_key, out _)) : run.TooMuch();
    }
}

/// <summary>An element of a list, or the value of a key. That there is none is an error, but of a value that may be missing, or where it is said that the element may be.</summary>
internal sealed class IndexStep(int offset, Step of, Step index, bool optional) : Step(offset)
{
    protected override Value Take(Evaluation run)
    {
        var from = of.Evaluate(run);
        var at = from.IsError ? from : index.Evaluate(run);
        if (at.IsError)
        {
            return at;
        }

        if (from.Kind == ValueKind.Optional)
        {
            return from.AsOptional is { } known ? Optionals.Found(Find(known, at, run, out var isMissing), isMissing) : from;
        }

        var found = Find(from, at, run, out var isNowhere);
        return optional ? Optionals.Found(found, isNowhere) : found;
    }

    private static Value Find(in Value from, in Value at, Evaluation run, out bool isMissing)
    {
        isMissing = false;
        if (from.Kind == ValueKind.Map)
        {
            if (!run.Charge(from.AsMap.LookUpCost))
            {
                return run.TooMuch();
            }

            isMissing = !from.AsMap.TryGet(at, out var value);
            return isMissing ? Value.Error($"there is no key {Short(at)}") : value;
        }

        if (from.Kind != ValueKind.List || !Numbers.Is(at))
        {
            return Value.Error($"{Kinds.Name(from)} cannot be indexed with {Kinds.Name(at)}");
        }

        // 1.0 is as good an index as 1: numbers of JSON are doubles.
        var place = Numbers.Compare(at, Value.Of(0L)) is 0 or 1 && Numbers.Compare(at, Value.Of((long)from.AsList.Count)) == -1 ? Conversions.ToInt(at) : Value.Error("");
        isMissing = place.Kind != ValueKind.Int || Numbers.Compare(at, place) != 0;
        return !isMissing ? from.AsList[(int)place.AsInt] : Value.Error($"there is no element {Short(at)} in a list of {from.AsList.Count}");
    }

    private static string Short(Value value) => value.ToString() is { Length: > 40 } text ? text[..40] + "…" : value.ToString();
}

/// <summary>One that stands in a list or a map, and is left out where it is missing.</summary>
internal sealed class MaybeStep(int offset, Step of) : Step(offset)
{
    protected override Value Take(Evaluation run)
    {
        var value = of.Evaluate(run);
        return value.IsError || value.Kind == ValueKind.Optional ? value : Value.Error($"what may be left out is optional, not {Kinds.Name(value)}");
    }
}

internal sealed class ListStep(int offset, Step[] items) : Step(offset)
{
    protected override Value Take(Evaluation run)
    {
        var values = new Value[items.Length];
        var taken = 0;
        foreach (var item in items)
        {
            var value = item.Evaluate(run);
            if (value.IsError)
            {
                return value;
            }

            if ((item is MaybeStep ? value.AsOptional : value) is { } known)
            {
                values[taken++] = known;
            }
        }

        return Value.Of(new ArrayList(taken == values.Length ? values : values[..taken]));
    }
}

internal sealed class MapStep(int offset, (Step Key, Step Value)[] entries) : Step(offset)
{
    protected override Value Take(Evaluation run)
    {
        var values = new List<(Value Key, Value Value)>(entries.Length);
        foreach (var entry in entries)
        {
            var key = entry.Key.Evaluate(run);
            var value = key.IsError ? key : entry.Value.Evaluate(run);
            if (value.IsError)
            {
                return value;
            }

            if (key.Kind is not (ValueKind.String or ValueKind.Int or ValueKind.Uint or ValueKind.Bool))
            {
                return Value.Error($"{Kinds.Name(key)} cannot be a key").At(entry.Key.Offset);
            }

            if ((entry.Value is MaybeStep ? value.AsOptional : value) is { } known)
            {
                values.Add((key, known));
            }
        }

        return DictionaryMap.Make(values);
    }
}
