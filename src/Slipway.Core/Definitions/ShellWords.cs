using System.Text;

namespace Slipway.Core.Definitions;

/// <summary>Splits a command line into its words as a POSIX shell quotes them. What only a shell could do (pipes, variables, …) is refused rather than passed on as text.</summary>
internal static class ShellWords
{
    /// <summary>The words; or null and what is wrong.</summary>
    public static IReadOnlyList<string>? Split(string line, out string? wrong)
    {
        List<string> words = [];
        StringBuilder? word = null;
        var quote = '\0';
        wrong = null;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quote == '\'' && c != '\'')
            {
                (word ??= new StringBuilder()).Append(c);
            }
            else if (c is '\'' or '"' && (quote == '\0' || quote == c))
            {
                quote = quote == '\0' ? c : '\0';
                word ??= new StringBuilder();
            }
            else if (c == '\\' && i + 1 < line.Length && (quote == '\0' || line[i + 1] is '"' or '\\' or '$' or '`'))
            {
                (word ??= new StringBuilder()).Append(line[++i]);
            }
            else if (c is '$' or '`' || (quote == '\0' && c is '|' or '&' or ';' or '<' or '>'))
            {
                wrong = $"has '{c}', but is run without a shell";
                return null;
            }
            else if (quote == '\0' && char.IsWhiteSpace(c))
            {
                Close();
            }
            else
            {
                (word ??= new StringBuilder()).Append(c);
            }
        }

        if (quote != '\0')
        {
            wrong = $"has an opening {quote} without its end";
            return null;
        }

        Close();
        return words;

        void Close()
        {
            if (word is not null)
            {
                words.Add(word.ToString());
                word = null;
            }
        }
    }
}
