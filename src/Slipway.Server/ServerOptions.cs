using System.Net;
using Microsoft.Extensions.Logging;

namespace Slipway.Server;

/// <summary>How one server is started.</summary>
public sealed record ServerOptions
{
    /// <summary>Where store, artifacts and the admin token live; made if it is not there.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The API's port; 0: the system picks one.</summary>
    public int Port { get; init; } = 7300;

    public IPAddress Bind { get; init; } = IPAddress.Loopback;

    /// <summary>Host names besides the loopback ones under which requests are taken; others are refused, so that no foreign page reaches the server by a name of its own.</summary>
    public IReadOnlyList<string> HostNames { get; init; } = [];

    /// <summary>The port of this machine's router, for addresses of lanes.</summary>
    public int RouterPort { get; init; } = 7380;

    /// <summary>The platform folder; null: <c>platform</c> under the data directory.</summary>
    public string? PlatformDirectory { get; init; }

    /// <summary>What is written as <c>platform.yaml</c> into a data directory that has none; null: dev, staging and prod without approvals.</summary>
    public string? DefaultPlatform { get; init; }

    /// <summary>The built web app; null: <c>wwwroot</c> beside the program.</summary>
    public string? WebRoot { get; init; }

    /// <summary>The largest artifact that is taken, in bytes.</summary>
    public long MaxArtifactBytes { get; init; } = 2L * 1024 * 1024 * 1024;

    /// <summary>What is kept of jobs' caches in all, as packed, in bytes; what was not used for the longest time goes first.</summary>
    public long MaxCacheBytes { get; init; } = 20L * 1024 * 1024 * 1024;

    /// <summary>The largest kept state of one cache, as packed, in bytes. At most <see cref="MaxCacheBytes"/>.</summary>
    public long MaxCacheBytesOfOne { get; init; } = 2L * 1024 * 1024 * 1024;

    /// <summary>Caches leave so much of the disk free, for the store and the releases.</summary>
    public long SpareBytes { get; init; } = 2L * 1024 * 1024 * 1024;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Null: nothing is logged.</summary>
    public ILoggerFactory? Logging { get; init; }
}
