using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Slipway.Core.Expressions.Functions;

/// <summary>A value of one type as one of another, or an error where it has none.</summary>
internal static class Conversions
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static Value ToInt(in Value value) => value.Kind switch
    {
        ValueKind.Uint => value.AsUint <= long.MaxValue ? Value.Of((long)value.AsUint) : Beyond(value, "int"),
        ValueKind.Double => value.AsDouble is > -9223372036854775808.0 and < 9223372036854775808.0 ? Value.Of((long)value.AsDouble) : Beyond(value, "int"),
        ValueKind.String => long.TryParse(value.AsText, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var read) ? Value.Of(read) : Beyond(value, "int"),
        ValueKind.Timestamp => Value.Of(value.AsTimestamp.Seconds),
        _ => value,
    };

    public static Value ToUint(in Value value) => value.Kind switch
    {
        ValueKind.Int => value.AsInt >= 0 ? Value.Of((ulong)value.AsInt) : Beyond(value, "uint"),
        ValueKind.Double => value.AsDouble is >= 0.0 and < 18446744073709551616.0 ? Value.Of((ulong)value.AsDouble) : Beyond(value, "uint"),
        ValueKind.String => ulong.TryParse(value.AsText, NumberStyles.None, CultureInfo.InvariantCulture, out var read) ? Value.Of(read) : Beyond(value, "uint"),
        _ => value,
    };

    public static Value ToDouble(in Value value) => value.Kind switch
    {
        ValueKind.Int => Value.Of((double)value.AsInt),
        ValueKind.Uint => Value.Of((double)value.AsUint),
        ValueKind.String => ReadDouble(value),
        _ => value,
    };

    public static Value ToBool(in Value value) => value.Kind != ValueKind.String ? value : value.AsText switch
    {
        "true" or "True" or "TRUE" or "t" or "1" => Value.True,
        "false" or "False" or "FALSE" or "f" or "0" => Value.False,
        _ => Beyond(value, "bool"),
    };

    public static Value ToBytes(in Value value) => value.Kind == ValueKind.String ? Value.Of(ImmutableArray.Create(Encoding.UTF8.GetBytes(value.AsText))) : value;

    public static Value ToText(in Value value) => value.Kind switch
    {
        ValueKind.Bool => Value.Of(value.AsBool ? "true" : "false"),
        ValueKind.Int => Value.Of(value.AsInt.ToString(CultureInfo.InvariantCulture)),
        ValueKind.Uint => Value.Of(value.AsUint.ToString(CultureInfo.InvariantCulture)),
        ValueKind.Double => Value.Of(Text(value.AsDouble)),
        ValueKind.Bytes => ReadUtf8(value.AsBytes),
        ValueKind.Timestamp => Value.Of(Times.Text(value)),
        ValueKind.Duration => Value.Of(Durations.Text(value)),
        _ => value,
    };

    /// <summary>The shortest text that reads as the same number.</summary>
    public static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');

    private static Value ReadDouble(in Value value)
    {
        var (text, negative) = value.AsText is ['-', .. var rest] ? (rest, true) : (value.AsText is ['+', .. var plus] ? plus : value.AsText, false);
        double? read = text.ToUpperInvariant() switch
        {
            "NAN" => double.NaN,
            "INF" or "INFINITY" => double.PositiveInfinity,
            _ when double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => number,
            _ => null,
        };
        return read is { } found ? Value.Of(negative ? -found : found) : Beyond(value, "double");
    }

    private static Value ReadUtf8(ImmutableArray<byte> bytes)
    {
        try
        {
            return Value.Of(StrictUtf8.GetString(bytes.AsSpan()));
        }
        catch (DecoderFallbackException)
        {
            return Value.Error("the bytes are not valid UTF-8");
        }
    }

    private static Value Beyond(in Value value, string type)
    {
        var text = value.ToString();
        return Value.Error($"{(text.Length <= 40 ? text : text[..40] + "…")} is no {type}");
    }
}
