namespace Slipway.Core.Expressions.Functions;

/// <summary>Equality of anything with anything, and order of what has one.</summary>
internal static class Comparison
{
    /// <summary>True, false, or an error: values of other types are not equal, but an element may have gone wrong.</summary>
    public static Value Equal(in Value a, in Value b, Evaluation run)
    {
        if (a.IsError || b.IsError)
        {
            return a.IsError ? a : b;
        }

        if (Numbers.Are(a, b))
        {
            return Value.Of(Numbers.Compare(a, b) == 0);
        }

        if (a.Kind != b.Kind)
        {
            return Value.False;
        }

        return a.Kind switch
        {
            ValueKind.String => run.Charge(a.AsText.Length / 10) ? Value.Of(a.AsText == b.AsText) : run.TooMuch(),
            ValueKind.Bool => Value.Of(a.AsBool == b.AsBool),
            ValueKind.Null => Value.True,
            ValueKind.Bytes => run.Charge(a.AsBytes.Length / 10) ? Value.Of(a.AsBytes.AsSpan().SequenceEqual(b.AsBytes.AsSpan())) : run.TooMuch(),
            ValueKind.Timestamp => Value.Of(a.AsTimestamp == b.AsTimestamp),
            ValueKind.Duration => Value.Of(a.AsDuration == b.AsDuration),
            ValueKind.Type => Value.Of(a.AsTypeName == b.AsTypeName),
            ValueKind.List => Lists(a.AsList, b.AsList, run),
            ValueKind.Optional => (a.AsOptional, b.AsOptional) is ({ } left, { } right) ? run.Charge(1) ? Equal(left, right, run) : run.TooMuch() : Value.Of(a.AsOptional is null && b.AsOptional is null),
            _ => Maps(a.AsMap, b.AsMap, run),
        };
    }

    /// <summary>What a test of the order makes of two values.</summary>
    public static Value Order(in Value a, in Value b, string symbol, Evaluation run)
    {
        if (Compare(a, b, run) is not { } order)
        {
            return Arithmetic.NoOperator(symbol, a, b);
        }

        return Value.Of(order != Numbers.Unordered && symbol switch
        {
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        });
    }

    /// <summary>Null: they have no order.</summary>
    public static int? Compare(in Value a, in Value b, Evaluation run)
    {
        if (Numbers.Are(a, b))
        {
            return Numbers.Compare(a, b);
        }

        if (a.Kind != b.Kind)
        {
            return null;
        }

        switch (a.Kind)
        {
            case ValueKind.String:
                run.Charge(a.AsText.Length / 10);
                return Texts(a.AsText, b.AsText);
            case ValueKind.Bytes:
                run.Charge(a.AsBytes.Length / 10);
                return Math.Sign(a.AsBytes.AsSpan().SequenceCompareTo(b.AsBytes.AsSpan()));
            case ValueKind.Bool:
                return a.AsBool.CompareTo(b.AsBool);
            case ValueKind.Timestamp:
                return a.AsTimestamp.CompareTo(b.AsTimestamp);
            case ValueKind.Duration:
                return a.AsDuration.CompareTo(b.AsDuration);
            default:
                return null;
        }
    }

    /// <summary>An element of a list, or a key of a map.</summary>
    public static Value In(in Value item, in Value among, Evaluation run)
    {
        if (among.Kind == ValueKind.Map)
        {
            return run.Charge(among.AsMap.LookUpCost) ? Value.Of(among.AsMap.TryGet(item, out _)) : run.TooMuch();
        }

        if (among.Kind != ValueKind.List)
        {
            return Arithmetic.NoOperator("in", item, among);
        }

        var wrong = Value.False;
        foreach (var element in among.AsList.Items)
        {
            var same = run.Charge(1) ? Equal(item, element, run) : run.TooMuch();
            if (same.IsTrue || run.IsOver)
            {
                return same;
            }

            wrong = same.IsError && !wrong.IsError ? same : wrong;
        }

        return wrong;
    }

    private static Value Lists(ListValue a, ListValue b, Evaluation run)
    {
        if (a.Count != b.Count)
        {
            return Value.False;
        }

        foreach (var (left, right) in a.Items.Zip(b.Items))
        {
            var same = run.Charge(1) ? Equal(left, right, run) : run.TooMuch();
            if (!same.IsTrue)
            {
                return same;
            }
        }

        return Value.True;
    }

    private static Value Maps(MapValue a, MapValue b, Evaluation run)
    {
        if (a.Count != b.Count)
        {
            return Value.False;
        }

        foreach (var key in a.Keys)
        {
            if (!run.Charge(a.LookUpCost + b.LookUpCost))
            {
                return run.TooMuch();
            }

            if (key.IsError)
            {
                return key;
            }

            if (!b.TryGet(key, out var right) || !a.TryGet(key, out var left))
            {
                return Value.False;
            }

            var same = Equal(left, right, run);
            if (!same.IsTrue)
            {
                return same;
            }
        }

        return Value.True;
    }

    /// <summary>By code points: the halves of large ones sort behind all that is one unit long.</summary>
    private static int Texts(string a, string b)
    {
        var same = a.AsSpan().CommonPrefixLength(b);
        if (same == a.Length || same == b.Length)
        {
            return a.Length.CompareTo(b.Length);
        }

        static int Weight(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;
        return Weight(a[same]).CompareTo(Weight(b[same]));
    }
}
