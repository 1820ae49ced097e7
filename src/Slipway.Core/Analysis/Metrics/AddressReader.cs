namespace Slipway.Core.Analysis.Metrics;

/// <summary>Finds where in an address, or in parameters behind one, placeholders stand.</summary>
internal static class AddressReader
{
    private const string Allowed = "-._~:/?@!$&'()*+,;=[]";

    public static void ReadParameters(QueryReader reader)
    {
        if (reader.Text is ['?' or '&', ..])
        {
            reader.Wrong(0, $"Parameters begin with '{reader.Text[0]}'.", "Begin with a name, such as version={{version}}: what joins them to the address is put before them.");
        }

        Read(reader, 0);
    }

    public static void ReadAddress(QueryReader reader)
    {
        var text = reader.Text;
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        var behind = scheme < 0 ? -1 : text.AsSpan(scheme + 3).IndexOfAny('/', '?', '#');
        Read(reader, behind < 0 ? text.Length : scheme + 3 + behind);
    }

    private static (string, string)? InHost(string name) =>
        ($"{{{{{name}}}}} stands in the scheme, the host or the port, and these say what may be connected to.", "Write them out; placeholders may follow behind the host.");

    /// <summary>Whether a part of the path leads up, or nowhere.</summary>
    public static bool Climbs(string address)
    {
        var end = address.IndexOf('?', StringComparison.Ordinal);
        return (end < 0 ? address : address[..end]).Split('/').Any(part => part is "." or "..");
    }

    /// <param name="host">Where the host, and the port, end.</param>
    private static void Read(QueryReader reader, int host)
    {
        var text = reader.Text;
        for (var at = 0; at < text.Length;)
        {
            if (reader.IsPlaceholderAt(at))
            {
                at = reader.Placeholder(at, QueryPlace.Address, at < host ? InHost : null);
            }
            else if (text[at] == '%')
            {
                if (at + 2 >= text.Length || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2]))
                {
                    reader.Wrong(at, "A '%' without two hexadecimal digits behind it.", "Write %25 for a percent sign.");
                }

                at++;
            }
            else if (text[at] == '#')
            {
                reader.Wrong(at, "A '#' begins a part of an address that is never sent.", "Leave it out, or write %23.");
                at++;
            }
            else
            {
                if (!char.IsAsciiLetterOrDigit(text[at]) && !Allowed.Contains(text[at], StringComparison.Ordinal))
                {
                    reader.Wrong(at, $"{(text[at] is > ' ' and <= '~' ? $"'{text[at]}'" : "A space or a character beyond ASCII")} cannot stand in an address.", "Write it percent-encoded, such as %20 for a space.");
                }

                at++;
            }
        }
    }
}
