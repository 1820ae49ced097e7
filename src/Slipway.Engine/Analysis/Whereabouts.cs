using Slipway.Core.Rollouts;
using Slipway.Engine.Traffic;

namespace Slipway.Engine.Analysis;

/// <summary>Why the canary has had no requests that could be compared, where that is a matter of hosts.</summary>
internal static class Whereabouts
{
    private const int MostNamed = 4;

    /// <param name="told">What the routers have of the two that are compared, as they told it.</param>
    /// <returns>A sentence with what helps; null: one host alone, or nothing that hosts explain.</returns>
    public static string? Of(AskJudge asked, IEnumerable<TrafficSource> told)
    {
        // What a router had before its last configuration is no matter any more.
        var now = told.GroupBy(source => source.Agent).SelectMany(sources => sources.GroupBy(source => source.Generation).MaxBy(same => same.Key)!).Where(source => source.Weight > 0).ToList();
        List<string> Hosts(string? versionSet) => [.. now.Where(source => source.VersionSet == versionSet).Select(source => source.Agent).Distinct().Order(StringComparer.Ordinal)];
        List<string> canary = Hosts(asked.VersionSet), other = Hosts(asked.StableVersionSet);
        if (canary.Count == 0 || other.Count == 0 || canary.Union(other).Count() < 2)
        {
            return null;
        }

        var (against, ways) = asked.Spec.Baseline
            ? ("baseline", "give both the same hosts, or leave baseline out")
            : ("stable", "give the service more instances, or the canary a greater weight, until some host has both");
        List<string> both = [.. canary.Intersect(other)];
        if (both.Count == 0)
        {
            return $"no host's router has both: the canary runs on {Named(canary)}, {against} on {Named(other)}, so nothing can be compared, whatever the traffic; {ways}";
        }

        var only = canary.Count == 1 && other.Count > 1 ? " only" : "";
        return other.Except(both).Any()
            ? $"the canary can be compared on {Named(both)}{only}, whose {(both.Count == 1 ? "router has" : "routers have")} had no request for it; requests to other hosts never come to it: "
                + $"slipway load {asked.Lane.Service} --env {asked.Lane.Environment} --rps 20 --router HOST:PORT, with the address of {(both.Count == 1 ? "that router" : "one of those")}, makes some"
            : null;
    }

    private static string Named(List<string> hosts) => hosts.Count <= MostNamed ? string.Join(", ", hosts) : $"{string.Join(", ", hosts.Take(MostNamed - 1))} and {hosts.Count - MostNamed + 1} others";
}
