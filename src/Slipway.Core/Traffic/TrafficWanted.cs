using Slipway.Core.Kernel;

namespace Slipway.Core.Traffic;

/// <summary>The body of a wanted row <c>route/{lane}</c>: how the lane's traffic is divided.</summary>
public sealed record TrafficWanted
{
    public required LaneId Lane { get; init; }

    /// <summary>Rises with each change of weights; counts are kept per generation.</summary>
    public required long Generation { get; init; }

    /// <summary>Sum 100, or empty: the lane serves nothing.</summary>
    public required IReadOnlyList<TrafficWeight> Weights { get; init; }

    /// <summary>Version sets that answer at the preview address without user traffic.</summary>
    public IReadOnlyList<string> Previews { get; init; } = [];
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public static string ResourceOf(LaneId lane) => $"route/{lane}";
}

/// <param name="Weight">Percent, 0 to 100.</param>
public sealed record TrafficWeight(string VersionSet, string Version, Arm Arm, int Weight);

/// <summary>Which side of a comparison a version set is on.</summary>
public enum Arm { Stable, Canary, Baseline }

/// <summary>What one agent's router says of one lane.</summary>
public sealed record TrafficObserved
{
    public required LaneId Lane { get; init; }
    public required string Agent { get; init; }

    /// <summary>Read back from the router; null while it serves none.</summary>
    public required long? Generation { get; init; }
    public int? Port { get; init; }
    public int? PreviewPort { get; init; }
    public string? Failure { get; init; }
}

/// <summary>One router's reading of one version set in one weights generation: the seconds that changed, each with all its numbers so far.</summary>
public sealed record TrafficReading
{
    public required LaneId Lane { get; init; }
    public required string Agent { get; init; }

    /// <summary>One start of the router's process.</summary>
    public required string Incarnation { get; init; }
    public required long Generation { get; init; }
    public required string VersionSet { get; init; }
    public required string Version { get; init; }
    public required Arm Arm { get; init; }
    public required int Weight { get; init; }
    public required IReadOnlyList<TrafficSecond> Seconds { get; init; }
}

/// <summary>Requests that started in one second.</summary>
/// <param name="Second">Unix second.</param>
/// <param name="Started">Given to the version set.</param>
/// <param name="Finished">Answered in full, whatever the status.</param>
/// <param name="ClientGone">Nobody's error: the client went away first, or the platform was not back yet.</param>
/// <param name="Latency">Pairs of (bucket, count), flattened: time to the response's end.</param>
/// <param name="InFlightOver">Pairs of (bucket that their age has reached, count), flattened: still unanswered.</param>
public sealed record TrafficSecond(
    long Second, long Started, long Finished, long Errors5xx, long ConnectFailures, long TimedOut, long ClientGone,
    IReadOnlyList<long> Latency, IReadOnlyList<long> InFlightOver);
