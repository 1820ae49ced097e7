using Slipway.Client.Api;
using Slipway.Core.Kernel;
using Slipway.Engine.Environments;
using Slipway.Engine.Lanes;
using Slipway.Engine.Targets;

namespace Slipway.Server.Operations;

/// <summary>Which lanes run on agents that their environment's target does not allow by now: what runs stays where it was promoted to.</summary>
internal sealed class TargetCheck(LaneStates lanes, Platform platform, TargetObservations observations, AgentRegistry agents)
{
    public async Task<IReadOnlyList<DoctorLine>> LookAsync(CancellationToken cancel)
    {
        var lines = new List<DoctorLine>();
        foreach (var state in await lanes.ListAsync(null, cancel))
        {
            if (state.Stable is { } stable && platform.Current.Find(state.Lane.Environment)?.Target is { Count: > 0 } target && OnOthers(state.Lane, target) is { Count: > 0 } others)
            {
                lines.Add(Line(state.Lane, stable.Spec.Version, others, target));
            }
        }

        return lines;
    }

    private List<string> OnOthers(LaneId lane, IReadOnlyDictionary<string, string> target) =>
        [.. observations.All.Where(report => report.VersionSetsOf(lane).Any(set => set.Instances.Count > 0) && agents.Find(report.Agent) is { } agent && !AgentRegistry.HasLabels(agent, target)).Select(report => report.Agent)];

    private static DoctorLine Line(LaneId lane, string version, List<string> others, IReadOnlyDictionary<string, string> target) => new(
        $"place of {lane.Service} in {lane.Environment}", "warning",
        $"it runs on {string.Join(", ", others)}, which the environment's target ({string.Join(", ", target.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"))}) does not allow: {version} keeps the target that it was promoted with",
        $"Promote another release to {lane.Environment}, which takes the target of now, or drain {string.Join(" and ", others)}: slipway agent drain {others[0]}");
}
