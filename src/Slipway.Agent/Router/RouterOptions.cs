namespace Slipway.Agent.Router;

/// <summary>What one router process is started with.</summary>
public sealed record RouterOptions
{
    /// <summary>Keeps the last configuration (<c>router.json</c>) and how the admin port is reached (<c>router-admin.json</c>); made when missing, with mode 0700.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Where requests to services are taken, on 127.0.0.1; 0: the system picks one.</summary>
    public int HttpPort { get; init; } = 7380;

    /// <summary>The admin port on 127.0.0.1; 0: the system picks one.</summary>
    public int AdminPort { get; init; }
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>How long requests under way may take once the router is told to stop.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
