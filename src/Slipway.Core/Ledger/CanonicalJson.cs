using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Slipway.Core.Ledger;

/// <summary>JSON in the one form of RFC 8785: keys sorted by UTF-16 code units, no white space, the shortest escapes, numbers as ECMAScript prints them.</summary>
public static class CanonicalJson
{
    /// <exception cref="ArgumentException">A number is not finite, a whole number is one that a double cannot hold exactly, or a text has half a surrogate pair.</exception>
    public static string Write(JsonNode? node)
    {
        var text = new StringBuilder();
        Append(text, node);
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonNode? node)
    {
        switch (node)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject map:
                AppendObject(text, map);
                break;
            case JsonArray list:
                text.Append('[');
                for (var i = 0; i < list.Count; i++)
                {
                    if (i > 0)
                    {
                        text.Append(',');
                    }

                    Append(text, list[i]);
                }

                text.Append(']');
                break;
            default:
                AppendValue(text, node.AsValue());
                break;
        }
    }

    private static void AppendObject(StringBuilder text, JsonObject map)
    {
        text.Append('{');
        var first = true;
        foreach (var (key, value) in map.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            if (!first)
            {
                text.Append(',');
            }

            first = false;
            AppendString(text, key);
            text.Append(':');
            Append(text, value);
        }

        text.Append('}');
    }

    private static void AppendValue(StringBuilder text, JsonValue value)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.True:
                text.Append("true");
                break;
            case JsonValueKind.False:
                text.Append("false");
                break;
            case JsonValueKind.String:
                // A value made of another type, such as a time, is text only once it is written.
                AppendString(text, value.TryGetValue<string>(out var plain) ? plain : JsonNode.Parse(value.ToJsonString())!.GetValue<string>());
                break;
            default:
                AppendNumber(text, value.ToJsonString());
                break;
        }
    }

    private static void AppendNumber(StringBuilder text, string written)
    {
        if (!written.AsSpan().ContainsAny('.', 'e', 'E'))
        {
            const long MostExact = 1L << 53;
            text.Append(long.TryParse(written, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) && whole is >= -MostExact and <= MostExact
                ? whole.ToString(CultureInfo.InvariantCulture)
                : throw new ArgumentException($"{written} would be rounded: whole numbers beyond 2^53 are written as text."));
            return;
        }

        text.Append(Number(double.Parse(written, CultureInfo.InvariantCulture)));
    }

    /// <summary>ECMAScript's Number::toString: the shortest digits that read back, plain between 1e-7 and 1e21.</summary>
    private static string Number(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentException("JSON has no numbers that are not finite.", nameof(value));
        }

        if (value == 0)
        {
            return "0";
        }

        // .NET's "E16" is not shortest; "R" is, in a form that is taken apart here.
        var shortest = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        var exponent = 0;
        var e = shortest.IndexOf('E', StringComparison.Ordinal);
        if (e >= 0)
        {
            exponent = int.Parse(shortest[(e + 1)..], CultureInfo.InvariantCulture);
            shortest = shortest[..e];
        }

        var point = shortest.IndexOf('.', StringComparison.Ordinal);
        var digits = shortest.Replace(".", "", StringComparison.Ordinal);
        var n = (point < 0 ? shortest.Length : point) + exponent;
        var leading = digits.Length - digits.TrimStart('0').Length;
        digits = digits[leading..].TrimEnd('0');
        n -= leading;
        var k = digits.Length;
        var text =
            k <= n && n <= 21 ? digits + new string('0', n - k)
            : n is > 0 and <= 21 ? digits[..n] + "." + digits[n..]
            : n is > -6 and <= 0 ? "0." + new string('0', -n) + digits
            : (k == 1 ? digits : digits[..1] + "." + digits[1..]) + "e" + (n - 1 < 0 ? "-" : "+") + Math.Abs(n - 1).ToString(CultureInfo.InvariantCulture);
        return value < 0 ? "-" + text : text;
    }

    private static void AppendString(StringBuilder text, string value)
    {
        text.Append('"');
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (char.IsSurrogate(c) && !(char.IsHighSurrogate(c) ? i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]) : i > 0 && char.IsHighSurrogate(value[i - 1])))
            {
                throw new ArgumentException("A text has half a surrogate pair, which UTF-8 cannot hold.", nameof(value));
            }

            switch (c)
            {
                case '"': text.Append("\\\""); break;
                case '\\': text.Append("\\\\"); break;
                case '\b': text.Append("\\b"); break;
                case '\f': text.Append("\\f"); break;
                case '\n': text.Append("\\n"); break;
                case '\r': text.Append("\\r"); break;
                case '\t': text.Append("\\t"); break;
                case < ' ': text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"); break;
                default: text.Append(c); break;
            }
        }

        text.Append('"');
    }
}
