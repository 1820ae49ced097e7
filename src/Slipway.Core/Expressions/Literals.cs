using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Slipway.Core.Expressions;

/// <summary>Reads texts and bytes: in one or three quotes of either kind, raw after <c>r</c>, bytes after <c>b</c>.</summary>
internal static class Literals
{
    /// <summary>How many letters stand before the quote; -1: no text begins here.</summary>
    public static int Prefix(string text, int at)
    {
        for (var letters = 0; letters <= 2 && at + letters < text.Length; letters++)
        {
            switch (text[at + letters])
            {
                case '"' or '\'':
                    return letters;
                case 'b' or 'B' when letters == 0:
                case 'r' or 'R' when letters == 0 || text[at] is 'b' or 'B':
                    break;
                default:
                    return -1;
            }
        }

        return -1;
    }

    public static Value Read(string text, ref int at)
    {
        var start = at;
        var letters = text.AsSpan(at, Prefix(text, at));
        var (bytes, raw) = (letters.ContainsAny('b', 'B'), letters.ContainsAny('r', 'R'));
        at += letters.Length;
        var quote = text[at];
        var triple = at + 2 < text.Length && text[at + 1] == quote && text[at + 2] == quote;
        var close = new string(quote, triple ? 3 : 1);
        at += close.Length;

        var read = new StringBuilder();
        List<byte> octets = [];
        while (true)
        {
            if (at >= text.Length || (!triple && text[at] is '\n' or '\r'))
            {
                throw new SyntaxException(start, "The text has no end.", $"End it with {close}.");
            }

            if (text.AsSpan(at).StartsWith(close, StringComparison.Ordinal))
            {
                at += close.Length;
                return bytes ? Value.Of(octets.ToImmutableArray()) : Value.Of(read.ToString());
            }

            if (text[at] == '\\' && !raw)
            {
                Escape(text, ref at, bytes, read, octets);
            }
            else if (Rune.TryGetRuneAt(text, at, out var rune))
            {
                at += rune.Utf16SequenceLength;
                Add(rune, bytes, read, octets);
            }
            else
            {
                throw new SyntaxException(at, "There is half of a character.");
            }
        }
    }

    private static void Add(Rune rune, bool bytes, StringBuilder read, List<byte> octets)
    {
        if (!bytes)
        {
            read.Append(rune.ToString());
            return;
        }

        Span<byte> encoded = stackalloc byte[4];
        octets.AddRange(encoded[..rune.EncodeToUtf8(encoded)]);
    }

    private static void Escape(string text, ref int at, bool bytes, StringBuilder read, List<byte> octets)
    {
        var start = at;
        at += 2;
        int Code(ref int from, int digits, int numberBase)
        {
            var value = 0;
            for (var end = from + digits; from < end; from++)
            {
                if (from >= text.Length || !char.IsAsciiHexDigit(text[from]) || (numberBase == 8 && text[from] > '7'))
                {
                    throw new SyntaxException(start, $"The escape asks for {digits} {(numberBase == 8 ? "octal" : "hexadecimal")} digits.");
                }

                value = (value * numberBase) + int.Parse(text.AsSpan(from, 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            }

            return value;
        }

        switch (at <= text.Length ? text[at - 1] : '\0')
        {
            case 'x' or 'X':
                AddOctet(Code(ref at, 2, 16));
                break;
            case >= '0' and <= '3':
                at--;
                AddOctet(Code(ref at, 3, 8));
                break;
            case 'u' when !bytes:
                AddPoint(Code(ref at, 4, 16));
                break;
            case 'U' when !bytes:
                AddPoint(Code(ref at, 8, 16));
                break;
            case var c when "abfnrtv\\?\"'`".IndexOf(c, StringComparison.Ordinal) is >= 0 and var known:
                Add(new Rune("\a\b\f\n\r\t\v\\?\"'`"[known]), bytes, read, octets);
                break;
            default:
                throw new SyntaxException(start, "There is no such escape.", @"A backslash itself is written \\, or the text as r'…'.");
        }

        void AddOctet(int value)
        {
            if (bytes)
            {
                octets.Add((byte)value);
            }
            else
            {
                read.Append((char)value);
            }
        }

        void AddPoint(int value) => read.Append(Rune.IsValid(value) ? new Rune(value).ToString() : throw new SyntaxException(start, "The escape names no character of Unicode."));
    }
}
