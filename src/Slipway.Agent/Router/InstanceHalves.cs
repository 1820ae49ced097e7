namespace Slipway.Agent.Router;

/// <summary>
/// Deals the instances of each version set out to two halves, so that a version can be compared with itself. An instance keeps its half as long as its version set is
/// configured, also while it is not listed. Not safe for several threads at once.
/// </summary>
internal sealed class InstanceHalves
{
    /// <summary>Addresses no longer listed are forgotten above so many of a version set: instances that are started again come with new ones.</summary>
    private const int MostRemembered = 500;
    private readonly Dictionary<string, Dictionary<string, int>> halves = new(StringComparer.Ordinal);

    /// <summary>0 or 1 for each address, in their order; new ones come to the half that has fewer of those listed.</summary>
    public int[] Of(string versionSet, IReadOnlyList<string> addresses)
    {
        if (!halves.TryGetValue(versionSet, out var known))
        {
            halves[versionSet] = known = new(StringComparer.Ordinal);
        }

        if (known.Count > MostRemembered)
        {
            foreach (var gone in known.Keys.Except(addresses).ToList())
            {
                known.Remove(gone);
            }
        }

        var second = addresses.Count(address => known.TryGetValue(address, out var half) && half == 1);
        var first = addresses.Count(known.ContainsKey) - second;
        foreach (var address in addresses.Where(address => !known.ContainsKey(address)))
        {
            var half = first <= second ? 0 : 1;
            known[address] = half;
            (first, second) = (first + 1 - half, second + half);
        }

        return [.. addresses.Select(address => known[address])];
    }

    /// <summary>Forgets all version sets but these.</summary>
    public void Keep(IEnumerable<string> versionSets)
    {
        var kept = versionSets.ToHashSet(StringComparer.Ordinal);
        foreach (var gone in halves.Keys.Where(name => !kept.Contains(name)).ToList())
        {
            halves.Remove(gone);
        }
    }
}
