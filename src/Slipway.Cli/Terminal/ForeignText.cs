using System.Buffers;
using System.Text;

namespace Slipway.Cli.Terminal;

/// <summary>
/// A line that some program wrote, as it may be printed: colours and the like are left where they are wanted, and nothing else that a terminal would take for a command. Such a
/// sequence could move the cursor and write over what stands there, set the window's title, or have the terminal type an answer.
/// </summary>
internal static class ForeignText
{
    private const char Escape = '\e', Bell = '\a', EndOfString = '\u009c';

    // All of C0 but the tab, DEL and C1.
    private static readonly SearchValues<char> Controls = SearchValues.Create([.. Enumerable.Range(0, 0xa0).Select(code => (char)code).Where(c => char.IsControl(c) && c != '\t')]);

    private static readonly SearchValues<char> LookParameters = SearchValues.Create("0123456789;:");

    /// <param name="colours">Whether sequences that only change how text looks are left.</param>
    public static string Clean(string line, bool colours)
    {
        if (!line.AsSpan().ContainsAny(Controls))
        {
            return line;
        }

        var clean = new StringBuilder(line.Length);
        var rest = Overwritten(line);
        while (!rest.IsEmpty)
        {
            var at = rest.IndexOfAny(Controls);
            clean.Append(at < 0 ? rest : rest[..at]);
            rest = at < 0 ? default : rest[at..];
            if (!rest.IsEmpty)
            {
                var length = LengthOfSequence(rest, out var look);
                if (colours && look)
                {
                    clean.Append(rest[..length]);
                }

                rest = rest[length..];
            }
        }

        return clean.ToString();
    }

    /// <summary>Progress that writes over itself leaves what a terminal would show in the end.</summary>
    private static ReadOnlySpan<char> Overwritten(ReadOnlySpan<char> line)
    {
        line = line.TrimEnd('\r');
        return line[(line.LastIndexOf('\r') + 1)..];
    }

    /// <param name="text">Begins with a control character.</param>
    /// <param name="look">It only changes how text looks.</param>
    private static int LengthOfSequence(ReadOnlySpan<char> text, out bool look)
    {
        look = false;
        var (kind, begins) = text[0] == Escape ? (text.Length > 1 ? text[1] : '\0', 2) : (text[0] is >= '\u0080' and <= '\u009f' ? (char)(text[0] - 0x40) : '\0', 1);
        switch (kind)
        {
            case '[':
                var parameters = text[Math.Min(begins, text.Length)..];
                var end = parameters.IndexOfAnyExceptInRange(' ', '?');
                look = text[0] == Escape && end >= 0 && parameters[end] == 'm' && parameters[..end].IndexOfAnyExcept(LookParameters) < 0;
                return end < 0 ? text.Length : begins + end + (parameters[end] is >= '@' and <= '~' ? 1 : 0);
            case ']' or 'P' or 'X' or '^' or '_':
                // A string, such as a title or a link, goes up to its end; one without an end takes the line.
                for (var at = begins; at < text.Length; at++)
                {
                    if (text[at] is Bell or EndOfString)
                    {
                        return at + 1;
                    }

                    if (text[at] == Escape)
                    {
                        return at + 1 < text.Length && text[at + 1] == '\\' ? at + 2 : at;
                    }
                }

                return text.Length;
            case '\0':
                return 1;
            default:
                if (begins == 1)
                {
                    return 1;
                }

                // Other short ones: what may stand between, then one more.
                var tail = text[1..].IndexOfAnyExceptInRange(' ', '/');
                return tail < 0 ? text.Length : 1 + tail + (text[1 + tail] is >= '0' and <= '~' ? 1 : 0);
        }
    }
}
