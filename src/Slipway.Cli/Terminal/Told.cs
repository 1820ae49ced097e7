namespace Slipway.Cli.Terminal;

/// <summary>Long sentences that come again and again, such as a verdict's: said in full once, and referred to after that.</summary>
internal sealed class Told
{
    /// <summary>What is shorter is as easily read again. Older sentences than the last few come no more.</summary>
    private const int Long = 40, MostKept = 30;
    private readonly List<(string Sentence, string Reference)> told = [];

    /// <summary>It stands on the screen, and is referred to so from now on.</summary>
    public void Add(string? sentence, string reference)
    {
        if (sentence?.TrimEnd('.') is { Length: >= Long } known)
        {
            told.Add((known, reference));
            if (told.Count > MostKept)
            {
                told.RemoveAt(0);
            }
        }
    }

    /// <summary>A line without what was told before. What is new in it counts as told by it from now on.</summary>
    /// <param name="parts">The sentences that the line is made of, of which it repeats some.</param>
    /// <param name="reference">How this line is referred to.</param>
    public string Once(string line, IEnumerable<string> parts, string reference)
    {
        foreach (var part in parts.Select(part => part.TrimEnd('.')).Where(part => part.Length >= Long && line.Contains(part, StringComparison.Ordinal)).ToList())
        {
            if (told.Find(known => known.Sentence.Contains(part, StringComparison.Ordinal)) is { Reference: { } where })
            {
                line = line.Replace(part, where, StringComparison.Ordinal);
            }
            else if (told.Find(known => part.Contains(known.Sentence, StringComparison.Ordinal)) is { Sentence: { } known, Reference: { } there })
            {
                line = line.Replace(known, there, StringComparison.Ordinal);
            }
            else
            {
                Add(part, reference);
            }
        }

        return line;
    }
}
