using System.Globalization;
using System.Text;

namespace Slipway.Cli.Init;

/// <summary>Text as YAML: whatever it holds, it is read back as it was.</summary>
internal static class YamlText
{
    private const int CommentWidth = 140;

    /// <summary>A value on one line; what could mean something else is quoted.</summary>
    public static string Scalar(string text) => IsPlain(text) ? text : Quoted(text);

    /// <summary>A value in a list on one line.</summary>
    public static string Item(string text) => text.Contains(',', StringComparison.Ordinal) ? Quoted(text) : Scalar(text);

    /// <summary>A value that may have several lines, as a block below its key where that can be read better.</summary>
    public static string Block(string text, string indent)
    {
        var lines = text.Split('\n');
        return lines.Length == 1 || lines[0].StartsWith(' ') || lines.Any(line => line.TrimEnd() != line || line.Length == 0 || !line.All(IsPrintable))
            ? Scalar(text)
            : $"|\n{string.Join('\n', lines.Select(line => indent + line))}";
    }

    /// <summary>Lines of a comment.</summary>
    public static IEnumerable<string> Comment(string text)
    {
        var plain = new string([.. text.Select(c => IsPrintable(c) && c != '\t' ? c : ' ')]);
        return Terminal.Wrapping.Lines(plain, CommentWidth).Select(line => $"# {line}".TrimEnd());
    }

    private static bool IsPlain(string text) =>
        text == "/" || (text.Length > 1 && (char.IsAsciiLetter(text[0]) || text[0] is '/' or '_' || (text[0] == '.' && (char.IsAsciiLetter(text[1]) || text[1] is '/' or '_'))) && text[^1] is not (' ' or ':')
        && text.All(c => c is >= ' ' and <= '~' && c is not ('{' or '}' or '[' or ']' or '#')) && !text.Contains(": ", StringComparison.Ordinal)
        && text.ToLowerInvariant() is not ("true" or "false" or "yes" or "no" or "on" or "off" or "null" or ".inf" or ".nan"));

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                quoted.Append(c).Append(text[++i]);
            }
            else if (c is '"' or '\\')
            {
                quoted.Append('\\').Append(c);
            }
            else if (c == '\n')
            {
                quoted.Append("\\n");
            }
            else if (char.IsSurrogate(c))
            {
                quoted.Append('�');
            }
            else if (IsPrintable(c) && c != '\t')
            {
                quoted.Append(c);
            }
            else
            {
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
        }

        return quoted.Append('"').ToString();
    }

    private static bool IsPrintable(char c) => !char.IsControl(c) && c is not ('\u0085' or '\u2028' or '\u2029' or '\ufeff' or '\ufffe' or '\uffff') || c == '\t';
}
