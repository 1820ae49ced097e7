using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;
using Slipway.Core.Rollouts;
using Slipway.Core.Traffic;
using Slipway.Engine.Access;
using Slipway.Engine.Ports;
using Slipway.Engine.Releases;
using Slipway.Engine.Targets;

namespace Slipway.Engine.Rollouts;

/// <summary>What an agent is told of a command of a rollout, and which agents can carry it out.</summary>
public sealed class CommandPlans(IStore store, TargetObservations observations)
{
    private readonly CommandFlow commands = new();
    private readonly SourceFlow sources = new();

    /// <summary>The plan for this agent, and the event that tells the command who has it; null: the command does not wait any more.</summary>
    public async Task<(JobPlan Plan, string Assigned)?> PlanAsync(QueuedJob job, string agent, CancellationToken cancel)
    {
        if (await FindAsync(job.Run, cancel) is not { Phase: CommandPhase.Queued, Spec: var spec })
        {
            return null;
        }

        var (commit, path) = spec.Purpose == CommandPurpose.Metric ? ("", null) : await CheckoutAsync(spec, cancel);
        var plan = new JobPlan
        {
            Run = job.Run,
            Job = job.Job,
            Attempt = job.Attempt,
            Service = spec.Lane.Service,
            Commit = commit,
            Branch = "",
            Path = path,
            Network = !spec.IsOffline,
            Timeout = spec.Timeout,
            Env = EnvOf(spec, agent),
            Steps = [new StepDefinition { Name = job.Job, Run = spec.Run }],
            Inputs = commit.Length == 0 && spec.Purpose != CommandPurpose.Metric ? [spec.ArtifactDigest] : [],
            Outputs = [],
        };
        return (plan, commands.WriteEvent(new CommandAssigned(agent)));
    }

    /// <summary>Null: there is no such command.</summary>
    public async Task<CommandState?> FindAsync(string command, CancellationToken cancel) =>
        await store.ReadProcessAsync(CommandFlow.ProcessOf(command), cancel) is { } process ? commands.ReadState(process.State, process.StateVersion) : null;

    /// <summary>Whether an agent has instances of a version set, and a router that reaches them from its loopback address.</summary>
    public bool Reaches(string agent, string versionSet) =>
        IsNear(agent, versionSet) && RouteOf(agent, LaneOf(versionSet)) is not null;

    /// <summary>Whether an agent has instances of a version set.</summary>
    public bool IsNear(string agent, string versionSet) => observations.Find(agent)?.VersionSets.Any(set => set.VersionSet == versionSet && set.Instances.Count > 0) == true;

    /// <summary>Where there is nothing to check out, the commit is empty: the command then runs in the unpacked artifact.</summary>
    private async Task<(string Commit, string? Path)> CheckoutAsync(CommandSpec spec, CancellationToken cancel)
    {
        var release = (await store.ReadDocumentAsync(ReleaseDocuments.Collection, ReleaseDocuments.KeyOf(spec.Lane.Service, spec.Version), cancel))?.As(ReleaseJson.Default.Release);
        return release?.Commit is { } commit
            && await store.ReadProcessAsync(SourceFlow.ProcessOf(spec.Lane.Service), cancel) is { } process
            && sources.ReadState(process.State, process.StateVersion) is { Removed: false } source
            ? (commit, source.Spec.Path)
            : ("", null);
    }

    private Dictionary<string, string> EnvOf(CommandSpec spec, string agent)
    {
        var env = new Dictionary<string, string>(spec.Env)
        {
            ["SLIPWAY_VERSION"] = spec.Version,
            ["SLIPWAY_ENVIRONMENT"] = spec.Lane.Environment,
        };
        if (!spec.IsWorker && spec.Purpose != CommandPurpose.Metric && RouteOf(agent, spec.Lane) is { } route)
        {
            env["SLIPWAY_URL"] = $"http://127.0.0.1:{route.PreviewPort ?? route.Port}";
        }

        return env;
    }

    private TrafficObserved? RouteOf(string agent, LaneId lane) => observations.Find(agent)?.RoutesOf(lane).FirstOrDefault(route => route.PreviewPort is not null || route.Port is not null);

    private static LaneId LaneOf(string versionSet) => LaneId.Parse(versionSet[..versionSet.LastIndexOf('/')]);
}
