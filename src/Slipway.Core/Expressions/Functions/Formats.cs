using System.Globalization;
using System.Text;

namespace Slipway.Core.Expressions.Functions;

/// <summary>Texts made of a pattern and values: <c>"%s took %.1f s".format([name, seconds])</c>.</summary>
internal static class Formats
{
    private const int MostDigits = 100;

    private const int UsualDigits = 6;

    public static Value Format(string pattern, ListValue values, Evaluation run)
    {
        var (made, next) = (new StringBuilder(), 0);
        for (var at = 0; at < pattern.Length; at++)
        {
            var from = made.Length;
            if (pattern[at] != '%')
            {
                made.Append(pattern[at]);
            }
            else if (at + 1 < pattern.Length && pattern[at + 1] == '%')
            {
                made.Append('%');
                at++;
            }
            else
            {
                var (digits, letter) = Clause(pattern, ref at);
                var wrong = letter == default ? Value.Error("a '%' of the pattern is followed by nothing that it may be: there are %s, %d, %f, %e, %b, %o, %x, %X and %%, and digits as in %.2f")
                    : digits > MostDigits ? Value.Error($"more than {MostDigits} digits are asked for")
                    : next == values.Count ? Value.Error($"the pattern asks for more than the {values.Count} values that are given")
                    : Write(made, values[next++], letter, digits, run);
                if (wrong is { } problem)
                {
                    return problem;
                }
            }

            if (!run.Charge((made.Length - from) / 10))
            {
                return run.TooMuch();
            }
        }

        return Value.Of(made.ToString());
    }

    /// <summary>The digits behind the point (-1: it does not say) and the letter; 0: there is none that may stand there.</summary>
    private static (int Digits, char Letter) Clause(string pattern, ref int at)
    {
        var digits = -1;
        at++;
        if (at < pattern.Length && pattern[at] == '.')
        {
            for (digits = 0, at++; at < pattern.Length && char.IsAsciiDigit(pattern[at]) && digits <= MostDigits; at++)
            {
                digits = (digits * 10) + pattern[at] - '0';
            }
        }

        return (digits, at < pattern.Length && pattern[at] is 's' or 'd' or 'f' or 'e' or 'b' or 'o' or 'x' or 'X' ? pattern[at] : default);
    }

    /// <summary>Null: it is written.</summary>
    private static Value? Write(StringBuilder to, in Value value, char letter, int digits, Evaluation run)
    {
        if (letter == 's')
        {
            return Plain(to, value, run);
        }

        var text = (letter, value.Kind) switch
        {
            ('d', ValueKind.Int or ValueKind.Uint) => Conversions.ToText(value).AsText,
            ('d', ValueKind.Double) when !double.IsFinite(value.AsDouble) => Conversions.Text(value.AsDouble),
            ('f' or 'e', ValueKind.Int or ValueKind.Uint or ValueKind.Double) => Real(Conversions.ToDouble(value).AsDouble, letter, digits < 0 ? UsualDigits : digits),
            ('b', ValueKind.Bool) => value.IsTrue ? "1" : "0",
            ('b' or 'o' or 'x' or 'X', ValueKind.Int or ValueKind.Uint) => Whole(value, letter),
            ('x' or 'X', ValueKind.String) => Hex(Encoding.UTF8.GetBytes(value.AsText), letter),
            ('x' or 'X', ValueKind.Bytes) => Hex(value.AsBytes.AsSpan(), letter),
            _ => null,
        };
        to.Append(text);
        return text is not null ? null : value.IsError ? value : Value.Error($"%{letter} is not there for {Kinds.Name(value)}");
    }

    private static string Real(double number, char letter, int digits) => double.IsFinite(number)
        ? number.ToString(letter == 'f' ? $"F{digits}" : $"0.{new string('0', digits)}e+00", CultureInfo.InvariantCulture)
        : Conversions.Text(number);

    private static string Whole(in Value value, char letter)
    {
        var negative = value is { Kind: ValueKind.Int, AsInt: < 0 };
        var amount = negative ? unchecked(0 - Numbers.BitsOf(value)) : Numbers.BitsOf(value);
        return (negative ? "-" : "") + letter switch
        {
            'b' => amount.ToString("b", CultureInfo.InvariantCulture),
            'o' => Octal(amount),
            _ => amount.ToString(letter == 'x' ? "x" : "X", CultureInfo.InvariantCulture),
        };
    }

    private static string Octal(ulong amount)
    {
        var digits = new StringBuilder();
        do
        {
            digits.Insert(0, (char)('0' + (amount & 7)));
            amount >>= 3;
        }
        while (amount > 0);
        return digits.ToString();
    }

    private static string Hex(ReadOnlySpan<byte> bytes, char letter) => letter == 'x' ? Convert.ToHexStringLower(bytes) : Convert.ToHexString(bytes);

    /// <summary>As <c>string(x)</c> writes it, lists and maps with what is in them. Each element is paid for: a short expression makes lists of the same list over and over.</summary>
    private static Value? Plain(StringBuilder to, in Value value, Evaluation run)
    {
        if (!run.Charge(1))
        {
            return run.TooMuch();
        }

        switch (value.Kind)
        {
            case ValueKind.Null:
                to.Append("null");
                return null;
            case ValueKind.Type:
                to.Append(value.AsTypeName);
                return null;
            case ValueKind.List:
                return Row(to, '[', value.AsList.Items.Select(item => new[] { item }), ']', run);
            case ValueKind.Map:
                var map = value.AsMap;
                return Row(to, '{', map.Keys.OrderBy(key => Conversions.ToText(key).AsText, StringComparer.Ordinal).Select(key => new[] { key, map.TryGet(key, out var of) ? of : Value.Null }), '}', run);
            default:
                var text = Conversions.ToText(value);
                to.Append(text.Kind == ValueKind.String ? text.AsText : "");
                return text.Kind == ValueKind.String ? null : text.IsError ? text : Value.Error($"%s is not there for {Kinds.Name(value)}");
        }
    }

    private static Value? Row(StringBuilder to, char open, IEnumerable<Value[]> items, char close, Evaluation run)
    {
        to.Append(open);
        var separator = "";
        foreach (var item in items)
        {
            to.Append(separator);
            foreach (var (at, part) in item.Index())
            {
                to.Append(at > 0 ? ": " : "");
                if (Plain(to, part, run) is { } wrong)
                {
                    return wrong;
                }
            }

            separator = ", ";
        }

        to.Append(close);
        return null;
    }
}
