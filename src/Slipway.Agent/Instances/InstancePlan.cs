using Slipway.Client.Agents;

namespace Slipway.Agent.Instances;

/// <summary>What the plan needs to know of an instance.</summary>
/// <param name="Number">Rises with every instance that this agent made.</param>
internal sealed record PlannedInstance(string Id, string VersionSet, long Number, InstanceState State);

/// <summary>What is to be done so that what runs becomes what is wanted.</summary>
/// <param name="Start">Version sets that need one more instance, once for each.</param>
/// <param name="Drain">Instances that are too many.</param>
internal sealed record InstancePlan(IReadOnlyList<string> Start, IReadOnlyList<string> Drain)
{
    /// <summary>
    /// Pure. An instance that has failed still counts: it was tried and the answer is known, another one would fail too. A version set that is not wanted at
    /// all, by a count of 0, is left alone: only an explicit 0 stops what runs.
    /// </summary>
    public static InstancePlan From(IReadOnlyDictionary<string, WantedVersionSet> wanted, IReadOnlyCollection<PlannedInstance> instances)
    {
        var start = new List<string>();
        var drain = new List<string>();
        var present = instances.Where(instance => instance.State != InstanceState.Draining).ToLookup(instance => instance.VersionSet);
        foreach (var (name, set) in wanted)
        {
            var have = present[name].ToList();
            start.AddRange(Enumerable.Repeat(name, Math.Max(0, set.Count - have.Count)));
            drain.AddRange(have.OrderBy(Worth).ThenByDescending(instance => instance.Number).Take(Math.Max(0, have.Count - set.Count)).Select(instance => instance.Id));
        }
        return new(start, drain);
    }

    // The least useful goes first; among equals the newest, which has the coldest caches.
    private static int Worth(PlannedInstance instance) => instance.State switch
    {
        InstanceState.Failed => 0,
        InstanceState.BackOff => 1,
        InstanceState.Starting => 2,
        InstanceState.Unhealthy => 3,
        InstanceState.Probing => 4,
        _ => 5,
    };
}
