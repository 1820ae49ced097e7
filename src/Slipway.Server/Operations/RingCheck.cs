using Slipway.Client.Api;
using Slipway.Core.Environments;
using Slipway.Core.Rollouts;
using Slipway.Engine.Environments;
using Slipway.Engine.Releases;
using Slipway.Engine.Services;
using Slipway.Engine.Targets;

namespace Slipway.Server.Operations;

/// <summary>Whether there is an agent for each ring that services' newest releases name: a rollout would wait at one without.</summary>
internal sealed class RingCheck(ServiceCatalog services, ReleaseCatalog releases, ReadDefinition read, AgentRegistry agents, Platform platform)
{
    public async Task<IReadOnlyList<DoctorLine>> LookAsync(CancellationToken cancel)
    {
        var lines = new List<DoctorLine>();
        foreach (var service in await services.ListAsync(cancel))
        {
            if (service.LatestVersion is not { } version || await releases.FindAsync(service.Name, version, cancel) is not { } release)
            {
                continue;
            }

            // One that is not valid any more is told of where it is promoted.
            read(release.Definition, release.DefinitionFile, out var definition);
            var without = from environment in definition is null ? [] : platform.Current.Environments.Where(e => agents.Eligible(e.Target).Count > 0)
                          from ring in Without(environment, definition!.For(environment.Name).Rollout.Rings)
                          group (environment.Name, ring.IsTaken) by (ring.Name, ring.Labels);
            lines.AddRange(without.Select(ring => Line($"{service.Name}@{version}", ring.Key.Name, ring.Key.Labels, [.. ring.Select(where => where.Name)], ring.All(where => where.IsTaken))));
        }

        return lines;
    }

    /// <summary>An agent is in the first ring whose labels it has.</summary>
    private IEnumerable<(string Name, string Labels, bool IsTaken)> Without(EnvironmentDefinition environment, IReadOnlyList<RingSpec> rings)
    {
        HashSet<string> before = new(StringComparer.Ordinal);
        foreach (var ring in rings)
        {
            var labels = ring.LabelsIn(environment.Target);
            var fitting = agents.Eligible(labels).Select(agent => agent.Name).ToList();
            if (fitting.All(before.Contains))
            {
                yield return (ring.Name, string.Join(' ', labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}")), fitting.Count > 0);
            }

            before.UnionWith(fitting);
        }
    }

    private static DoctorLine Line(string release, string ring, string labels, IReadOnlyList<string> environments, bool isTaken) => new(
        $"ring {ring} of {release.Split('@')[0]}", "warning",
        $"{release} would wait for it in {string.Join(", ", environments)}: {(isTaken ? "each agent with its labels is in a ring before it" : $"no agent with {labels.Replace(" ", ", ", StringComparison.Ordinal)} takes instances")}",
        $"Undrain an agent, or let one join with {string.Join(' ', labels.Split(' ').Select(label => $"--label {label}"))}.");
}
