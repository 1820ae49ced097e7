using System.Buffers;
using System.Globalization;

namespace Slipway.Core.Expressions.Functions;

/// <summary>Durations in nanoseconds: some 290 years to either side.</summary>
internal static class Durations
{
    public const long Second = 1_000_000_000;

    private static readonly SearchValues<char> Number = SearchValues.Create("0123456789.");

    // The longer names first: ms is no m.
    private static readonly (string Name, long Nanoseconds)[] Units = [("ns", 1), ("us", 1000), ("µs", 1000), ("ms", 1_000_000), ("s", Second), ("m", 60 * Second), ("h", 3600 * Second)];

    public static Value Within(Int128 nanoseconds) =>
        nanoseconds > long.MaxValue || nanoseconds < long.MinValue ? Value.Error("the result is beyond what a duration can be") : Value.Duration((long)nanoseconds);

    /// <summary>Such as <c>1h30m</c>, <c>-1.5s</c>, <c>0</c>.</summary>
    public static Value Parse(string text)
    {
        var rest = text.AsSpan();
        var negative = rest is ['-', ..];
        rest = rest is ['-' or '+', ..] ? rest[1..] : rest;
        if (rest is "0")
        {
            return Value.Duration(0);
        }

        var wrong = Value.Error($"'{Shown(text)}' is no duration; write it like 1h30m, 1.5s or 200ms");
        if (rest.IsEmpty || text.Length > 100)
        {
            return wrong;
        }

        var total = (Int128)0;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(Number);
            if (digits <= 0 || Unit(rest[digits..]) is not { } unit)
            {
                return wrong;
            }

            if (!decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count))
            {
                return wrong;
            }

            if (count > long.MaxValue / unit.Nanoseconds)
            {
                return Within(Int128.MaxValue);
            }

            total += (Int128)(count * unit.Nanoseconds);
            rest = rest[(digits + unit.Name.Length)..];
        }

        return Within(negative ? -total : total);
    }

    /// <summary>Seconds with what is left of one: <c>60.001s</c>.</summary>
    public static string Text(in Value value)
    {
        var nanoseconds = (Int128)value.AsDuration;
        var size = Int128.Abs(nanoseconds);
        return $"{(nanoseconds < 0 ? "-" : "")}{size / Second}{Fraction((int)(size % Second))}s";
    }

    /// <summary>Nanoseconds behind a point, without zeros at the end; nothing for none.</summary>
    public static string Fraction(int nanoseconds) => nanoseconds == 0 ? "" : "." + nanoseconds.ToString("d9", CultureInfo.InvariantCulture).TrimEnd('0');

    private static (string Name, long Nanoseconds)? Unit(ReadOnlySpan<char> text)
    {
        foreach (var unit in Units)
        {
            if (text.StartsWith(unit.Name, StringComparison.Ordinal))
            {
                return unit;
            }
        }

        return null;
    }

    private static string Shown(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
