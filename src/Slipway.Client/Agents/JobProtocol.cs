using System.Text.Json.Serialization;

namespace Slipway.Client.Agents;

/// <summary>What agents ask of the server for jobs; each with the agent's token, and only for jobs that are wanted of it.</summary>
public static class JobPaths
{
    /// <summary>A service's repository, for <c>git fetch</c>: {SourcePath}/{service}.git.</summary>
    public const string SourcePath = "/agent/v1/source";

    /// <summary>
    /// Outputs and caches: PUT {BlobPath}/{digest} keeps what is sent if its digest is right, 200 also when it was there; GET {BlobPath}/{digest} gives it. The digest is <c>sha256:…</c> of the bytes.
    /// </summary>
    public const string BlobPath = "/agent/v1/blobs";

    /// <summary>
    /// A log: POST {LogPath}/{run}/{job}/{attempt}?offset=N appends the body at that byte. The answer is a <see cref="LogEnd"/>: 200 with where it ends now; 409 with where it ends when it is not at N.
    /// </summary>
    public const string LogPath = "/agent/v1/logs";
}

/// <param name="Length">Bytes that the server has.</param>
/// <param name="Full">It takes no more: the log has reached its limit.</param>
public sealed record LogEnd(long Length, bool Full);

/// <summary>An attempt of a job that should run on this agent. Not wanted any more: what runs of it is ended, and nothing is told of it further.</summary>
public sealed record WantedJob
{
    public required string Run { get; init; }

    /// <summary>Unique in the run.</summary>
    public required string Job { get; init; }
    public required int Attempt { get; init; }

    /// <summary>(installation generation, attempt).</summary>
    public required Token Token { get; init; }
    public required string Service { get; init; }

    /// <summary>Lower-case hex, whole; fetched from <see cref="JobPaths.SourcePath"/>.</summary>
    public required string Commit { get; init; }
    public required string Branch { get; init; }

    /// <summary>The service's folder in the checkout, where steps begin; null: the checkout.</summary>
    public string? Path { get; init; }

    /// <summary>Whether its steps reach the network.</summary>
    public required bool Network { get; init; }

    /// <summary>From the first step's start.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Null: what the agent gives every job; so too from a server that knows of none.</summary>
    public WantedResources? Resources { get; init; }

    /// <summary>All variables of the job, values of other jobs and of the matrix among them.</summary>
    public required IReadOnlyDictionary<string, string> Env { get; init; }
    public required IReadOnlyList<WantedStep> Steps { get; init; }

    /// <summary>Digests of the packed outputs of the jobs that it needs, unpacked over the checkout in this order.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>Paths below <see cref="Path"/> that are packed when all steps have ended well.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>Folders that are kept from run to run; empty also from a server that knows of none.</summary>
    public IReadOnlyList<WantedCache> Caches { get; init => field = value ?? []; } = [];

    /// <summary>Names of tests whose failures do not fail a step, as it was when the attempt was given out.</summary>
    public IReadOnlyList<string> Quarantined { get; init => field = value ?? []; } = [];
}

/// <summary>How much of the machine all steps of a job and what they start may have together; null: what the agent gives every job.</summary>
/// <param name="Cpu">Processors' worth of time.</param>
/// <param name="Memory">Bytes.</param>
/// <param name="Processes">At a time, threads counted.</param>
public sealed record WantedResources(double? Cpu, long? Memory, int? Processes);

public sealed record WantedStep
{
    /// <summary>Unique in the job.</summary>
    public required string Name { get; init; }

    /// <summary>For <c>bash -euo pipefail</c>.</summary>
    public required string Run { get; init; }

    /// <summary>Below <see cref="WantedJob.Path"/>; null: there.</summary>
    public string? Directory { get; init; }
    public TimeSpan? Timeout { get; init; }
    public int Retry { get; init; }
    public bool ContinueOnError { get; init; }
    public bool Always { get; init; }
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>Globs of JUnit and TRX reports below <see cref="WantedJob.Path"/>.</summary>
    public IReadOnlyList<string> Reports { get; init; } = [];

    /// <summary>Globs of Cobertura reports, likewise.</summary>
    public IReadOnlyList<string> Coverage { get; init; } = [];
}

[JsonConverter(typeof(CamelCaseEnumConverter<ObservedOutcome>))]
public enum ObservedOutcome
{
    Succeeded,

    /// <summary>A step failed and its reports name failed tests.</summary>
    TestsFailed,
    BuildFailed,
    TimedOut,

    /// <summary>The agent could not do its part: no checkout, no sandbox, no space.</summary>
    InfrastructureFailed,

    /// <summary>It ran when the agent or its machine ended; how far it came is not known.</summary>
    Unknown,
}

[JsonConverter(typeof(CamelCaseEnumConverter<ObservedStepState>))]
public enum ObservedStepState { Waiting, Running, Succeeded, Failed, Skipped }

/// <summary>An attempt as the agent sees it; told until it is not wanted any more.</summary>
public sealed record ObservedJob
{
    public required string Run { get; init; }
    public required string Job { get; init; }
    public required int Attempt { get; init; }
    public required Token Token { get; init; }
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Null: it goes on. Told only once its log, its tests and its outputs are with the server.</summary>
    public ObservedOutcome? Outcome { get; init; }

    /// <summary>One sentence; null where the outcome says it all.</summary>
    public string? Reason { get; init; }

    /// <summary>As wanted; empty before the first begins.</summary>
    public IReadOnlyList<ObservedStep> Steps { get; init; } = [];

    /// <summary>As wanted; empty before they are looked for, and from an agent that knows of none.</summary>
    public IReadOnlyList<ObservedCache> Caches { get; init => field = value ?? []; } = [];

    /// <summary>Digest of its packed outputs; null: it has none.</summary>
    public string? Outputs { get; init; }

    /// <summary>What its steps wrote as <c>name=value</c> lines to the file <c>$SLIPWAY_VALUES</c>.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();
}

/// <param name="ExitCode">Of its last try; null: it has not ended, or was ended.</param>
/// <param name="Tries">How often it was begun.</param>
/// <param name="Note">What a person should know besides: a limit that is not held here, a cut.</param>
public sealed record ObservedStep(string Name, ObservedStepState State, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, int? ExitCode, int Tries, string? Note);
