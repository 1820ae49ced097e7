using System.Text.Json;
using Slipway.Client.Agents;
using Slipway.Client.Traffic;

namespace Slipway.Agent.Traffic;

/// <summary>Computes what the router shall serve. Pure: wanted traffic and what runs, in; a configuration, out.</summary>
internal static class RouterPlan
{
    private const string ArmWithoutWeight = "canary";

    /// <param name="observed">By version set: the instances of this agent.</param>
    public static RouterConfiguration From(
        IEnumerable<WantedRoute> routes, IReadOnlyDictionary<string, WantedVersionSet> versionSets, ILookup<string, ObservedInstance> observed, long sequence) =>
        new() { Sequence = sequence, Lanes = [.. routes.OrderBy(route => route.Lane, StringComparer.Ordinal).Select(route => Lane(route, versionSets, observed))] };

    /// <summary>Whether two configurations serve the same; their sequences and the ports that the router chose do not matter.</summary>
    public static bool SameService(RouterConfiguration left, RouterConfiguration right) => Text(left) == Text(right);

    private static RouterLane Lane(WantedRoute route, IReadOnlyDictionary<string, WantedVersionSet> versionSets, ILookup<string, ObservedInstance> observed)
    {
        var sets = Here(route.Weights, versionSets, observed)
            .Select(weight => new RouterVersionSet
            {
                VersionSet = weight.VersionSet,
                Version = weight.Version,
                Arm = weight.Arm,
                Weight = weight.Weight,
                Endpoints = Endpoints(observed[weight.VersionSet], weight.Weight),
            })
            .ToList();
        // The router has one preview address per lane: that of the version set named first.
        var preview = route.Previews.Count > 0 ? route.Previews[0] : null;
        IEnumerable<(string Name, string Version)> named =
        [
            .. route.Marks.Select(mark => (mark.VersionSet, mark.Version)),
            .. route.Mirror is { } mirror ? [(mirror.VersionSet, mirror.Version)] : Array.Empty<(string, string)>(),
            .. preview is null ? Array.Empty<(string, string)>() : [(preview, versionSets.TryGetValue(preview, out var set) ? set.Version : "")],
        ];
        foreach (var (name, version) in named)
        {
            if (!sets.Exists(set => set.VersionSet == name))
            {
                sets.Add(new() { VersionSet = name, Version = version, Arm = ArmWithoutWeight, Weight = 0, Endpoints = Endpoints(observed[name], 0) });
            }
        }
        return new()
        {
            Lane = route.Lane,
            Generation = route.Generation,
            Host = route.Host,
            VersionSets = sets,
            Preview = preview is null ? null : new() { Host = PreviewHost(route.Host), VersionSet = preview },
            RequestTimeout = route.RequestTimeout,
            Marks = route.Marks.Count == 0 ? null : [.. route.Marks.Select(mark => new RouterMark(mark.VersionSet, mark.Mark))],
            Mirror = route.Mirror is { } copies ? new(copies.VersionSet, copies.Percent) : null,
            Sticky = route.Sticky,
        };
    }

    /// <summary>
    /// This router has the instances of its own host alone. What runs here shares all the requests that come here, in the proportion of its weights; what runs on other hosts only has its share there. A
    /// version that is down keeps its share of the requests, and of the blame; one whose first instance here is still coming up has none yet, unless nothing else is to run here. Where nothing of the lane
    /// is to run at all, its requests are no version's: none could be blamed for where it was placed.
    /// </summary>
    private static IEnumerable<WantedWeight> Here(IReadOnlyList<WantedWeight> weights, IReadOnlyDictionary<string, WantedVersionSet> versionSets, ILookup<string, ObservedInstance> observed)
    {
        bool IsToRun(WantedWeight weight) => weight.Weight > 0 && versionSets.TryGetValue(weight.VersionSet, out var set) && set.Count > 0;
        var here = weights.Where(IsToRun).ToList();
        if (here.Exists(weight => observed[weight.VersionSet].Any(HasServed)))
        {
            here.RemoveAll(weight => !observed[weight.VersionSet].Any(HasServed));
        }

        var sum = here.Sum(weight => weight.Weight);
        if (sum == 100)
        {
            return weights;
        }

        var scaled = weights.Select(weight => weight with { Weight = here.Contains(weight) ? weight.Weight * 100 / sum : 0 }).ToList();
        if (sum == 0)
        {
            return scaled;
        }

        // What rounding leaves goes to the greatest share.
        var greatest = scaled.IndexOf(scaled.MaxBy(weight => weight.Weight)!);
        scaled[greatest] = scaled[greatest] with { Weight = scaled[greatest].Weight + 100 - scaled.Sum(weight => weight.Weight) };
        return scaled;
    }

    private static bool HasServed(ObservedInstance instance) =>
        instance.State is InstanceState.Healthy or InstanceState.Unhealthy or InstanceState.BackOff || (instance.State is InstanceState.Starting or InstanceState.Probing && instance.Restarts > 0);

    // An unhealthy instance is better than none: when a version set that has traffic has no healthy one left, most likely its probe or something behind it fails,
    // and some requests may still be answered. With none, all fail for certain.
    private static List<string> Endpoints(IEnumerable<ObservedInstance> instances, int weight)
    {
        var reachable = instances.Where(instance => instance.Port is not null).ToList();
        var healthy = reachable.Where(instance => instance.State == InstanceState.Healthy).ToList();
        if (healthy.Count == 0 && weight > 0)
        {
            healthy = [.. reachable.Where(instance => instance.State == InstanceState.Unhealthy)];
        }
        return [.. healthy.Select(instance => EndpointOf(instance.Port!.Value)).Order(StringComparer.Ordinal)];
    }

    public static string EndpointOf(int port) => $"http://127.0.0.1:{port}";

    /// <summary><c>service.environment.localhost</c> → <c>service--preview.environment.localhost</c>.</summary>
    public static string PreviewHost(string host)
    {
        var dot = host.IndexOf('.');
        return dot < 0 ? host + "--preview" : host[..dot] + "--preview" + host[dot..];
    }

    private static string Text(RouterConfiguration configuration) => JsonSerializer.Serialize(
        configuration with
        {
            Sequence = 0,
            Lanes = [.. configuration.Lanes.OrderBy(lane => lane.Lane, StringComparer.Ordinal).Select(lane => lane with { Port = 0, Preview = lane.Preview is { } preview ? preview with { Port = 0 } : null })],
        },
        RouterProtocolJson.Default.RouterConfiguration);
}
