namespace Slipway.Core.Expressions.Functions;

/// <summary>Numbers of all types on one line.</summary>
internal static class Numbers
{
    /// <summary>What <see cref="Compare"/> says where one is not a number.</summary>
    public const int Unordered = 2;

    public static bool Are(in Value a, in Value b) => Is(a) && Is(b);

    public static bool Is(in Value value) => value.Kind is ValueKind.Int or ValueKind.Uint or ValueKind.Double;

    /// <summary>-1, 0, 1 or <see cref="Unordered"/>. Beside a double, whole numbers are what a double can hold of them.</summary>
    public static int Compare(in Value a, in Value b) => (a.Kind, b.Kind) switch
    {
        (ValueKind.Int, ValueKind.Int) => a.AsInt.CompareTo(b.AsInt),
        (ValueKind.Uint, ValueKind.Uint) => a.AsUint.CompareTo(b.AsUint),
        (ValueKind.Double, ValueKind.Double) => Doubles(a.AsDouble, b.AsDouble),
        (ValueKind.Int, ValueKind.Uint) => a.AsInt < 0 ? -1 : ((ulong)a.AsInt).CompareTo(b.AsUint),
        (ValueKind.Uint, ValueKind.Int) => -Compare(b, a),
        (ValueKind.Int, ValueKind.Double) => Doubles(a.AsInt, b.AsDouble),
        (ValueKind.Uint, ValueKind.Double) => Doubles(a.AsUint, b.AsDouble),
        _ => Compare(b, a) is var turned && turned == Unordered ? Unordered : -turned,
    };

    private static int Doubles(double a, double b) => a < b ? -1 : a > b ? 1 : a == b ? 0 : Unordered;

    public static Value Absolute(in Value value) => value.Kind switch
    {
        ValueKind.Int => value.AsInt == long.MinValue ? Arithmetic.Overflow("int") : Value.Of(Math.Abs(value.AsInt)),
        ValueKind.Double => Value.Of(Math.Abs(value.AsDouble)),
        _ => value,
    };

    /// <summary>-1, 0 or 1 of the same type; what is not a number stays so.</summary>
    public static Value Sign(in Value value) => value.Kind switch
    {
        ValueKind.Int => Value.Of((long)Math.Sign(value.AsInt)),
        ValueKind.Uint => Value.Of(value.AsUint == 0 ? 0ul : 1ul),
        _ => Value.Of(double.IsNaN(value.AsDouble) ? double.NaN : Math.Sign(value.AsDouble)),
    };

    /// <summary>The 64 bits of a whole number.</summary>
    public static ulong BitsOf(in Value value) => value.Kind == ValueKind.Uint ? value.AsUint : unchecked((ulong)value.AsInt);

    /// <summary>Bits as a number of the same type as another.</summary>
    public static Value Bits(in Value like, ulong bits) => like.Kind == ValueKind.Uint ? Value.Of(bits) : Value.Of(unchecked((long)bits));

    /// <summary>Bits that come in are 0, whatever the sign.</summary>
    public static Value Shift(in Value value, long by, bool left) =>
        by < 0 ? Value.Error($"bits are moved by 0 or more, not by {by}")
        : by > 63 ? Bits(value, 0)
        : Bits(value, left ? BitsOf(value) << (int)by : BitsOf(value) >> (int)by);
}
