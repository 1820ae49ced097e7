namespace Slipway.Core.Analysis.Metrics;

/// <summary>
/// Finds where in PromQL placeholders stand, by the rules by which Prometheus cuts a query into tokens: comments from <c>#</c> to the end of the line, texts in
/// double or single quotes with backslash escapes, raw texts in backticks. Whether the rest is PromQL, Prometheus says.
/// </summary>
internal static class PromqlReader
{
    /// <summary>What stands before a text.</summary>
    private enum Before { Other, Equals, Matches }

    private const string InQuotes = "Write it within the quotes of a label's value, such as version=\"{{version}}\".";

    public static void Read(QueryReader reader)
    {
        var text = reader.Text;
        if (string.IsNullOrWhiteSpace(text))
        {
            reader.Wrong(0, "There is no query.", "Write PromQL, such as sum(rate(http_requests_total{version=\"{{version}}\"}[1m])).");
            return;
        }

        var (at, before) = (0, Before.Other);
        while (at < text.Length)
        {
            switch (text[at])
            {
                case '#':
                    at = Comment(reader, at);
                    break;
                case '"' or '\'':
                    (at, before) = (Quoted(reader, at, before), Before.Other);
                    break;
                case '`':
                    (at, before) = (Raw(reader, at), Before.Other);
                    break;
                case '{' when reader.IsPlaceholderAt(at):
                    (at, before) = (reader.Placeholder(at, QueryPlace.Bare, OutsideOfQuotes), Before.Other);
                    break;
                case '=' or '!' or '<' or '>':
                    (before, var length) = Operator(text, at);
                    at += length;
                    break;
                default:
                    before = char.IsWhiteSpace(text[at]) ? before : Before.Other;
                    at++;
                    break;
            }
        }
    }

    private static (Before Before, int Length) Operator(string text, int at) => (text[at], at + 1 < text.Length ? text[at + 1] : ' ') switch
    {
        ('=' or '!', '~') => (Before.Matches, 2),
        ('!', '=') => (Before.Equals, 2),
        ('=' or '<' or '>', '=') => (Before.Other, 2),
        ('=', _) => (Before.Equals, 1),
        _ => (Before.Other, 1),
    };

    private static (string, string)? OutsideOfQuotes(string name) =>
        name is "step" or "from" or "to" ? null : ($"{{{{{name}}}}} stands outside of quotes.", InQuotes.Replace("version", name, StringComparison.Ordinal));

    private static int Comment(QueryReader reader, int begin)
    {
        var end = reader.Text.IndexOf('\n', begin);
        end = end < 0 ? reader.Text.Length : end;
        var placeholder = reader.Text.IndexOf(QueryReader.Beginning, begin, end - begin, StringComparison.Ordinal);
        if (placeholder >= 0)
        {
            reader.Wrong(placeholder, "A placeholder stands in a comment.", "Leave it out.");
        }

        return end;
    }

    private static int Raw(QueryReader reader, int begin)
    {
        var end = reader.Text.IndexOf('`', begin + 1);
        if (end < 0)
        {
            reader.Wrong(begin, "The text that begins here does not end.", "Close it with `.");
            return reader.Text.Length;
        }

        var placeholder = reader.Text.IndexOf(QueryReader.Beginning, begin, end - begin, StringComparison.Ordinal);
        if (placeholder >= 0)
        {
            reader.Wrong(placeholder, "A placeholder stands between backticks, where nothing can be escaped.", "Write the text between double quotes.");
        }

        return end + 1;
    }

    private static int Quoted(QueryReader reader, int begin, Before before)
    {
        var (text, quote) = (reader.Text, reader.Text[begin]);
        var place = before == Before.Matches ? QueryPlace.Pattern : QueryPlace.Label;
        for (var at = begin + 1; at < text.Length;)
        {
            if (text[at] == quote)
            {
                return at + 1;
            }

            if (text[at] == '\n')
            {
                break;
            }

            if (text[at] == '\\')
            {
                at = Escape(reader, at, place);
            }
            else if (reader.IsPlaceholderAt(at))
            {
                at = reader.Placeholder(at, place, name => before == Before.Other ? ($"{{{{{name}}}}} stands in a text that is no label's value.", InQuotes.Replace("version", name, StringComparison.Ordinal)) : null);
            }
            else
            {
                at++;
            }
        }

        reader.Wrong(begin, "The text that begins here does not end on its line.", $"Close it with {quote}.");
        return text.Length;
    }

    /// <summary>An escape must be whole, and end before a placeholder begins: else it would take a part of the value in.</summary>
    private static int Escape(QueryReader reader, int begin, QueryPlace place)
    {
        var text = reader.Text;
        var kind = begin + 1 < text.Length ? text[begin + 1] : ' ';
        var (first, digits) = kind switch { 'x' => (begin + 2, 2), 'u' => (begin + 2, 4), 'U' => (begin + 2, 8), >= '0' and <= '7' => (begin + 1, 3), _ => (begin + 2, 0) };
        if (kind == '{' || first + digits > text.Length || !text.AsSpan(first, digits).ContainsOnlyHex())
        {
            reader.Wrong(begin, "An escape that begins here is not whole.", "Write \\\\ for a backslash.");
            return begin + 1;
        }

        var end = first + digits;
        if (place == QueryPlace.Pattern && kind == '\\' && end < text.Length && reader.IsPlaceholderAt(end))
        {
            reader.Wrong(end, "A placeholder stands behind a backslash of a regular expression, which would take its first character in.", "Leave the backslash out: a value always stands for itself.");
        }

        return end;
    }

    private static bool ContainsOnlyHex(this ReadOnlySpan<char> digits)
    {
        foreach (var digit in digits)
        {
            if (!char.IsAsciiHexDigit(digit))
            {
                return false;
            }
        }

        return true;
    }
}
