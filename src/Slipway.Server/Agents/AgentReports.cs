using Slipway.Client.Agents;
using Slipway.Client.Traffic;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;
using Slipway.Core.Targets;
using Slipway.Core.Traffic;

namespace Slipway.Server.Agents;

/// <summary>Agents' reports in the engine's terms.</summary>
internal static class AgentReports
{
    public static IReadOnlyList<VersionSetObserved> VersionSets(string agent, AgentReport report) => [.. report.VersionSets.Select(set => new VersionSetObserved
    {
        VersionSet = set.VersionSet,
        Agent = agent,
        Token = new FencingToken(set.Token.Generation, set.Token.Counter),
        Wanted = set.Wanted,
        Attempt = set.Attempt,
        Instances = [.. set.Instances.Select(Instance)],
        Failure = Failure(set.Failure),
    })];

    /// <exception cref="FormatException">A lane is not <c>service/environment</c>.</exception>
    public static IReadOnlyList<TrafficObserved> Routes(string agent, AgentReport report) => [.. report.Routes.Select(route => new TrafficObserved
    {
        Lane = LaneId.Parse(route.Lane), Agent = agent, Generation = route.Generation, Port = route.Port, PreviewPort = route.PreviewPort, Failure = route.Failure,
    })];

    /// <exception cref="FormatException">A lane, an arm, a unit or a pair of halves is not one.</exception>
    public static IReadOnlyList<TrafficReading> Readings(string agent, RouterCounts counts) => [.. counts.Sets.Select(set => new TrafficReading
    {
        Lane = LaneId.Parse(set.Lane),
        Agent = agent,
        Incarnation = counts.Incarnation,
        Generation = set.Generation,
        VersionSet = set.VersionSet,
        Version = set.Version,
        Arm = ArmOf(set.Arm),
        Weight = set.Weight,
        Unit = UnitOf(set.Unit),
        Seconds = [.. set.Seconds.Select(s => new TrafficSecond(
            s.Second, s.Outcomes.Started, s.Outcomes.Finished, s.Outcomes.Errors5xx, s.Outcomes.ConnectFailures, s.Outcomes.TimedOut, s.Outcomes.ClientGone + s.Outcomes.NotServing, s.Latency, s.InFlightOver, HalvesOf(s.Halves)))],
    })];

    public static IReadOnlyList<(string Run, JobReport Report)> Jobs(string agent, AgentReport report) => [.. report.Jobs.Select(job => (job.Run, new JobReport(
        job.Job, job.Attempt, agent, job.Outcome is { } outcome ? Enum.Parse<JobOutcome>(outcome.ToString()) : null, job.Reason, job.StartedAt,
        [.. job.Steps.Select(s => new StepState(s.Name, Enum.Parse<StepPhase>(s.State.ToString()), s.StartedAt, s.EndedAt, s.ExitCode, s.Tries, s.Note))], job.Outputs, job.Values)
        { Caches = [.. job.Caches.Take(Limits.JobCaches).Select(Cache)] }))];

    private static CacheState Cache(ObservedCache cache) => new()
    {
        Name = cache.Name, Hit = cache.Hit, From = cache.From, Bytes = cache.Bytes, Seconds = cache.Seconds, Why = cache.Why, Saved = cache.Saved, WhyNotSaved = cache.WhyNotSaved,
    };

    private static InstanceObserved Instance(ObservedInstance instance) => new()
    {
        Id = instance.Instance,
        Condition = instance.State switch
        {
            InstanceState.Starting => InstanceCondition.Starting,
            InstanceState.Probing => InstanceCondition.Probing,
            InstanceState.Healthy => InstanceCondition.Healthy,
            InstanceState.Unhealthy => InstanceCondition.Unhealthy,
            InstanceState.Draining => InstanceCondition.Draining,
            InstanceState.BackOff => InstanceCondition.BackOff,
            InstanceState.Failed => InstanceCondition.Failed,
            _ => throw new FormatException($"'{instance.State}' is no state of an instance."),
        },
        Port = instance.Port,
        Pid = instance.Pid,
        StartedAt = instance.StartedAt,
        Restarts = instance.Restarts,
        Lapses = instance.Lapses,
        Failure = Failure(instance.Failure),
    };

    private static TargetFailure? Failure(InstanceFailure? failure) => failure is null ? null : new TargetFailure(failure.Code, failure.Reason, failure.NextStep);

    private static Arm ArmOf(string arm) => arm switch
    {
        "stable" => Arm.Stable,
        "canary" => Arm.Canary,
        "baseline" => Arm.Baseline,
        "routed" => Arm.Routed,
        "mirrored" => Arm.Mirrored,
        _ => throw new FormatException($"'{arm}' is no arm."),
    };

    private static TrafficHalves? HalvesOf(IReadOnlyList<long>? halves) => halves switch
    {
        null => null,
        [var firstUnits, >= 0 and var firstBad, var secondUnits, >= 0 and var secondBad] when firstBad <= firstUnits && secondBad <= secondUnits => new(firstUnits, firstBad, secondUnits, secondBad),
        _ => throw new FormatException($"[{string.Join(", ", halves)}] does not count the two halves of a version set."),
    };

    private static TrafficUnit UnitOf(string? unit) => unit switch
    {
        null => TrafficUnit.Request,
        VersionSetCounts.Sessions => TrafficUnit.Session,
        _ => throw new FormatException($"'{unit}' is nothing that is counted."),
    };
}
