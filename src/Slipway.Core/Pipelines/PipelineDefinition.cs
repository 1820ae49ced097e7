using Slipway.Core.Expressions;

namespace Slipway.Core.Pipelines;

/// <summary>How a release is made from a commit: jobs, some of which need others.</summary>
public sealed record PipelineDefinition
{
    /// <summary>At least one, in the order in which they are written; a matrix is one job here, see <see cref="JobExpansion"/>.</summary>
    public required IReadOnlyList<JobDefinition> Jobs { get; init; }

    /// <summary>What becomes of a run that waits while a newer one comes.</summary>
    public RunConcurrency Concurrency { get; init; } = RunConcurrency.NewestWins;
}

/// <summary>What happens when commits come faster than runs end.</summary>
public enum RunConcurrency
{
    /// <summary>The run of a newer commit takes the place of those that have not begun.</summary>
    NewestWins,

    /// <summary>Each has its turn.</summary>
    Queue,
}

/// <summary>Steps that run one after the other in one clean checkout of the commit.</summary>
public sealed record JobDefinition
{
    /// <summary>Lower-case letters, digits, single hyphens inside.</summary>
    public required string Name { get; init; }

    /// <summary>Jobs that must have ended well before; their outputs are put where they were.</summary>
    public IReadOnlyList<string> Needs { get; init; } = [];

    /// <summary>Whether it runs at all; null: when all that it needs has ended well.</summary>
    public Condition<JobFields>? If { get; init; }

    /// <summary>Labels that its agent must have.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether its steps reach the network.</summary>
    public bool Network { get; init; } = true;

    /// <summary>Of an attempt, from the first step's start.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often it is tried again after a failure.</summary>
    public int Retry { get; init; }

    /// <summary>Whether it may be run again when nobody knows how an attempt of it ended.</summary>
    public bool RetrySafe { get; init; }

    /// <summary>Its failure does not fail the run.</summary>
    public bool ContinueOnError { get; init; }
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>Variables whose values other jobs give: by name, the job and its value's name.</summary>
    public IReadOnlyDictionary<string, ValueFrom> EnvFrom { get; init; } = new Dictionary<string, ValueFrom>();

    /// <summary>Axes by name, each with its values; null: one job.</summary>
    public MatrixDefinition? Matrix { get; init; }
    public IReadOnlyList<CacheDefinition> Caches { get; init; } = [];

    /// <summary>Null: what its agent gives every job.</summary>
    public JobResources? Resources { get; init; }

    /// <summary>At least one.</summary>
    public required IReadOnlyList<StepDefinition> Steps { get; init; }

    /// <summary>Paths in the checkout that jobs which need this one get, and that an artifact can be packed from.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];
}

/// <summary>How much of its machine a job may have, all its steps and what they start together; null: what its agent gives every job.</summary>
/// <param name="Cpu">Processors' worth of time.</param>
/// <param name="Memory">Bytes.</param>
/// <param name="Processes">At a time, threads counted.</param>
public sealed record JobResources(double? Cpu, long? Memory, int? Processes);

/// <param name="Job">One of the jobs that are needed.</param>
/// <param name="Value">The name under which one of its steps wrote it.</param>
public sealed record ValueFrom(string Job, string Value);

/// <summary>One command line of a job, run by <c>bash -euo pipefail</c>.</summary>
public sealed record StepDefinition
{
    /// <summary>Unique in its job.</summary>
    public required string Name { get; init; }
    public required string Run { get; init; }

    /// <summary>Below the checkout; null: the checkout itself.</summary>
    public string? Directory { get; init; }
    public TimeSpan? Timeout { get; init; }
    public int Retry { get; init; }

    /// <summary>Its failure does not fail the job.</summary>
    public bool ContinueOnError { get; init; }

    /// <summary>It runs although a step before it failed.</summary>
    public bool Always { get; init; }
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();
    public ReportDefinition? Report { get; init; }
}

/// <summary>Where a step leaves its reports; globs below the checkout.</summary>
public sealed record ReportDefinition
{
    public string? Junit { get; init; }
    public string? Trx { get; init; }
    public string? Cobertura { get; init; }
}

/// <summary>A job that runs once for every combination of its axes.</summary>
public sealed record MatrixDefinition
{
    /// <summary>In the order written.</summary>
    public required IReadOnlyList<MatrixAxis> Axes { get; init; }

    /// <summary>Combinations more.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> Include { get; init; } = [];

    /// <summary>Combinations less: every one that has all of these values.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> Exclude { get; init; } = [];
}

public sealed record MatrixAxis(string Name, IReadOnlyList<string> Values);

/// <summary>What a run packs.</summary>
/// <param name="From">The job whose output it is.</param>
/// <param name="Path">One of that job's outputs, or a path below one.</param>
public sealed record ArtifactDefinition(string From, string Path);
