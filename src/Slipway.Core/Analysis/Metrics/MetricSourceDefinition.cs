namespace Slipway.Core.Analysis.Metrics;

public enum MetricSourceKind
{
    /// <summary>The HTTP API of Prometheus, or of what speaks it; asked in PromQL.</summary>
    Prometheus,

    /// <summary>A GET that is answered with JSON.</summary>
    Http,
}

/// <summary>Where numbers are asked for, as <c>platform.yaml</c> declares it.</summary>
public sealed record MetricSourceDefinition
{
    /// <summary>Lower-case letters, digits, single hyphens inside.</summary>
    public required string Name { get; init; }
    public required MetricSourceKind Kind { get; init; }

    /// <summary>An http or https address; its host and port are the only ones that are connected to for this source. That of <see cref="MetricSourceKind.Http"/> may hold placeholders behind the host.</summary>
    public required string Url { get; init; }

    /// <summary>Of one try, from the connection to the last byte.</summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>How often it is asked again after a failure that may pass.</summary>
    public int Retries { get; init; } = DefaultRetries;

    /// <summary>Sent with every request. No secrets.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);
    public const int DefaultRetries = 2;
}
