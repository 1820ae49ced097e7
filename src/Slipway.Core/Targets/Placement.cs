namespace Slipway.Core.Targets;

/// <summary>Which agent runs how many instances.</summary>
public static class Placement
{
    /// <summary>
    /// Spreads a count over the agents that may take instances, moving as little as possible: agents keep what they have, the fewest get the next, the most lose first. Agents that have some
    /// but may take no more (gone, draining) get 0, unless nobody else is there.
    /// </summary>
    /// <returns>A count for every agent that has or gets one.</returns>
    public static IReadOnlyDictionary<string, int> Spread(int count, IReadOnlyList<string> eligible, IReadOnlyDictionary<string, int> before)
    {
        var able = eligible.Count > 0 ? eligible : [.. before.Keys];
        var counts = able.ToDictionary(a => a, before.GetValueOrDefault, StringComparer.Ordinal);
        while (counts.Values.Sum() < count && counts.Count > 0)
        {
            var fewest = counts.OrderBy(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).First().Key;
            counts[fewest]++;
        }

        while (counts.Values.Sum() > count)
        {
            var most = counts.OrderByDescending(c => c.Value).ThenByDescending(c => c.Key, StringComparer.Ordinal).First().Key;
            counts[most]--;
        }

        foreach (var left in before.Keys.Where(a => !counts.ContainsKey(a)))
        {
            counts[left] = 0;
        }

        return counts.Where(c => c.Value > 0 || before.ContainsKey(c.Key)).ToDictionary(c => c.Key, c => c.Value, StringComparer.Ordinal);
    }
}
