using System.Globalization;
using System.Text;
using Slipway.Core.Expressions.Functions;
using Slipway.Core.Kernel;

namespace Slipway.Core.Expressions;

/// <summary>Values as they would be written in an expression: read again, they are the same.</summary>
internal static class ValueText
{
    /// <summary>Cut behind <see cref="Limits.ExpressionText"/> characters: a list of the same list twice, of the same list twice, and so on, has no end.</summary>
    public static string Of(Value value)
    {
        var text = new StringBuilder();
        Write(text, value);
        return text.Length <= Limits.ExpressionText ? text.ToString() : text.ToString(0, Limits.ExpressionText) + "…";
    }

    /// <summary>A text in quotes, whole.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder();
        WriteText(quoted, text);
        return quoted.ToString();
    }

    private static void Write(StringBuilder to, Value value)
    {
        if (to.Length > Limits.ExpressionText)
        {
            return;
        }

        switch (value.Kind)
        {
            case ValueKind.Error:
                to.Append(value.Failure?.Message ?? "nothing is given");
                break;
            case ValueKind.Null:
                to.Append("null");
                break;
            case ValueKind.Bool:
                to.Append(value.AsBool ? "true" : "false");
                break;
            case ValueKind.Int:
                to.Append(value.AsInt);
                break;
            case ValueKind.Uint:
                to.Append(value.AsUint).Append('u');
                break;
            case ValueKind.Double:
                to.Append(OfDouble(value.AsDouble));
                break;
            case ValueKind.String:
                WriteText(to, value.AsText);
                break;
            case ValueKind.Bytes:
                WriteBytes(to, value.AsBytes.AsSpan());
                break;
            case ValueKind.List:
                WriteList(to, value.AsList);
                break;
            case ValueKind.Map:
                WriteMap(to, value.AsMap);
                break;
            case ValueKind.Optional:
                WriteOptional(to, value.AsOptional);
                break;
            case ValueKind.Timestamp:
                to.Append("timestamp(\"").Append(Times.Text(value)).Append("\")");
                break;
            case ValueKind.Duration:
                to.Append("duration(\"").Append(Durations.Text(value)).Append("\")");
                break;
            default:
                to.Append(value.AsTypeName);
                break;
        }
    }

    private static string OfDouble(double number)
    {
        var text = Conversions.Text(number);
        return !double.IsFinite(number) ? $"double(\"{text}\")" : text.AsSpan().ContainsAny(".e") ? text : text + ".0";
    }

    private static void WriteOptional(StringBuilder to, Value? value)
    {
        if (value is { } known)
        {
            to.Append("optional.of(");
            Write(to, known);
            to.Append(')');
        }
        else
        {
            to.Append("optional.none()");
        }
    }

    private static void WriteList(StringBuilder to, ListValue list)
    {
        to.Append('[');
        var first = true;
        foreach (var item in list.Items.TakeWhile(_ => to.Length <= Limits.ExpressionText))
        {
            to.Append(first ? "" : ", ");
            first = false;
            Write(to, item);
        }

        to.Append(']');
    }

    private static void WriteMap(StringBuilder to, MapValue map)
    {
        to.Append('{');
        var first = true;
        foreach (var key in map.Keys.TakeWhile(_ => to.Length <= Limits.ExpressionText))
        {
            to.Append(first ? "" : ", ");
            first = false;
            Write(to, key);
            to.Append(": ");
            Write(to, map.TryGet(key, out var value) ? value : Value.Null);
        }

        to.Append('}');
    }

    private static void WriteText(StringBuilder to, string text)
    {
        to.Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => to.Append("\\\""),
                '\\' => to.Append("\\\\"),
                '\n' => to.Append("\\n"),
                '\r' => to.Append("\\r"),
                '\t' => to.Append("\\t"),
                '\a' => to.Append("\\a"),
                '\b' => to.Append("\\b"),
                '\f' => to.Append("\\f"),
                '\v' => to.Append("\\v"),
                _ when char.IsControl(c) => to.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => to.Append(c),
            };
        }

        to.Append('"');
    }

    private static void WriteBytes(StringBuilder to, ReadOnlySpan<byte> bytes)
    {
        to.Append("b\"");
        foreach (var b in bytes)
        {
            _ = b is (byte)'"' or (byte)'\\' ? to.Append('\\').Append((char)b) : b is < 0x20 or >= 0x7f ? to.Append("\\x").Append(b.ToString("x2", CultureInfo.InvariantCulture)) : to.Append((char)b);
        }

        to.Append('"');
    }
}
