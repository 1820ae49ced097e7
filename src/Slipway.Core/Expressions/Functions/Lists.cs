namespace Slipway.Core.Expressions.Functions;

/// <summary>Functions of lists.</summary>
internal static class Lists
{
    public static Value Slice(ListValue list, long from, long to) =>
        from < 0 || to < from || to > list.Count ? Value.Error($"there is no part from {from} to {to} of a list of {list.Count}") : Value.Of(new ArrayList([.. list.Items.Skip((int)from).Take((int)(to - from))]));

    /// <summary>Lists within it are opened, those within them are not.</summary>
    public static Value Flatten(ListValue list, Evaluation run)
    {
        List<Value> flat = [];
        foreach (var item in list.Items)
        {
            if (!run.Charge(item.Kind == ValueKind.List ? item.AsList.Count + 1L : 1))
            {
                return run.TooMuch();
            }

            if (item.Kind == ValueKind.List)
            {
                flat.AddRange(item.AsList.Items);
            }
            else
            {
                flat.Add(item);
            }
        }

        return Value.Of(new ArrayList([.. flat]));
    }

    public static Value Distinct(ListValue list, Evaluation run)
    {
        List<Value> seen = [];
        foreach (var item in list.Items)
        {
            if (!run.Charge(seen.Count))
            {
                return run.TooMuch();
            }

            if (!seen.Any(s => Comparison.Equal(s, item, run).IsTrue))
            {
                seen.Add(item);
            }
        }

        return Value.Of(new ArrayList([.. seen]));
    }

    /// <summary>From small to large; elements must have an order among them.</summary>
    public static Value Sort(ListValue list, Evaluation run) => Sort("sort", [.. list.Items.Select(item => (item, item))], run);

    /// <summary>Items from the smallest key to the largest; those with equal keys stay as they stood.</summary>
    /// <param name="name">What it is called, for errors.</param>
    public static Value Sort(string name, IReadOnlyList<(Value Key, Value Item)> items, Evaluation run)
    {
        foreach (var (key, item) in items)
        {
            if (key.IsError || item.IsError)
            {
                return key.IsError ? key : item;
            }

            if (key.Kind != items[0].Key.Kind || Comparison.Compare(key, key, run) is null)
            {
                return Value.Error($"{name} is there for lists of one type that has an order, and not for {Kinds.Name(items[0].Key)} and {Kinds.Name(key)}");
            }
        }

        return run.Charge(items.Count * (long)Math.Log2(items.Count + 1))
            ? Value.Of(new ArrayList([.. items.OrderBy(i => i.Key, Comparer<Value>.Create((a, b) => Rank(a, b, run))).Select(i => i.Item)]))
            : run.TooMuch();
    }

    /// <summary>0, 1, … below a number.</summary>
    public static Value Range(long below, Evaluation run) => run.Charge(Math.Max(below, 0)) ? Value.Of(new ArrayList([.. Enumerable.Range(0, (int)Math.Max(below, 0)).Select(i => Value.Of((long)i))])) : run.TooMuch();

    // What is not a number stands first, so that sorting ends.
    private static int Rank(Value a, Value b, Evaluation run) => Comparison.Compare(a, b, run) switch
    {
        Numbers.Unordered => double.IsNaN(a.AsDouble) ? double.IsNaN(b.AsDouble) ? 0 : -1 : 1,
        var order => order ?? 0,
    };

    public static Value Reverse(ListValue list) => Value.Of(new ArrayList([.. list.Items.Reverse()]));

    public static Value Extreme(in Value of, bool greatest, string name, Evaluation run)
    {
        if (Numbers.Is(of))
        {
            return of;
        }

        if (of.Kind != ValueKind.List || of.AsList.Count == 0)
        {
            return Value.Error($"{name} asks for numbers, or a list of them that is not empty");
        }

        Value? best = null;
        foreach (var item in of.AsList.Items)
        {
            if (!run.Charge(1) || !Numbers.Is(item))
            {
                return run.IsOver ? run.TooMuch() : item.IsError ? item : Value.Error($"{name} asks for numbers, not {Kinds.Name(item)}");
            }

            best = best is not { } sofar || Numbers.Compare(item, sofar) == (greatest ? 1 : -1) ? item : best;
        }

        return best!.Value;
    }
}
