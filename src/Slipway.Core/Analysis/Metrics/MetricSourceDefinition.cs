namespace Slipway.Core.Analysis.Metrics;

public enum MetricSourceKind
{
    /// <summary>The HTTP API of Prometheus, or of what speaks it; asked in PromQL.</summary>
    Prometheus,

    /// <summary>A GET that is answered with JSON.</summary>
    Http,

    /// <summary>A command that an agent runs as a job, and that prints a number or JSON.</summary>
    Exec,
}

/// <summary>Where numbers are asked for, as <c>platform.yaml</c> declares it.</summary>
public sealed record MetricSourceDefinition
{
    /// <summary>Lower-case letters, digits, single hyphens inside.</summary>
    public required string Name { get; init; }
    public required MetricSourceKind Kind { get; init; }

    /// <summary>An http or https address; its host and port are the only ones that are connected to for this source. That of <see cref="MetricSourceKind.Http"/> may hold placeholders behind the host. Empty: a command.</summary>
    public required string Url { get; init; }

    /// <summary>What is run for <see cref="MetricSourceKind.Exec"/>.</summary>
    public MetricCommand? Command { get; init; }

    /// <summary>Of one try, from the connection to the last byte; of a command, from its step's beginning to its end.</summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>How often it is asked again after a failure that may pass.</summary>
    public int Retries { get; init; } = DefaultRetries;

    /// <summary>Sent with every request. No secrets.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);
    public const int DefaultRetries = 2;
}

/// <summary>A command that prints a number or JSON.</summary>
/// <param name="Run">A script, run by <c>bash -euo pipefail</c>. The check's query and its placeholders are in its environment.</param>
/// <param name="Interval">The same question is not asked again before this is over.</param>
/// <param name="Network">Whether it reaches the network.</param>
/// <param name="Labels">That its agent must have.</param>
public sealed record MetricCommand(string Run, TimeSpan Interval, bool Network, IReadOnlyDictionary<string, string> Labels);
