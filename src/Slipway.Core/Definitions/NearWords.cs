namespace Slipway.Core.Definitions;

/// <summary>Guesses which word was meant.</summary>
public static class NearWords
{
    /// <summary>"Did you mean …?" for a near word, else the list of what is allowed.</summary>
    internal static string Suggest(string word, IReadOnlyCollection<string> allowed) =>
        Nearest(word, allowed) is { } near ? $"Did you mean '{near}'?" : allowed.Count == 0 ? "There is nothing that it could be." : $"Allowed: {string.Join(", ", allowed)}.";

    /// <summary>The candidate that a word is nearest to, if a third of its letters at most are wrong. Null: none is near.</summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(word);
        return word.Length > 60 ? null : candidates
            .Select(a => (Word: a, Distance: Distance(word.ToLowerInvariant(), a.ToLowerInvariant())))
            .Where(a => a.Distance <= Math.Max(1, Math.Min(word.Length, a.Word.Length) / 3))
            .OrderBy(a => a.Distance)
            .Select(a => a.Word)
            .FirstOrDefault();
    }

    /// <summary>Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours.</summary>
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            d[i, 0] = i;
        }

        for (var j = 0; j <= b.Length; j++)
        {
            d[0, j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
