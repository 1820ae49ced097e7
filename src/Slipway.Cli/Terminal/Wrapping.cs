namespace Slipway.Cli.Terminal;

/// <summary>Long text in a narrow place.</summary>
internal static class Wrapping
{
    /// <summary>Lines of at most <paramref name="room"/> characters, broken at spaces, but none before a percent sign; a word that is longer than that is broken where it must. Never empty.</summary>
    public static IEnumerable<string> Lines(string text, int room)
    {
        var rest = text;
        while (rest.Length > room)
        {
            var space = rest.LastIndexOf(' ', room);
            while (space > 0 && space + 1 < rest.Length && rest[space + 1] == '%')
            {
                space = rest.LastIndexOf(' ', space - 1);
            }

            var end = space > 0 ? space : room;
            yield return rest[..end].TrimEnd();
            rest = rest[end..].TrimStart();
        }

        yield return rest;
    }

    /// <summary>Its beginning, with a sign that there is more.</summary>
    public static string Cut(string text, int room) => text.Length <= room ? text : text[..(room - 1)].TrimEnd() + "…";
}
