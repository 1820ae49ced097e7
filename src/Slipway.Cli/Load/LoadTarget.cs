using System.Net;

namespace Slipway.Cli.Load;

/// <summary>Where load goes and how much of it.</summary>
internal sealed record LoadTarget
{
    public required Uri Url { get; init; }

    /// <summary>Where they are sent to whatever the URL's host means; null: there.</summary>
    public DnsEndPoint? Router { get; init; }

    /// <summary>Requests that begin each second, whether or not the ones before are answered.</summary>
    public required int RequestsPerSecond { get; init; }

    /// <summary>How long a request may take before it counts as one without an answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Requests under way at once; past it requests are left out, and counted as such.</summary>
    public int MostUnderWay { get; init; } = 2000;
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
