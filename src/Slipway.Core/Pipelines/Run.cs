using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines.Templates;

namespace Slipway.Core.Pipelines;

/// <summary>Where a run stands.</summary>
public enum RunPhase
{
    /// <summary>No job of it has begun.</summary>
    Queued,
    Running,

    /// <summary>All jobs have ended well; the release is being made.</summary>
    Releasing,
    Succeeded,
    Failed,
    Cancelled,
}

/// <summary>Where a job of a run stands.</summary>
public enum JobPhase
{
    /// <summary>Jobs that it needs have not ended.</summary>
    Waiting,

    /// <summary>It may run; no agent has it.</summary>
    Queued,

    /// <summary>An agent has it.</summary>
    Running,
    Succeeded,
    Failed,
    Skipped,
    Cancelled,
}

/// <summary>What kind of end an attempt came to.</summary>
public enum JobOutcome
{
    Succeeded,

    /// <summary>A step failed that left a report with failed tests.</summary>
    TestsFailed,

    /// <summary>A step failed.</summary>
    BuildFailed,

    /// <summary>The job or a step took longer than it may.</summary>
    TimedOut,

    /// <summary>The agent could not do its part: no checkout, no sandbox, no space.</summary>
    InfrastructureFailed,

    /// <summary>The agent is away and does not come back; nobody knows how it ended.</summary>
    AgentLost,

    /// <summary>The agent is there and cannot tell how it ended, for example because its machine went down meanwhile.</summary>
    Unknown,
}

public enum RunTrigger { Push, Manual }

/// <summary>What a run was asked to do; it never changes.</summary>
public sealed record RunInputs
{
    public required string Service { get; init; }

    /// <summary>Lower-case hex, whole.</summary>
    public required string Commit { get; init; }

    /// <summary>The branch that the service follows.</summary>
    public required string Branch { get; init; }

    /// <summary>The branch that the commit was taken from; empty: a tag, or a commit by itself.</summary>
    [JsonIgnore]
    public string OwnBranch => Repository is null ? Branch : Ref is { } whole && CacheScope.BranchOf(whole) is { } branch ? branch : "";

    /// <summary>Where the commit was taken from; null: that is not known.</summary>
    public string? Repository { get; init; }

    /// <summary>As what it was taken from there, whole: <c>refs/heads/main</c>; null: as a bare commit, which any branch or none may have, or that is not known.</summary>
    public string? Ref { get; init; }

    /// <summary>The service's folder in the repository; null: the whole.</summary>
    public string? Path { get; init; }

    /// <summary>The version tag that the commit has; null: none.</summary>
    public string? Tag { get; init; }

    /// <summary>Of the release that it will make.</summary>
    public required string Version { get; init; }

    /// <summary>The first line of the commit's message.</summary>
    public required string Subject { get; init; }

    /// <summary>Who wrote the commit, by the name that it gives; null: that is not known.</summary>
    public string? Author { get; init; }
    public required PipelineDefinition Pipeline { get; init; }

    /// <summary>What is packed when all jobs have ended well; null: nothing is released.</summary>
    public ArtifactDefinition? Artifact { get; init; }
    public required RunTrigger Trigger { get; init; }

    /// <summary>Which templates the pipeline came from, in the versions that were taken; empty: it was written out.</summary>
    public IReadOnlyList<TemplateUse> Templates { get; init; } = [];
}

/// <summary>A pipeline's passage over one commit.</summary>
public sealed record RunState
{
    public required RunInputs Inputs { get; init; }
    public required Actor RequestedBy { get; init; }
    public required DateTimeOffset RequestedAt { get; init; }
    public string? Why { get; init; }
    public required RunPhase Phase { get; init; }

    /// <summary>In words: what it waits for, or how it ended.</summary>
    public required string Reason { get; init; }

    /// <summary>In the order written, each job of a matrix by itself.</summary>
    public required IReadOnlyList<JobState> Jobs { get; init; }

    /// <summary>The version of the release that it made.</summary>
    public string? Release { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When somebody looks next after the jobs that run; null: none does.</summary>
    public DateTimeOffset? LookAt { get; init; }

    public bool HasEnded => Phase >= RunPhase.Succeeded;
}

/// <summary>A job of a run: its last attempt.</summary>
public sealed record JobState
{
    /// <summary>Unique in the run; see <see cref="ExpandedJob.Name"/>.</summary>
    public required string Name { get; init; }

    /// <summary>The name of its definition.</summary>
    public required string Job { get; init; }
    public required IReadOnlyDictionary<string, string> Matrix { get; init; }
    public JobPhase Phase { get; init; } = JobPhase.Waiting;

    /// <summary>Counts from 1; 0: never queued. An attempt's number is used once, also over re-runs.</summary>
    public int Attempt { get; init; }

    /// <summary>Failures of its own since it was last asked for, and ends that were nobody's fault.</summary>
    public int Failures { get; init; }
    public int Mishaps { get; init; }
    public string? Agent { get; init; }
    public JobOutcome? Outcome { get; init; }
    public string? Reason { get; init; }
    public DateTimeOffset? QueuedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Time since its start in which nobody looked, because the server was away or its clock was set on. It is not held against the job.</summary>
    public TimeSpan Unseen { get; init; }
    public IReadOnlyList<StepState> Steps { get; init; } = [];
    public IReadOnlyList<CacheState> Caches { get; init => field = value ?? []; } = [];

    /// <summary>The digest of its packed outputs; null: it has none.</summary>
    public string? Outputs { get; init; }
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();

    [JsonIgnore]
    public bool HasEnded => Phase >= JobPhase.Succeeded;

    /// <summary>Its steps; once it has ended none of them goes on or is to come, whatever was last heard of them.</summary>
    [JsonIgnore]
    public IReadOnlyList<StepState> StepsNow => EndedAt is not { } end ? Steps :
    [
        .. Steps.Select(step => step.Phase switch
        {
            StepPhase.Running when Phase == JobPhase.Cancelled => step with { Phase = StepPhase.Cancelled, EndedAt = end },
            StepPhase.Running => step with { Phase = StepPhase.Failed, EndedAt = end, Note = "how it ended is not known" },
            StepPhase.Waiting => step with { Phase = StepPhase.Skipped },
            _ => step,
        }),
    ];
}

/// <summary>How a step of an attempt went.</summary>
/// <param name="ExitCode">Null: it has not ended, or was ended.</param>
public sealed record StepState(string Name, StepPhase Phase, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, int? ExitCode, int Tries, string? Note);

public enum StepPhase { Waiting, Running, Succeeded, Failed, Skipped, Cancelled }

/// <summary>An attempt of a job, as an agent reports it.</summary>
/// <param name="Outcome">Null: it goes on.</param>
public sealed record JobReport(
    string Job, int Attempt, string Agent, JobOutcome? Outcome, string? Reason, DateTimeOffset StartedAt, IReadOnlyList<StepState> Steps, string? Outputs, IReadOnlyDictionary<string, string> Values)
{
    public IReadOnlyList<CacheState> Caches { get; init => field = value ?? []; } = [];
}

[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(RunRequested), "requested")]
[JsonDerivedType(typeof(RunAdmitted), "admitted")]
[JsonDerivedType(typeof(JobAssigned), "jobAssigned")]
[JsonDerivedType(typeof(JobReported), "jobReported")]
[JsonDerivedType(typeof(RunCancelled), "cancelled")]
[JsonDerivedType(typeof(RerunAsked), "rerunAsked")]
[JsonDerivedType(typeof(ReleaseMade), "releaseMade")]
[JsonDerivedType(typeof(ReleaseRefused), "releaseRefused")]
[JsonDerivedType(typeof(RunTimeCame), "timeCame")]
public abstract record RunEvent;

public sealed record RunRequested(RunInputs Inputs, Actor By, string? Why) : RunEvent;

/// <summary>Its turn among the service's runs has come.</summary>
public sealed record RunAdmitted : RunEvent;

public sealed record JobAssigned(string Job, int Attempt, string Agent) : RunEvent;

public sealed record JobReported(JobReport Report) : RunEvent;

/// <param name="By">Who; Slipway itself when a newer run takes its place.</param>
public sealed record RunCancelled(Actor By, string? Why) : RunEvent;

/// <summary>Runs an ended run's jobs again on the same commit.</summary>
/// <param name="FailedOnly">Those that did not end well, and what needs them.</param>
public sealed record RerunAsked(Actor By, bool FailedOnly) : RunEvent;

public sealed record ReleaseMade(string Version) : RunEvent;

public sealed record ReleaseRefused(string Why) : RunEvent;

public sealed record RunTimeCame : RunEvent;

/// <summary>Puts an attempt of a job where agents with room take it from. Answered by <see cref="JobAssigned"/>.</summary>
public sealed record QueueJob(string Run, string Service, string Job, int Attempt, IReadOnlyDictionary<string, string> Labels) : ReconcileEffect;

/// <summary>Takes an attempt out of the queue, or from the agent that has it, which ends what runs of it.</summary>
/// <param name="LogEnd">What its log ends with; null: the agent has written its end.</param>
public sealed record WithdrawJob(string Run, string Job, int Attempt, string? Agent, string? LogEnd = null) : ReconcileEffect;

/// <summary>Asks whether the agent that has an attempt is there. Answered by <see cref="JobReported"/> with <see cref="JobOutcome.AgentLost"/> when it has been away for too long.</summary>
public sealed record LookForAgent(string Run, string Job, int Attempt, string Agent) : ReconcileEffect;

/// <summary>Makes the release of a run from a job's outputs. Answered by <see cref="ReleaseMade"/> or <see cref="ReleaseRefused"/>; the same commit with the same content makes it once.</summary>
public sealed record MakeRelease(string Run, RunInputs Inputs, string Outputs, Actor By) : ReconcileEffect;
