namespace Slipway.Core.Targets;

/// <summary>Which agent runs how many instances.</summary>
public static class Placement
{
    /// <summary>
    /// Spreads a count over the agents that may take instances, moving as little as possible: agents keep what they have, the fewest get the next, the most lose first. Agents that have some
    /// but may take no more (gone, draining) get 0, unless nobody else is there.
    /// </summary>
    /// <param name="others">What the lane's other version sets have on each agent. Where two agents are alike in what is placed, the one with fewer of those gets, and the one with more of those loses: so a new
    /// version comes where it can take an old instance's place, and the old one goes where a new one has come.</param>
    /// <returns>A count for every agent that has or gets one.</returns>
    public static IReadOnlyDictionary<string, int> Spread(int count, IReadOnlyList<string> eligible, IReadOnlyDictionary<string, int> before, IReadOnlyDictionary<string, int>? others = null)
    {
        int Others(string agent) => others?.GetValueOrDefault(agent) ?? 0;
        var able = eligible.Count > 0 ? eligible : [.. before.Where(b => b.Value > 0).Select(b => b.Key)];
        var counts = able.ToDictionary(a => a, before.GetValueOrDefault, StringComparer.Ordinal);
        while (counts.Values.Sum() < count && counts.Count > 0)
        {
            var fewest = counts.OrderBy(c => c.Value).ThenBy(c => Others(c.Key)).ThenBy(c => c.Key, StringComparer.Ordinal).First().Key;
            counts[fewest]++;
        }

        while (counts.Values.Sum() > count)
        {
            var most = counts.OrderByDescending(c => c.Value).ThenByDescending(c => Others(c.Key)).ThenByDescending(c => c.Key, StringComparer.Ordinal).First().Key;
            counts[most]--;
        }

        foreach (var left in before.Keys.Where(a => !counts.ContainsKey(a)))
        {
            counts[left] = 0;
        }

        return counts.Where(c => c.Value > 0 || before.ContainsKey(c.Key)).ToDictionary(c => c.Key, c => c.Value, StringComparer.Ordinal);
    }
}
