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
}
