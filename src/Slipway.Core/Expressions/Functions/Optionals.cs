namespace Slipway.Core.Expressions.Functions;

/// <summary>Values that may be missing.</summary>
internal static class Optionals
{
    public static readonly Value None = Value.Optional(null);

    /// <summary>An error stays one.</summary>
    public static Value Of(in Value value) => value.IsError ? value : Value.Optional(value);

    /// <summary>What was looked for, where that it is missing is no error.</summary>
    public static Value Found(in Value found, bool isMissing) => isMissing ? None : Of(found);

    public static Value First(ListValue list) => list.Count == 0 ? None : Of(list[0]);

    public static Value Last(ListValue list) => list.Count == 0 ? None : Of(list[list.Count - 1]);

    /// <summary>What a type begins with is as good as missing: nothing, no, 0, the empty.</summary>
    public static Value OfNonZero(in Value value) => value.Kind switch
    {
        ValueKind.Null => true,
        ValueKind.Bool => value.IsFalse,
        ValueKind.Int => value.AsInt == 0,
        ValueKind.Uint => value.AsUint == 0,
        ValueKind.Double => value.AsDouble == 0,
        ValueKind.String => value.AsText.Length == 0,
        ValueKind.Bytes => value.AsBytes.Length == 0,
        ValueKind.List => value.AsList.Count == 0,
        ValueKind.Map => value.AsMap.Count == 0,
        ValueKind.Duration => value.AsDuration == 0,
        _ => false,
    } ? None : Of(value);

    /// <summary>Those that are there.</summary>
    public static Value Unwrap(ListValue list, Evaluation run)
    {
        List<Value> there = [];
        foreach (var item in list.Items)
        {
            if (!run.Charge(1))
            {
                return run.TooMuch();
            }

            if (item.Kind != ValueKind.Optional)
            {
                return item.IsError ? item : Value.Error($"unwrap is there for lists of optional values, and not for one with {Kinds.Name(item)}");
            }

            if (item.AsOptional is { } known)
            {
                there.Add(known);
            }
        }

        return Value.Of(new ArrayList([.. there]));
    }
}
