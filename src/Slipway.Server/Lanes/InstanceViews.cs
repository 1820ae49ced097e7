using Slipway.Client.Api;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Core.Targets;
using Slipway.Engine.Targets;

namespace Slipway.Server.Lanes;

/// <summary>Instances as the agents report them.</summary>
internal sealed class InstanceViews(TargetObservations observations, AgentRegistry agents)
{
    /// <summary>The instances of some revisions of a lane, with those of the workers beside them.</summary>
    public IReadOnlyList<InstanceView> Of(LaneId lane, IReadOnlyList<VersionSetSpec> revisions, Func<VersionSetSpec, string> armOf)
    {
        var known = revisions.DistinctBy(revision => revision.Id).SelectMany(revision => revision.Workers.Prepend(revision).Select(spec => (Spec: spec, Arm: armOf(revision)))).ToDictionary(part => part.Spec.Id, StringComparer.Ordinal);
        return [.. from report in observations.All
            orderby report.Agent
            from set in report.VersionSets
            where known.ContainsKey(set.VersionSet)
            let part = known[set.VersionSet]
            from instance in set.Instances
            orderby part.Spec.Version, part.Spec.Run.IsWorker, part.Spec.Run.Process, instance.Id
            select View(lane, part.Spec, part.Arm, report.Agent, instance)];
    }

    /// <summary>All instances of a lane.</summary>
    public IReadOnlyList<InstanceView> Of(LaneState lane, VersionSetSpec? moving)
    {
        var known = new List<VersionSetSpec>();
        Add(lane.Stable?.Spec);
        Add(lane.Warm?.Spec);
        Add(moving);
        Add(lane.Stable?.Spec.AsBaseline);
        foreach (var old in lane.Left.Concat(lane.History))
        {
            Add(old.Spec);
        }

        return Of(lane.Lane, known, spec =>
            spec.Id == lane.Stable?.Spec.Id ? "stable" : spec.Id == moving?.Id ? "canary" : spec.Id == lane.Stable?.Spec.AsBaseline.Id ? "baseline" : "warm");

        void Add(VersionSetSpec? spec)
        {
            if (spec is not null && known.TrueForAll(k => k.Id != spec.Id))
            {
                known.Add(spec);
            }
        }
    }

    private InstanceView View(LaneId lane, VersionSetSpec spec, string arm, string agent, InstanceObserved i) => new()
    {
        Id = i.Id,
        Service = lane.Service,
        Environment = lane.Environment,
        Version = spec.Version,
        VersionSet = spec.Id,
        Arm = arm,
        Agent = agent,
        State = agents.Find(agent)?.Connected == true ? JsonWords.Of(i.Condition) : "unknown",
        Process = spec.Run.Process,
        Worker = spec.Run.IsWorker,
        Port = i.Port,
        Pid = i.Pid,
        StartedAt = i.StartedAt,
        Restarts = i.Restarts,
        Reason = i.Failure?.Reason,
        NextStep = i.Failure?.NextStep,
    };
}
