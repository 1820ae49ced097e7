namespace Slipway.Client.Http;

/// <summary>How a <see cref="SlipwayClient"/> reaches its server.</summary>
public sealed record SlipwayClientOptions
{
    /// <summary>Scheme, host and port; a path is kept as a prefix.</summary>
    public required Uri Server { get; init; }

    /// <summary>Sent as a bearer token; null: none is sent.</summary>
    public string? Token { get; init; }

    /// <summary>How long one answer may take. Uploads and event streams have no such bound.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The waits before the second, third, ... try after a connection that failed or broke. A change carries the same idempotency key in every try.</summary>
    public IReadOnlyList<TimeSpan> RetryAfter { get; init; } = [TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(400)];

    /// <summary>An event stream silent for longer than this is taken for dead and opened again; the server speaks at least every 15 s.</summary>
    public TimeSpan EventSilence { get; init; } = TimeSpan.FromSeconds(45);

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
