using System.Globalization;
using System.Text;
using Slipway.Core.Kernel;

namespace Slipway.Core.Expressions.Functions;

/// <summary>
/// Writes a pattern in RE2's syntax (https://github.com/google/re2/wiki/Syntax) as one of .NET's with the same meaning: digits, words and
/// space are those of ASCII, '.' is a whole code point, '$' the very end. What has no such form is refused.
/// </summary>
internal sealed partial class PatternReader(string pattern)
{
    private const string AnyPair = @"[\uD800-\uDBFF][\uDC00-\uDFFF]";

    private static readonly HashSet<string> Categories =
    [
        "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs", "C", "Cc", "Cf", "Co",
    ];

    private readonly StringBuilder _out = new();
    private int _at;

    /// <summary>How many characters the pattern has when its repetitions are written out.</summary>
    public int Size { get; private set; }

    public string Wrong { get; private set; } = "";

    /// <summary>Null: it cannot be; <see cref="Wrong"/> says why.</summary>
    public string? Translate()
    {
        if (pattern.Length > Limits.ExpressionPattern)
        {
            Wrong = $"the pattern has {pattern.Length} characters; {Limits.ExpressionPattern} are allowed";
            return null;
        }

        try
        {
            var size = Alternatives(new Flags(false, false), 0);
            if (_at < pattern.Length)
            {
                throw Refused("a ')' without '('");
            }

            Size = (int)size;
            return _out.ToString();
        }
        catch (SyntaxException e)
        {
            Wrong = $"the pattern {Shown()} has {e.Message} at character {e.Offset + 1}";
            return null;
        }
    }

    // Each level returns how large it is with its repetitions written out.
    private long Alternatives(Flags flags, int depth)
    {
        if (depth > 50)
        {
            throw Refused("too many groups within groups");
        }

        long size = 0;
        while (_at < pattern.Length && pattern[_at] != ')')
        {
            if (pattern[_at] == '|')
            {
                _out.Append('|');
                _at++;
                continue;
            }

            var start = _out.Length;
            var repeatable = true;
            var part = One(ref flags, depth, ref repeatable);
            size += Repeated(part, start, repeatable);
            if (size > Limits.ExpressionPattern)
            {
                throw Refused($"repetitions that multiply to more than {Limits.ExpressionPattern}");
            }
        }

        return size;
    }

    private long One(ref Flags flags, int depth, ref bool repeatable)
    {
        switch (pattern[_at])
        {
            case '(':
                return Group(ref flags, depth, ref repeatable);
            case '[':
                Class();
                return 1;
            case '\\':
                return Escape();
            case '.':
                _at++;
                _out.Append(flags.DotIsAll ? $"(?:{AnyPair}|[^\\uD800-\\uDFFF])" : $"(?:{AnyPair}|[^\\n\\uD800-\\uDFFF])");
                return 1;
            case '^':
                _at++;
                _out.Append(flags.Lines ? "(?m:^)" : @"\A");
                return 1;
            case '$':
                _at++;
                _out.Append(flags.Lines ? "(?m:$)" : @"\z");
                return 1;
            case '*' or '+' or '?':
                throw Refused("a repetition of nothing");
            default:
                Literal(Point());
                return 1;
        }
    }

    private long Group(ref Flags flags, int depth, ref bool repeatable)
    {
        _at++;
        var inner = flags;
        if (_at < pattern.Length && pattern[_at] == '?')
        {
            _at++;
            var named = Rest().StartsWith("P<", StringComparison.Ordinal) ? 2 : Rest().StartsWith("<", StringComparison.Ordinal) && !Rest().StartsWith("<=", StringComparison.Ordinal) && !Rest().StartsWith("<!", StringComparison.Ordinal) ? 1 : 0;
            if (named > 0)
            {
                var end = pattern.IndexOf('>', _at);
                if (end < 0 || end == _at + named || pattern.AsSpan((_at + named)..end).ContainsAnyExcept(WordCharacters))
                {
                    throw Refused("a group with a name that is none");
                }

                _at = end + 1;
            }
            else
            {
                inner = ReadFlags(flags, out var alone, out var ignoreCase);
                if (alone)
                {
                    flags = inner;
                    repeatable = false;
                    _out.Append(ignoreCase);
                    return 0;
                }

                _out.Append("(?:").Append(ignoreCase);
                return Close(Alternatives(inner, depth + 1));
            }
        }

        _out.Append("(?:");
        return Close(Alternatives(inner, depth + 1));
    }

    private long Close(long size)
    {
        if (_at >= pattern.Length)
        {
            throw Refused("a '(' without ')'");
        }

        _at++;
        _out.Append(')');
        return size + 1;
    }

    private Flags ReadFlags(Flags flags, out bool alone, out string ignoreCase)
    {
        ignoreCase = "";
        var on = true;
        for (; _at < pattern.Length; _at++)
        {
            switch (pattern[_at])
            {
                case 'i':
                    ignoreCase = on ? "(?i)" : "(?-i)";
                    break;
                case 'm':
                    flags = flags with { Lines = on };
                    break;
                case 's':
                    flags = flags with { DotIsAll = on };
                    break;
                case 'U':
                    // Whether as much or as little as possible is taken makes no difference to whether there is a match.
                    break;
                case '-' when on:
                    on = false;
                    break;
                case ':' or ')':
                    alone = pattern[_at++] == ')';
                    return flags;
                default:
                    throw Refused("a group that RE2 does not have");
            }
        }

        throw Refused("a '(' without ')'");
    }

    private long Repeated(long size, int start, bool repeatable)
    {
        if (_at >= pattern.Length || pattern[_at] is not ('*' or '+' or '?' or '{'))
        {
            return size;
        }

        if (pattern[_at] == '{' && Count() is not { })
        {
            return size;
        }

        if (!repeatable)
        {
            throw Refused("a repetition of nothing");
        }

        _out.Insert(start, "(?:").Append(')');
        if (pattern[_at] == '{')
        {
            var (least, most, end) = Count()!.Value;
            if (least > 1000 || most > 1000 || most < least)
            {
                throw Refused("a repetition that is none");
            }

            _out.Append(pattern, _at, end - _at);
            _at = end;
            size *= Math.Max(1, Math.Max(least, most ?? least));
        }
        else
        {
            _out.Append(pattern[_at++]);
        }

        if (_at < pattern.Length && pattern[_at] == '?')
        {
            _at++;
            _out.Append('?');
        }

        return _at < pattern.Length && (pattern[_at] is '*' or '+' or '?' || (pattern[_at] == '{' && Count() is not null)) ? throw Refused("a repetition of a repetition") : size;
    }

    // {2}, {2,} or {2,5}; null: the brace stands for itself.
    private (int Least, int? Most, int End)? Count()
    {
        var end = pattern.IndexOf('}', _at);
        if (end < 0)
        {
            return null;
        }

        var parts = pattern[(_at + 1)..end].Split(',');
        int? Number(string text) => text.Length is > 0 and < 6 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var read) ? read : null;
        return parts.Length switch
        {
            1 when Number(parts[0]) is { } exactly => (exactly, exactly, end + 1),
            2 when Number(parts[0]) is { } least && parts[1].Length == 0 => (least, null, end + 1),
            2 when Number(parts[0]) is { } least && Number(parts[1]) is { } most => (least, most, end + 1),
            _ => null,
        };
    }

    private ReadOnlySpan<char> Rest() => pattern.AsSpan(_at);

    private int Point()
    {
        if (!Rune.TryGetRuneAt(pattern, _at, out var rune))
        {
            throw Refused("half of a character");
        }

        _at += rune.Utf16SequenceLength;
        return rune.Value;
    }

    private void Literal(int point)
    {
        if (point > 0xffff)
        {
            var pair = char.ConvertFromUtf32(point);
            _out.Append($"(?:{Unit(pair[0])}{Unit(pair[1])})");
        }
        else
        {
            _out.Append(Unit((char)point));
        }
    }

    private static string Unit(int unit) => char.IsAsciiLetterOrDigit((char)unit) ? ((char)unit).ToString() : $"\\u{unit:X4}";

    private string Shown() => $"'{(pattern.Length <= 40 ? pattern : pattern[..40] + "…")}'";

    private SyntaxException Refused(string message) => new(Math.Min(_at, pattern.Length), message);

    private readonly record struct Flags(bool Lines, bool DotIsAll);
}
