using System.Buffers;
using System.Globalization;
using System.Text;

namespace Slipway.Core.Expressions.Functions;

// Escapes, and classes of characters.
internal sealed partial class PatternReader
{
    private static readonly SearchValues<char> WordCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    private static readonly Dictionary<string, string> Named = new(StringComparer.Ordinal)
    {
        ["alnum"] = "0-9A-Za-z", ["alpha"] = "A-Za-z", ["ascii"] = @"\u0000-\u007F", ["blank"] = @"\t\u0020", ["cntrl"] = @"\u0000-\u001F\u007F", ["digit"] = "0-9",
        ["graph"] = @"\u0021-\u007E", ["lower"] = "a-z", ["print"] = @"\u0020-\u007E", ["punct"] = @"\u0021-\u002F\u003A-\u0040\u005B-\u0060\u007B-\u007E",
        ["space"] = @"\t\n\u000B\f\r\u0020", ["upper"] = "A-Z", ["word"] = "0-9A-Za-z_", ["xdigit"] = "0-9A-Fa-f",
    };

    private long Escape()
    {
        var letter = _at + 1 < pattern.Length ? pattern[_at + 1] : throw Refused(@"a '\' before nothing");
        switch (letter)
        {
            case 'A' or 'z' or 'b' or 'B':
                _out.Append('\\').Append(letter);
                _at += 2;
                return 1;
            case 'Q':
                return Quoted();
            case 'd' or 'w' or 's':
                _out.Append('[').Append(Set(letter)).Append(']');
                _at += 2;
                return 1;
            case 'D' or 'W' or 'S':
                _out.Append($"(?:{AnyPair}|[^{Set(char.ToLowerInvariant(letter))}\\uD800-\\uDFFF])");
                _at += 2;
                return 1;
            case 'p' or 'P':
                var category = Category(out var negated);
                _out.Append(negated ? $"(?:{AnyPair}|[^\\p{{{category}}}\\uD800-\\uDFFF])" : $"[\\p{{{category}}}]");
                return 1;
            default:
                Literal(EscapedPoint());
                return 1;
        }
    }

    private int Quoted()
    {
        _at += 2;
        var end = pattern.IndexOf(@"\E", _at, StringComparison.Ordinal);
        var size = 1;
        for (var stop = end < 0 ? pattern.Length : end; _at < stop; size++)
        {
            Literal(Point());
        }

        _at = end < 0 ? _at : end + 2;
        return size;
    }

    private static string Set(char letter) => letter switch
    {
        'd' => "0-9",
        'w' => "0-9A-Za-z_",
        _ => @"\t\n\f\r\u0020",
    };

    private string Category(out bool negated)
    {
        negated = pattern[_at + 1] == 'P';
        _at += 2;
        var end = _at < pattern.Length && pattern[_at] == '{' ? pattern.IndexOf('}', _at) : _at;
        var name = end >= pattern.Length || end < 0 ? "" : end == _at ? pattern[_at].ToString() : pattern[(_at + 1)..end];
        if (name.StartsWith('^'))
        {
            negated = !negated;
            name = name[1..];
        }

        if (!Categories.Contains(name))
        {
            throw Refused("a class of characters that is not there; the general categories are, such as \\pL or \\p{Lu}");
        }

        _at = end + 1;
        return name;
    }

    private int EscapedPoint()
    {
        var letter = pattern[_at + 1];
        _at += 2;
        switch (letter)
        {
            case 'a': return '\a';
            case 'f': return '\f';
            case 't': return '\t';
            case 'n': return '\n';
            case 'r': return '\r';
            case 'v': return '\v';
            case 'x': return HexPoint();
            case >= '0' and <= '7' when letter == '0' || (_at < pattern.Length && pattern[_at] is >= '0' and <= '7'):
                var value = letter - '0';
                for (var digits = 1; digits < 3 && _at < pattern.Length && pattern[_at] is >= '0' and <= '7'; digits++)
                {
                    value = (value * 8) + pattern[_at++] - '0';
                }

                return value;
            default:
                return letter < 0x80 && !char.IsAsciiLetterOrDigit(letter) ? letter : throw Refused($"an escape that RE2 does not have");
        }
    }

    private int HexPoint()
    {
        var end = Rest().StartsWith("{", StringComparison.Ordinal) ? pattern.IndexOf('}', _at) : _at + 2;
        var digits = end < 0 || end > pattern.Length ? "" : pattern[_at..end].TrimStart('{');
        if (digits.Length is 0 or > 6 || !int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) || !Rune.IsValid(value))
        {
            throw Refused("a code that names no character");
        }

        _at = pattern[_at] == '{' ? end + 1 : end;
        return value;
    }

    private void Class()
    {
        var start = _at++;
        var negated = _at < pattern.Length && pattern[_at] == '^';
        _at += negated ? 1 : 0;
        var (units, pairs) = (new StringBuilder(), new List<string>());
        for (var first = true; ; first = false)
        {
            if (_at >= pattern.Length)
            {
                _at = start;
                throw Refused("a '[' without ']'");
            }

            if (pattern[_at] == ']' && !first)
            {
                break;
            }

            Member(units, pairs);
        }

        _at++;
        if (negated)
        {
            _out.Append(pairs.Count > 0 ? throw Refused("a class without characters beyond U+FFFF") : $"(?:{AnyPair}|[^{units}\\uD800-\\uDFFF])");
        }
        else
        {
            _out.Append("(?:").AppendJoin('|', units.Length > 0 ? pairs.Prepend($"[{units}]") : pairs).Append(')');
        }
    }

    private void Member(StringBuilder units, List<string> pairs)
    {
        if (Rest().StartsWith("[:", StringComparison.Ordinal) && pattern.IndexOf(":]", _at, StringComparison.Ordinal) is > 0 and var end)
        {
            units.Append(Named.GetValueOrDefault(pattern[(_at + 2)..end]) ?? throw Refused("a class of characters that is not there"));
            _at = end + 2;
            return;
        }

        if (pattern[_at] == '\\' && _at + 1 < pattern.Length && pattern[_at + 1] is 'd' or 'w' or 's' or 'p' or 'P')
        {
            if (pattern[_at + 1] is 'p' or 'P')
            {
                var category = Category(out var negated);
                units.Append(negated ? throw Refused("a class within a class that is turned round") : $"\\p{{{category}}}");
                return;
            }

            units.Append(Set(pattern[_at + 1]));
            _at += 2;
            return;
        }

        var low = MemberPoint();
        var high = low;
        if (_at + 1 < pattern.Length && pattern[_at] == '-' && pattern[_at + 1] != ']')
        {
            _at++;
            high = MemberPoint();
        }

        if (high < low)
        {
            throw Refused("a range that goes backwards");
        }

        Range(low, high, units, pairs);
    }

    private int MemberPoint() => _at >= pattern.Length ? throw Refused("a '[' without ']'")
        : pattern[_at] != '\\' ? Point()
        : _at + 1 >= pattern.Length ? throw Refused(@"a '\' before nothing")
        : pattern[_at + 1] is 'D' or 'W' or 'S' ? throw Refused("a class within a class that is turned round")
        : EscapedPoint();

    private void Range(int low, int high, StringBuilder units, List<string> pairs)
    {
        if (low <= 0xffff)
        {
            units.Append(Unit(low)).Append('-').Append(Unit(Math.Min(high, 0xffff)));
            low = 0x10000;
        }

        // One alternative for every first half that pairs of the range have.
        while (low <= high)
        {
            var last = Math.Min(high, low | 0x3ff);
            var (from, to) = (char.ConvertFromUtf32(low), char.ConvertFromUtf32(last));
            if (pairs.Count >= 64)
            {
                throw Refused("a range of too many characters beyond U+FFFF");
            }

            pairs.Add($"{Unit(from[0])}[{Unit(from[1])}-{Unit(to[1])}]");
            low = last + 1;
        }
    }
}
