using System.Globalization;
using System.Text;

namespace Slipway.Core.Analysis.Metrics;

/// <summary>Values as they stand for themselves, and for nothing else, where they are put.</summary>
internal static class QueryEscapes
{
    public static string Escape(string value, QueryPlace place) => place switch
    {
        QueryPlace.Label => Quoted(value),
        QueryPlace.Pattern => Quoted(Literal(value)),
        QueryPlace.Address => Uri.EscapeDataString(value),
        // Made by ourselves: digits, a point, a unit. And what is only a value, whatever it holds.
        QueryPlace.Bare or QueryPlace.Variable => value,
        _ => throw new ArgumentOutOfRangeException(nameof(place), place, "Nothing is put there."),
    };

    /// <summary>Likewise, for a text that is read once more: no brace in it can begin a placeholder then.</summary>
    public static string EscapeForGood(string value, QueryPlace place) =>
        place is QueryPlace.Label or QueryPlace.Pattern ? Escape(value, place).Replace("{", @"\x7b", StringComparison.Ordinal) : Escape(value, place);

    /// <summary>Within double or single quotes of PromQL alike: either quote is written by its number.</summary>
    private static string Quoted(string value)
    {
        var escaped = new StringBuilder(value.Length);
        foreach (var c in value)
        {
            if (c == '\\')
            {
                escaped.Append(@"\\");
            }
            else if (c is < ' ' or '"' or '\'' or '`' or '\x7f')
            {
                escaped.Append(@"\x").Append(((int)c).ToString("x2", CultureInfo.InvariantCulture));
            }
            else
            {
                escaped.Append(c);
            }
        }

        return escaped.ToString();
    }

    /// <summary>A regular expression (RE2) that matches the value alone. There, a backslash before any punctuation makes it stand for itself, within brackets too.</summary>
    private static string Literal(string value)
    {
        var escaped = new StringBuilder(value.Length);
        foreach (var c in value)
        {
            if (char.IsAscii(c) && (char.IsPunctuation(c) || char.IsSymbol(c)) && c != '_')
            {
                escaped.Append('\\');
            }

            escaped.Append(c);
        }

        return escaped.ToString();
    }
}
