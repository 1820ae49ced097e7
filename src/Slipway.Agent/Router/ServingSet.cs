using Microsoft.Extensions.Primitives;

namespace Slipway.Agent.Router;

/// <summary>One version set of a lane as one route table has it.</summary>
internal sealed class ServingSet(string name, string version, int weight, IReadOnlyList<InstanceEndpoint> endpoints, Tally tally, bool isBack)
{
    public string Name => name;
    public string Version => version;
    public int Weight => weight;
    public Tally Tally => tally;

    /// <summary>How a request ends for which no instance could be connected to.</summary>
    public Outcome Unreachable => isBack ? Outcome.ConnectFailures : Outcome.NotServing;
    public StringValues VersionHeaderValue { get; } = version.Length == 0 ? StringValues.Empty : version;
    public IReadOnlyList<InstanceEndpoint> Endpoints => endpoints;

    /// <summary>
    /// An instance for one request, entered: of two at random the one with less under way, those taken out only when there is no other. Null when every one has
    /// refused this request or is gone.
    /// </summary>
    public InstanceEndpoint? Enter(long now, List<InstanceEndpoint>? refused)
    {
        var all = endpoints;
        switch (all.Count)
        {
            case 0:
                return null;
            case 1:
                return refused?.Contains(all[0]) != true && all[0].TryEnter() ? all[0] : null;
        }

        if (refused is null)
        {
            var first = RouterDraw.Below(all.Count);
            var second = RouterDraw.Below(all.Count - 1);
            var a = all[first];
            var b = all[second < first ? second : second + 1];
            var (fewer, more) = a.InFlight <= b.InFlight ? (a, b) : (b, a);
            if (fewer.MayTake(now) && fewer.TryEnter())
            {
                return fewer;
            }

            if (more.MayTake(now) && more.TryEnter())
            {
                return more;
            }
        }

        return EnterAny(refused, e => e.MayTake(now)) ?? EnterAny(refused, _ => true);
    }

    private InstanceEndpoint? EnterAny(List<InstanceEndpoint>? refused, Func<InstanceEndpoint, bool> may)
    {
        var start = RouterDraw.Below(endpoints.Count);
        for (var i = 0; i < endpoints.Count; i++)
        {
            var endpoint = endpoints[(start + i) % endpoints.Count];
            if (refused?.Contains(endpoint) != true && may(endpoint) && endpoint.TryEnter())
            {
                return endpoint;
            }
        }

        return null;
    }
}
