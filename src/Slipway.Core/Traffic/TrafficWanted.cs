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

    /// <summary>
    /// Requests that go where they say, whatever the weights are; the first that matches counts. Empty also in a row that was written before there were any: the generated reader gives
    /// null then.
    /// </summary>
    public IReadOnlyList<TrafficRoute> Routes { get; init => field = value ?? []; } = [];

    /// <summary>What gets copies of requests beside those of its weight; null: nothing does.</summary>
    public TrafficMirror? Mirror { get; init; }

    /// <summary>Sessions keep their version; null: each request is drawn by itself.</summary>
    public TrafficStickiness? Sticky { get; init; }

    public static string ResourceOf(LaneId lane) => $"route/{lane}";
}

/// <param name="Weight">Percent, 0 to 100.</param>
public sealed record TrafficWeight(string VersionSet, string Version, Arm Arm, int Weight);

/// <summary>Requests with this mark go to a version set. Who they come from was not drawn, so they are counted under <see cref="Arm.Routed"/> and never compared.</summary>
public sealed record TrafficRoute(string VersionSet, string Version, RequestMatch Match);

/// <summary>A mark of a request.</summary>
/// <param name="Name">Of the header (whatever its case), the cookie or the query's parameter.</param>
/// <param name="Is">Its whole value; null: any that <paramref name="Prefix"/> allows.</param>
/// <param name="Prefix">How its value begins; null: it is enough that it is there.</param>
public sealed record RequestMatch(RequestPart Part, string Name, string? Is = null, string? Prefix = null);

public enum RequestPart { Header, Cookie, Query }

/// <summary>Copies of requests go to a version set; its answers are dropped, and counted under <see cref="Arm.Mirrored"/> alone.</summary>
/// <param name="Percent">Of the lane's requests, 1 to 100.</param>
public sealed record TrafficMirror(string VersionSet, string Version, int Percent);

/// <summary>
/// A cookie names a session. The version is drawn by the session, not by the request: as the new version's weight rises, sessions go over to it and none comes back. What is counted to
/// compare versions is then sessions, each of them bad at most once.
/// </summary>
/// <param name="MaxAge">How long a session lasts.</param>
public sealed record TrafficStickiness(TimeSpan MaxAge);

/// <summary>Under what a version set's requests are counted: a side of the comparison, or beside it.</summary>
public enum Arm { Stable, Canary, Baseline, Routed, Mirrored }

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

    /// <summary>What <see cref="Seconds"/> count.</summary>
    public TrafficUnit Unit { get; init; }
    public required IReadOnlyList<TrafficSecond> Seconds { get; init; }
}

/// <summary>What is drawn, and so what is counted: a request, or a session with all its requests (counted when it is first seen, and once as bad).</summary>
public enum TrafficUnit { Request, Session }

/// <summary>Requests that started in one second, or sessions: <see cref="TrafficReading.Unit"/>.</summary>
/// <param name="Second">Unix second.</param>
/// <param name="Started">Given to the version set.</param>
/// <param name="Finished">Answered in full, whatever the status.</param>
/// <param name="ClientGone">Nobody's error: the client went away first, or the platform was not back yet.</param>
/// <param name="Latency">Pairs of (bucket, count), flattened: time to the response's end.</param>
/// <param name="InFlightOver">Pairs of (bucket that their age has reached, count), flattened: still unanswered.</param>
/// <param name="Halves">The version set's instances in two halves; null: not known.</param>
public sealed record TrafficSecond(
    long Second, long Started, long Finished, long Errors5xx, long ConnectFailures, long TimedOut, long ClientGone,
    IReadOnlyList<long> Latency, IReadOnlyList<long> InFlightOver, TrafficHalves? Halves = null)
{
    /// <summary>What is judged: all but those that the client gave up itself.</summary>
    public long Units() => Started - ClientGone;

    /// <summary>Those of them that count against the version.</summary>
    public long Bad() => Errors5xx + ConnectFailures + TimedOut;

    /// <summary>Those that had no full answer yet when it was told.</summary>
    public long Open() => Math.Max(0, Started - Finished - ConnectFailures - TimedOut - ClientGone);
}

/// <summary>Requests that came to an end at each half of a version set's instances, and those of them that were bad. Requests also where sessions are counted.</summary>
public sealed record TrafficHalves(long FirstUnits, long FirstBad, long SecondUnits, long SecondBad);
