namespace Slipway.Cli.CommandLine;

/// <summary>What a mistyped word may have meant.</summary>
internal static class Suggestions
{
    /// <summary>The closest candidate, if it is close: a third of its letters may be wrong, swapped, missing or too many. Null: none is.</summary>
    public static string? Closest(string typed, IEnumerable<string> candidates) => candidates
        .Select(candidate => (Word: candidate, Distance: candidate.StartsWith(typed, StringComparison.Ordinal) && typed.Length > 2 ? 1 : Distance(typed, candidate)))
        .Where(candidate => candidate.Distance <= Math.Max(1, candidate.Word.TrimStart('-').Length / 3))
        .OrderBy(candidate => candidate.Distance)
        .ThenBy(candidate => candidate.Word, StringComparer.Ordinal)
        .Select(candidate => candidate.Word)
        .FirstOrDefault();

    /// <summary>Edits between two words: a letter inserted, removed, replaced, or two neighbours swapped (optimal string alignment).</summary>
    public static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    table[i, j] = i + j;
                    continue;
                }

                var best = Math.Min(Math.Min(table[i - 1, j], table[i, j - 1]) + 1, table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    best = Math.Min(best, table[i - 2, j - 2] + 1);
                }

                table[i, j] = best;
            }
        }

        return table[a.Length, b.Length];
    }
}
