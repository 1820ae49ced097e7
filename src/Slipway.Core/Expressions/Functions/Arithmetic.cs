namespace Slipway.Core.Expressions.Functions;

/// <summary>The operators that count. What is beyond a type is an error.</summary>
internal static class Arithmetic
{
    public static Value NoOperator(string symbol, in Value a, in Value b) =>
        Value.Error($"'{symbol}' is not there for {Kinds.Name(a)} and {Kinds.Name(b)}");

    public static Value Add(in Value a, in Value b, Evaluation run)
    {
        switch (a.Kind, b.Kind)
        {
            case (ValueKind.Int, ValueKind.Int):
                var sum = unchecked(a.AsInt + b.AsInt);
                return ((a.AsInt ^ sum) & (b.AsInt ^ sum)) < 0 ? Overflow("int") : Value.Of(sum);
            case (ValueKind.Uint, ValueKind.Uint):
                return a.AsUint > ulong.MaxValue - b.AsUint ? Overflow("uint") : Value.Of(a.AsUint + b.AsUint);
            case (ValueKind.Double, ValueKind.Double):
                return Value.Of(a.AsDouble + b.AsDouble);
            case (ValueKind.String, ValueKind.String):
                return run.Charge((a.AsText.Length + b.AsText.Length) / 10) ? Value.Of(a.AsText + b.AsText) : run.TooMuch();
            case (ValueKind.Bytes, ValueKind.Bytes):
                return run.Charge((a.AsBytes.Length + b.AsBytes.Length) / 10) ? Value.Of(a.AsBytes.AddRange(b.AsBytes)) : run.TooMuch();
            case (ValueKind.List, ValueKind.List):
                return run.Charge((long)a.AsList.Count + b.AsList.Count) ? Value.Of(new ArrayList([.. a.AsList.Items, .. b.AsList.Items])) : run.TooMuch();
            case (ValueKind.Duration, ValueKind.Duration):
                return Durations.Within((Int128)a.AsDuration + b.AsDuration);
            case (ValueKind.Timestamp, ValueKind.Duration):
                return Times.Move(a, b.AsDuration);
            case (ValueKind.Duration, ValueKind.Timestamp):
                return Times.Move(b, a.AsDuration);
            default:
                return NoOperator("+", a, b);
        }
    }

    public static Value Subtract(in Value a, in Value b)
    {
        switch (a.Kind, b.Kind)
        {
            case (ValueKind.Int, ValueKind.Int):
                var difference = unchecked(a.AsInt - b.AsInt);
                return ((a.AsInt ^ b.AsInt) & (a.AsInt ^ difference)) < 0 ? Overflow("int") : Value.Of(difference);
            case (ValueKind.Uint, ValueKind.Uint):
                return a.AsUint < b.AsUint ? Overflow("uint") : Value.Of(a.AsUint - b.AsUint);
            case (ValueKind.Double, ValueKind.Double):
                return Value.Of(a.AsDouble - b.AsDouble);
            case (ValueKind.Duration, ValueKind.Duration):
                return Durations.Within((Int128)a.AsDuration - b.AsDuration);
            case (ValueKind.Timestamp, ValueKind.Duration):
                return Times.Move(a, -(Int128)b.AsDuration);
            case (ValueKind.Timestamp, ValueKind.Timestamp):
                return Durations.Within(Times.Nanoseconds(a) - Times.Nanoseconds(b));
            default:
                return NoOperator("-", a, b);
        }
    }

    public static Value Multiply(in Value a, in Value b)
    {
        switch (a.Kind, b.Kind)
        {
            case (ValueKind.Int, ValueKind.Int):
                var product = (Int128)a.AsInt * b.AsInt;
                return product > long.MaxValue || product < long.MinValue ? Overflow("int") : Value.Of((long)product);
            case (ValueKind.Uint, ValueKind.Uint):
                var large = (UInt128)a.AsUint * b.AsUint;
                return large > ulong.MaxValue ? Overflow("uint") : Value.Of((ulong)large);
            case (ValueKind.Double, ValueKind.Double):
                return Value.Of(a.AsDouble * b.AsDouble);
            default:
                return NoOperator("*", a, b);
        }
    }

    public static Value Divide(in Value a, in Value b) => (a.Kind, b.Kind) switch
    {
        (ValueKind.Int, ValueKind.Int) => b.AsInt == 0 ? ByZero() : a.AsInt == long.MinValue && b.AsInt == -1 ? Overflow("int") : Value.Of(a.AsInt / b.AsInt),
        (ValueKind.Uint, ValueKind.Uint) => b.AsUint == 0 ? ByZero() : Value.Of(a.AsUint / b.AsUint),
        (ValueKind.Double, ValueKind.Double) => Value.Of(a.AsDouble / b.AsDouble),
        _ => NoOperator("/", a, b),
    };

    public static Value Remainder(in Value a, in Value b) => (a.Kind, b.Kind) switch
    {
        (ValueKind.Int, ValueKind.Int) => b.AsInt == 0 ? ByZero() : a.AsInt == long.MinValue && b.AsInt == -1 ? Overflow("int") : Value.Of(a.AsInt % b.AsInt),
        (ValueKind.Uint, ValueKind.Uint) => b.AsUint == 0 ? ByZero() : Value.Of(a.AsUint % b.AsUint),
        _ => NoOperator("%", a, b),
    };

    public static Value Negate(in Value a) => a.Kind switch
    {
        ValueKind.Int => a.AsInt == long.MinValue ? Overflow("int") : Value.Of(-a.AsInt),
        ValueKind.Double => Value.Of(-a.AsDouble),
        _ => Value.Error($"'-' is not there for {Kinds.Name(a)}"),
    };

    public static Value Overflow(string type) => Value.Error($"the result is beyond what {type} can be");

    private static Value ByZero() => Value.Error("it divides by zero");
}
