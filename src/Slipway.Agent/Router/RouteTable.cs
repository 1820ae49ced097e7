using Slipway.Client.Traffic;

namespace Slipway.Agent.Router;

/// <summary>A lane as one configuration has it.</summary>
internal sealed class LaneRoute
{
    private readonly ServingSet[] weighted;

    public LaneRoute(RouterLane lane, IReadOnlyList<ServingSet> sets, LaneMemory memory, TallyBook book)
    {
        Name = lane.Lane;
        RequestTimeout = lane.RequestTimeout;
        Sets = sets;
        Memory = memory;
        Rules = LaneRules.Of(lane, sets, memory, book);
        weighted = sets.Where(s => s.Weight > 0).ToArray();
    }

    public string Name { get; }
    public TimeSpan RequestTimeout { get; }
    public IReadOnlyList<ServingSet> Sets { get; }
    public LaneMemory Memory { get; }

    /// <summary>Null: weights are all that it has.</summary>
    public LaneRules? Rules { get; }
    public IEnumerable<Tally> Tallies => Sets.Select(s => s.Tally).Concat(Rules?.Tallies ?? []);

    /// <summary>The version set that takes a request, drawn by weight; null when none has any.</summary>
    public ServingSet? Draw()
    {
        if (weighted.Length <= 1)
        {
            return weighted.Length == 0 ? null : weighted[0];
        }

        var drawn = RouterDraw.Below(100);
        foreach (var set in weighted)
        {
            drawn -= set.Weight;
            if (drawn < 0)
            {
                return set;
            }
        }

        return weighted[^1];
    }
}

/// <summary>Where a host or a port leads. With <see cref="Preview"/> every request goes to that version set and is not counted.</summary>
internal sealed record Route(LaneRoute Lane, ServingSet? Preview);

/// <summary>All that is served, immutable; a new configuration makes a new one.</summary>
internal sealed class RouteTable(
    RouterConfiguration? configuration, Dictionary<string, LaneRoute> lanes, Dictionary<string, Route> hosts, Dictionary<int, Route> ports, IReadOnlyDictionary<string, int> portsByHost)
{
    private readonly Dictionary<string, Route>.AlternateLookup<ReadOnlySpan<char>> byHost = hosts.GetAlternateLookup<ReadOnlySpan<char>>();

    public static RouteTable Empty { get; } = new(null, [], new(StringComparer.OrdinalIgnoreCase), [], new Dictionary<string, int>());

    /// <summary>Null: nothing has been configured yet.</summary>
    public RouterConfiguration? Configuration => configuration;
    public IReadOnlyDictionary<string, int> PortsByHost => portsByHost;
    public IEnumerable<LaneRoute> Lanes => lanes.Values;

    /// <param name="host">As the request has it: a port and a final dot are ignored, and so is case.</param>
    public Route? ByHost(ReadOnlySpan<char> host)
    {
        var colon = host.LastIndexOf(':');
        if (colon >= 0 && host[^1] != ']')
        {
            host = host[..colon];
        }

        return byHost.TryGetValue(host.EndsWith('.') ? host[..^1] : host, out var route) ? route : null;
    }

    public Route? ByPort(int port) => ports.GetValueOrDefault(port);

    /// <summary>The version set under the same name in this table.</summary>
    public ServingSet? Find(string lane, string versionSet) => lanes.GetValueOrDefault(lane)?.Sets.FirstOrDefault(s => s.Name == versionSet);
}
