using System.Text.Json.Serialization;
using Slipway.Client.Traffic;

namespace Slipway.Client.Agents;

/// <summary>Constants of the agent protocol: one WebSocket that the agent opens to <see cref="Path"/>, JSON text frames, each one message.</summary>
public static class AgentProtocol
{
    /// <summary>The highest version this build speaks; the server answers with the one in use.</summary>
    public const int Version = 1;
    public const int OldestVersion = 1;
    public const string Path = "/agent/v1/connect";

    /// <summary>An artifact's bytes: GET {ArtifactPath}/{digest} with the agent's token.</summary>
    public const string ArtifactPath = "/agent/v1/artifacts";

    /// <summary>A larger frame closes the connection.</summary>
    public const int MaxFrameBytes = 1024 * 1024;
}

/// <summary>What the agent sends.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(AgentHello), "hello")]
[JsonDerivedType(typeof(AgentReport), "report")]
[JsonDerivedType(typeof(AgentTrafficReport), "traffic")]
[JsonDerivedType(typeof(AgentAnswer), "answer")]
public abstract record FromAgent;

/// <summary>The first message of a connection.</summary>
public sealed record AgentHello : FromAgent
{
    public required int ProtocolVersion { get; init; }
    public required string Agent { get; init; }
    public required string Program { get; init; }
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Changes with every start of the agent process.</summary>
    public required string Incarnation { get; init; }
    public int? RouterPort { get; init; }

    /// <summary>How many jobs it runs at a time; 0: none.</summary>
    public int JobCapacity { get; init; }

    /// <summary>Why it runs no job; null: it does.</summary>
    public string? NoJobsBecause { get; init; }

    /// <summary>What a job has at most of its machine, in a sentence; null: nothing is limited.</summary>
    public string? JobLimits { get; init; }

    /// <summary>What is not limited and why, in a sentence; null: all is, or an agent that knows of none.</summary>
    public string? JobLimitsMissing { get; init; }
}

/// <summary>What is: the whole observed state of this agent. Sent after every change (at most ten times a second) and every five seconds. Replaces the report before it.</summary>
public sealed record AgentReport : FromAgent
{
    public required IReadOnlyList<ObservedVersionSet> VersionSets { get; init; }
    public required IReadOnlyList<ObservedRoute> Routes { get; init; }

    /// <summary>Empty also from a peer that knows none: generated readers give a member that is not there its type's default, not that of its initialiser.</summary>
    public IReadOnlyList<ObservedJob> Jobs { get; init => field = value ?? []; } = [];

    /// <summary>Free bytes where instances and artifacts live.</summary>
    public long? DiskFreeBytes { get; init; }
}

/// <summary>
/// What the router counted, cumulative since its incarnation; see <see cref="RouterCounts"/>. A reading that does not fit into one frame comes in several messages
/// with the same incarnation and sequence, each with some of the version sets or seconds.
/// </summary>
public sealed record AgentTrafficReport : FromAgent
{
    public required RouterCounts Counts { get; init; }

    /// <summary>The rest of this reading comes in the next messages; only the last one completes what was counted up to its time.</summary>
    public bool More { get; init; }
}

/// <summary>Answers a <see cref="ServerQuestion"/>.</summary>
public sealed record AgentAnswer : FromAgent
{
    public required string Question { get; init; }
    public string? Text { get; init; }
    public string? Error { get; init; }
}

/// <summary>What the server sends.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ServerWelcome), "welcome")]
[JsonDerivedType(typeof(ServerWanted), "wanted")]
[JsonDerivedType(typeof(ServerQuestion), "question")]
[JsonDerivedType(typeof(ServerRefusal), "refusal")]
public abstract record FromServer;

public sealed record ServerWelcome : FromServer
{
    public required int ProtocolVersion { get; init; }
    public required string Installation { get; init; }
}

/// <summary>The server will not speak with this agent; the connection closes after it. <see cref="Retry"/>: whether trying again may help.</summary>
public sealed record ServerRefusal : FromServer
{
    public required string Reason { get; init; }
    public required bool Retry { get; init; }
}

/// <summary>
/// What should be on this agent. A snapshot (<see cref="Full"/>) replaces everything and comes first on a connection; later ones
/// carry only what changed. A resource whose token is older than the one the agent holds for it is refused and left as it is.
/// </summary>
public sealed record ServerWanted : FromServer
{
    public required bool Full { get; init; }
    public IReadOnlyList<WantedVersionSet> VersionSets { get; init; } = [];
    public IReadOnlyList<WantedRoute> Routes { get; init; } = [];

    /// <summary>Empty also from a peer that knows none, as in <see cref="AgentReport.Jobs"/>.</summary>
    public IReadOnlyList<WantedJob> Jobs { get; init => field = value ?? []; } = [];
}

/// <summary>Asks for something that is not state, such as the tail of an instance's output.</summary>
public sealed record ServerQuestion : FromServer
{
    public required string Question { get; init; }

    /// <summary><c>logs</c>: the text of an instance's output.</summary>
    public required string About { get; init; }
    public required string Instance { get; init; }

    /// <summary>Bytes from the end; at most half of <see cref="AgentProtocol.MaxFrameBytes"/>.</summary>
    public int TailBytes { get; init; } = 64 * 1024;
}

/// <summary>(installation generation, lane counter): compares lexicographically; the greater one owns the intent.</summary>
public readonly record struct Token(long Generation, long Counter) : IComparable<Token>
{
    public int CompareTo(Token other) => Generation != other.Generation ? Generation.CompareTo(other.Generation) : Counter.CompareTo(other.Counter);
    public static bool operator <(Token left, Token right) => left.CompareTo(right) < 0;
    public static bool operator >(Token left, Token right) => left.CompareTo(right) > 0;
    public static bool operator <=(Token left, Token right) => left.CompareTo(right) <= 0;
    public static bool operator >=(Token left, Token right) => left.CompareTo(right) >= 0;
    public override string ToString() => $"{Generation}.{Counter}";
}

/// <summary>The instances of one revision of a lane that should run on this agent.</summary>
public sealed record WantedVersionSet
{
    /// <summary><c>service/environment/revision</c>, unique in the installation.</summary>
    public required string VersionSet { get; init; }
    public required Token Token { get; init; }
    public required string Service { get; init; }
    public required string Environment { get; init; }
    public required string Version { get; init; }

    /// <summary>How many; 0: drain and stop them all.</summary>
    public required int Count { get; init; }

    /// <summary><c>sha256:…</c> of the packed artifact (tar, optionally gzip).</summary>
    public required string ArtifactDigest { get; init; }
    public required long ArtifactBytes { get; init; }
    public required IReadOnlyList<string> Command { get; init; }
    public required IReadOnlyDictionary<string, string> Env { get; init; }
    public required WantedHealth Health { get; init; }
    public required TimeSpan Drain { get; init; }

    /// <summary>Raised by a person's retry: instances that had given up start afresh.</summary>
    public int Attempt { get; init; }
}

public sealed record WantedHealth
{
    /// <summary>Begins with <c>/</c>. Empty: the instances have no port and are not asked; one is healthy once its process has run for <see cref="HealthyAfter"/> times <see cref="Interval"/>, until it ends.</summary>
    public required string Path { get; init; }
    public required TimeSpan Interval { get; init; }
    public required TimeSpan Timeout { get; init; }
    public required int HealthyAfter { get; init; }
    public required int UnhealthyAfter { get; init; }
    public required TimeSpan Deadline { get; init; }
}

public sealed record ObservedVersionSet
{
    public required string VersionSet { get; init; }

    /// <summary>The newest token this agent has accepted for the version set.</summary>
    public required Token Token { get; init; }

    /// <summary>The count wanted under that token.</summary>
    public required int Wanted { get; init; }

    /// <summary>The attempt that it works under, as in <see cref="WantedVersionSet.Attempt"/>.</summary>
    public int Attempt { get; init; }
    public required IReadOnlyList<ObservedInstance> Instances { get; init; }

    /// <summary>Why the version set as a whole cannot come up (artifact missing or corrupt, disk full, ...); null when it can.</summary>
    public InstanceFailure? Failure { get; init; }
}

[JsonConverter(typeof(CamelCaseEnumConverter<InstanceState>))]
public enum InstanceState
{
    /// <summary>Artifact being fetched or process being started.</summary>
    Starting,

    /// <summary>Runs; not yet healthy.</summary>
    Probing,
    Healthy,

    /// <summary>Was healthy; fails its probes now.</summary>
    Unhealthy,

    /// <summary>No new requests; being stopped.</summary>
    Draining,

    /// <summary>Exited; waits for its next start.</summary>
    BackOff,

    /// <summary>Never became healthy within the deadline, or died over and over before it did; will not be tried again under this attempt.</summary>
    Failed,
}

public sealed record ObservedInstance
{
    /// <summary>Unique on the agent and short: a person types it.</summary>
    public required string Instance { get; init; }
    public required InstanceState State { get; init; }

    /// <summary>Where it listens; null before it has a port.</summary>
    public int? Port { get; init; }
    public int? Pid { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public int Restarts { get; init; }

    /// <summary>How often it ceased to be healthy: its process ended by itself, or its probes failed. Agents of earlier versions do not say it.</summary>
    public int Lapses { get; init; }
    public InstanceFailure? Failure { get; init; }
}

/// <summary>Why something does not run, for people and for programs.</summary>
/// <param name="Code">One of <c>neverListened</c>, <c>exited</c>, <c>unhealthy</c>, <c>wrongPort</c>, <c>portTaken</c>, <c>artifactMissing</c>,
/// <c>artifactCorrupt</c>, <c>artifactRefused</c>, <c>diskFull</c>, <c>commandNotFound</c>, <c>wrongVersion</c>, <c>agentFault</c>.</param>
/// <param name="Reason">One sentence: what was seen.</param>
/// <param name="NextStep">One sentence: what to do.</param>
public sealed record InstanceFailure(string Code, string Reason, string NextStep);

/// <summary>The traffic of one lane on this agent's router.</summary>
public sealed record WantedRoute
{
    /// <summary><c>service/environment</c>.</summary>
    public required string Lane { get; init; }
    public required Token Token { get; init; }

    /// <summary>Rises with each change of weights; counts are kept per generation.</summary>
    public required long Generation { get; init; }

    /// <summary>Host name: <c>service.environment.localhost</c>.</summary>
    public required string Host { get; init; }

    /// <summary>Sum 100, or empty: the lane serves nothing. The agent turns version sets into endpoints by what it runs and finds healthy.</summary>
    public required IReadOnlyList<WantedWeight> Weights { get; init; }

    /// <summary>Version sets that can be reached at their preview address without having user traffic.</summary>
    public IReadOnlyList<string> Previews { get; init; } = [];
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Requests that go where they say, whatever the weights are; the first that matches counts. Empty also from a peer that knows none, as in <see cref="AgentReport.Jobs"/>.</summary>
    public IReadOnlyList<WantedMark> Marks { get; init => field = value ?? []; } = [];

    /// <summary>What gets copies of requests; null: nothing does.</summary>
    public WantedMirror? Mirror { get; init; }

    /// <summary>Sessions keep their version; null: each request is drawn by itself.</summary>
    public RouterSticky? Sticky { get; init; }
}

/// <summary>Requests with this mark go to a version set, which needs no weight; while it has no instance that can be connected to they are drawn by weight like any other.</summary>
public sealed record WantedMark(string VersionSet, string Version, RequestMark Mark);

/// <summary>Copies of requests go to a version set, which needs no weight; its answers are dropped.</summary>
/// <param name="Percent">Of the lane's drawn requests, 1 to 100.</param>
public sealed record WantedMirror(string VersionSet, string Version, int Percent);

/// <param name="VersionSet">As in <see cref="WantedVersionSet"/>.</param>
/// <param name="Arm"><c>stable</c>, <c>canary</c> or <c>baseline</c>.</param>
/// <param name="Weight">Percent, 0 to 100.</param>
public sealed record WantedWeight(string VersionSet, string Version, string Arm, int Weight);

public sealed record ObservedRoute
{
    public required string Lane { get; init; }
    public required Token Token { get; init; }

    /// <summary>Read back from the router: the generation it serves now; null while it has none.</summary>
    public long? Generation { get; init; }

    /// <summary>The lane's own loopback port, and that of its preview when there is one.</summary>
    public int? Port { get; init; }
    public int? PreviewPort { get; init; }
    public string? Failure { get; init; }
}
