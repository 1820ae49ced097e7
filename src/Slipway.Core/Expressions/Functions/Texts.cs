using System.Text;

namespace Slipway.Core.Expressions.Functions;

/// <summary>Functions of texts. Places in a text count code points.</summary>
internal static class Texts
{
    public static int Size(string text)
    {
        var size = text.Length;
        for (var i = 1; i < text.Length; i++)
        {
            size -= char.IsSurrogatePair(text[i - 1], text[i]) ? 1 : 0;
        }

        return size;
    }

    public static Value CharAt(string text, long at)
    {
        if (at == Size(text))
        {
            return Value.Of("");
        }

        return Unit(text, at) is { } unit ? Value.Of(text.Substring(unit, IsPair(text, unit) ? 2 : 1)) : Outside(at);
    }

    public static Value Substring(string text, long from, long? to)
    {
        if (Unit(text, from) is not { } start)
        {
            return Outside(from);
        }

        return to is not { } until ? Value.Of(text[start..]) : Unit(text, until) is { } end && end >= start ? Value.Of(text[start..end]) : Outside(until);
    }

    public static Value IndexOf(string text, string part, long from)
    {
        if (Unit(text, from) is not { } start)
        {
            return Outside(from);
        }

        var found = text.IndexOf(part, start, StringComparison.Ordinal);
        return Value.Of(found < 0 ? -1L : Size(text[..found]));
    }

    /// <param name="from">The last place where it may begin; null: anywhere.</param>
    public static Value LastIndexOf(string text, string part, long? from)
    {
        if (from is { } asked && Unit(text, asked) is null)
        {
            return Outside(asked);
        }

        var end = from is { } last ? Math.Min(text.Length, Unit(text, last)!.Value + part.Length) : text.Length;
        var found = text.AsSpan(0, end).LastIndexOf(part, StringComparison.Ordinal);
        return Value.Of(part.Length == 0 ? Size(text[..(from is null ? text.Length : end)]) : found < 0 ? -1L : Size(text[..found]));
    }

    /// <summary>Every time, or the first times.</summary>
    public static Value Replace(string text, string part, string with, long times, Evaluation run)
    {
        var read = new StringBuilder();
        var at = 0;
        for (var done = 0L; times < 0 || done < times; done++)
        {
            // Nothing is found before every character, and at the end.
            var found = part.Length > 0 ? text.IndexOf(part, at, StringComparison.Ordinal) : done == 0 ? 0 : at < text.Length ? at + (IsPair(text, at) ? 2 : 1) : -1;
            if (found < 0)
            {
                break;
            }

            if (!run.Charge(1 + ((found - at + with.Length) / 10)))
            {
                return run.TooMuch();
            }

            read.Append(text, at, found - at).Append(with);
            at = found + part.Length;
        }

        return Value.Of(read.Append(text, at, text.Length - at).ToString());
    }

    public static Value Split(string text, string separator, long limit, Evaluation run)
    {
        List<Value> parts = [];
        if (limit == 0)
        {
            return Value.Of(new ArrayList([]));
        }

        var at = 0;
        while (limit < 0 || parts.Count < limit - 1)
        {
            var end = separator.Length > 0 ? text.IndexOf(separator, at, StringComparison.Ordinal) : at < text.Length ? at + (IsPair(text, at) ? 2 : 1) : text.Length;
            if (end < 0 || (separator.Length == 0 && end >= text.Length))
            {
                break;
            }

            if (!run.Charge(1 + ((end - at) / 10)))
            {
                return run.TooMuch();
            }

            parts.Add(Value.Of(text[at..end]));
            at = end + separator.Length;
        }

        if (separator.Length > 0 || text.Length > 0)
        {
            parts.Add(Value.Of(text[at..]));
        }

        return Value.Of(new ArrayList([.. parts]));
    }

    public static Value Join(ListValue list, string separator, Evaluation run)
    {
        var read = new StringBuilder();
        var first = true;
        foreach (var item in list.Items)
        {
            if (item.Kind != ValueKind.String)
            {
                return item.IsError ? item : Value.Error($"join is there for lists of string, and not for one with {Kinds.Name(item)}");
            }

            if (!run.Charge(1 + ((item.AsText.Length + separator.Length) / 10)))
            {
                return run.TooMuch();
            }

            read.Append(first ? "" : separator).Append(item.AsText);
            first = false;
        }

        return Value.Of(read.ToString());
    }

    public static Value Reverse(string text)
    {
        var turned = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes().Reverse())
        {
            turned.Append(rune.ToString());
        }

        return Value.Of(turned.ToString());
    }

    public static Value Ascii(string text, Func<char, char> change) => Value.Of(string.Create(text.Length, (text, change), static (to, from) =>
    {
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = char.IsAscii(from.text[i]) ? from.change(from.text[i]) : from.text[i];
        }
    }));

    // The place in UTF-16 of a code point, or of the end.
    private static int? Unit(string text, long point)
    {
        if (point < 0 || point > text.Length)
        {
            return null;
        }

        var unit = 0;
        for (var left = point; left > 0; left--)
        {
            if (unit >= text.Length)
            {
                return null;
            }

            unit += IsPair(text, unit) ? 2 : 1;
        }

        return unit;
    }

    private static bool IsPair(string text, int at) => at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]);

    private static Value Outside(long at) => Value.Error($"there is no place {at} in the text");
}
