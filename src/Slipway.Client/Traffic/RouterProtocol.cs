namespace Slipway.Client.Traffic;

/// <summary>
/// All that the router serves; swapped whole. The agent PUTs it to the router's loopback admin port (<c>/config</c>), GET reads it back; the router keeps the last
/// one on disk and starts with it. A configuration whose <see cref="Sequence"/> is not above the one in force is refused (409).
/// </summary>
public sealed record RouterConfiguration
{
    public required long Sequence { get; init; }
    public required IReadOnlyList<RouterLane> Lanes { get; init; }
}

/// <summary>
/// How the router's admin port is found and opened: the router writes this as <see cref="FileName"/> (mode 0600) into its data directory once it listens.
/// The admin port takes requests only with <c>Authorization: Bearer</c> and <see cref="Token"/>.
/// </summary>
/// <param name="Port">The admin port on 127.0.0.1.</param>
/// <param name="Pid">Process id of the router.</param>
/// <param name="Incarnation">As in <see cref="RouterCounts.Incarnation"/>.</param>
/// <param name="StartTime">The process's start in clock ticks since boot (field 22 of /proc/PID/stat), so that a reused pid is told apart.</param>
/// <param name="Token">Made anew with every start.</param>
/// <param name="HttpPort">Where requests to services are taken, on 127.0.0.1.</param>
public sealed record RouterAdmin(int Port, int Pid, string Incarnation, long StartTime, string Token, int HttpPort = 0)
{
    public const string FileName = "router-admin.json";
}

/// <summary>The answer to a configuration that is now in force and on disk.</summary>
/// <param name="Sequence">The configuration's.</param>
/// <param name="Ports">As <see cref="RouterCounts.Ports"/>, complete.</param>
public sealed record RouterApplied(long Sequence, IReadOnlyDictionary<string, int> Ports);

/// <summary>What the router answers when it does not do what was asked (RFC 9457, <c>application/problem+json</c>).</summary>
/// <param name="Code">For programs: <c>unknownHost</c>, <c>noConfiguration</c>, <c>notServing</c>, <c>noInstance</c>, <c>timedOut</c>, <c>badRequest</c> for those who call a service;
/// <c>unauthorised</c>, <c>invalidConfiguration</c>, <c>staleSequence</c>, <c>portTaken</c>, <c>notSaved</c>, <c>notFound</c> on the admin port.</param>
/// <param name="Problems">Every fault of a refused configuration, each beginning with its place: <c>lanes[2].host: …</c>.</param>
/// <param name="Sequence">With <c>staleSequence</c>: the sequence in force.</param>
public sealed record RouterProblem(string Title, int Status, string Code, string Detail, IReadOnlyList<string>? Problems = null, long? Sequence = null);

public sealed record RouterLane
{
    /// <summary><c>service/environment</c>.</summary>
    public required string Lane { get; init; }

    /// <summary>The weights generation that counts are kept under.</summary>
    public required long Generation { get; init; }
    public required string Host { get; init; }

    /// <summary>The lane's own loopback port; 0: the router picks one, keeps it and reports it.</summary>
    public int Port { get; init; }

    /// <summary>As <see cref="Port"/>, for the preview address; null: no preview.</summary>
    public RouterPreview? Preview { get; init; }
    public required IReadOnlyList<RouterVersionSet> VersionSets { get; init; }
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Marked requests; the first that matches counts. Null, not empty, where there are none: a router takes no members that it does not know, and one that was started by an older
    /// program shall go on taking configurations that ask nothing new of it.
    /// </summary>
    public IReadOnlyList<RouterMark>? Marks { get; init; }

    /// <summary>What gets copies of requests; null: nothing does.</summary>
    public RouterMirror? Mirror { get; init; }

    /// <summary>Sessions keep their version; null: each request is drawn by itself.</summary>
    public RouterSticky? Sticky { get; init; }
}

/// <summary>Requests to <see cref="Host"/> go to one version set; they are not counted towards the lane.</summary>
public sealed record RouterPreview
{
    public required string Host { get; init; }
    public int Port { get; init; }
    public required string VersionSet { get; init; }
}

public sealed record RouterVersionSet
{
    public required string VersionSet { get; init; }
    public required string Version { get; init; }
    public required string Arm { get; init; }

    /// <summary>0 to 100; over a lane's version sets they sum to 100 or all are 0.</summary>
    public required int Weight { get; init; }

    /// <summary><c>http://127.0.0.1:port</c> of the instances that take requests now.</summary>
    public required IReadOnlyList<string> Endpoints { get; init; }
}

/// <summary>Requests with this mark go to one of the lane's version sets; while none of its instances can be connected to they are drawn by weight like any other.</summary>
public sealed record RouterMark(string VersionSet, RequestMark Mark);

/// <summary>Copies of GET, HEAD and OPTIONS requests without a body go to one of the lane's version sets; its answers are dropped.</summary>
/// <param name="Percent">Of the requests that are drawn by weight, 1 to 100.</param>
public sealed record RouterMirror(string VersionSet, int Percent);

/// <summary>A cookie (<see cref="Cookie"/>) names a session, and the session has its version as long as the weights allow.</summary>
/// <param name="MaxAge">How long the cookie lasts.</param>
public sealed record RouterSticky(TimeSpan MaxAge)
{
    public const string Cookie = "slipway_session";
}

/// <summary>
/// What the router has counted, cumulative over one incarnation (one start of its process): a reader subtracts what it has seen of the same incarnation, so that
/// nothing is counted twice or lost. Buckets of the histogram are described by <see cref="LatencyBuckets"/>.
/// <c>GET /counts</c> tells all that is kept; <c>GET /counts?incarnation=I&amp;since=N</c> only what changed after reading N (any number of readers may do so, the router
/// remembers none of them); an incarnation other than the router's own is answered in full.
/// </summary>
public sealed record RouterCounts
{
    public required string Incarnation { get; init; }

    /// <summary>Rises with every reading of this incarnation.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it was read, Unix milliseconds.</summary>
    public required long At { get; init; }
    public required IReadOnlyList<VersionSetCounts> Sets { get; init; }

    /// <summary>The ports that lanes and previews got, by host; of a reading with <c>since</c>: empty when none changed.</summary>
    public IReadOnlyDictionary<string, int> Ports { get; init; } = new Dictionary<string, int>();
}

/// <summary>
/// Counts of one version set in one weights generation, by the second in which each request STARTED. The router keeps seconds for
/// <see cref="RetainedSeconds"/>; an outcome that comes later than that is added to the oldest kept second.
/// </summary>
public sealed record VersionSetCounts
{
    public const int RetainedSeconds = 120;
    public required string Lane { get; init; }
    public required long Generation { get; init; }
    public required string VersionSet { get; init; }
    public required string Version { get; init; }

    /// <summary><c>stable</c>, <c>canary</c> or <c>baseline</c>; <c>routed</c> for marked requests and <c>mirrored</c> for copies, which are in no other.</summary>
    public required string Arm { get; init; }

    /// <summary>The percent in force; of <c>mirrored</c> the percent that is copied, of <c>routed</c> 0.</summary>
    public required int Weight { get; init; }

    /// <summary>
    /// What <see cref="Seconds"/> count; null: requests. <see cref="Sessions"/>: in a lane with sessions, of each session its first request and, once, its first bad one
    /// (5xx, connect failure, timed out). The first request counts in the second in which it started; another, bad one in the second in which it turned out to be bad, since until
    /// then it is nothing that a reader should wait for, and without a latency. Of two bad ones under way at the same time the later to end is left out: if it was the session's first
    /// request, as <see cref="OutcomeCounts.ClientGone"/>. A session's first request that ended as ClientGone or NotServing makes room for the next to be the first.
    /// </summary>
    public string? Unit { get; init; }

    /// <summary>A value of <see cref="Unit"/>.</summary>
    public const string Sessions = "session";

    /// <summary>Totals of requests since the incarnation began.</summary>
    public required OutcomeCounts Total { get; init; }

    /// <summary>The kept seconds (of a reading with <c>since</c>: those that changed or have requests in flight), each with its whole cumulative numbers so far.</summary>
    public IReadOnlyList<SecondCounts> Seconds { get; init; } = [];
}

/// <summary>Started = Finished + ConnectFailures + TimedOut + ClientGone + NotServing + those in flight.</summary>
/// <param name="Started">Requests that were given to this version set.</param>
/// <param name="Finished">Answered in full, whatever the status; includes the 5xx. An upgraded connection (WebSocket) and an event stream are answered when their headers are.</param>
/// <param name="Errors5xx">Answered with 500 to 599 by the instance.</param>
/// <param name="ConnectFailures">No instance of the version set could be connected to, or the connection broke before the response was complete.</param>
/// <param name="TimedOut">No response headers within the request timeout (the time that a client takes to send its body does not count); counted while still hanging.</param>
/// <param name="ClientGone">The client went away first, or sent what cannot be forwarded; nobody's error, not a unit of any test.</param>
/// <param name="NotServing">They came while what ran before the router started was not back yet: no instance of the version set could be connected to, and the agent had listed none
/// since the start. The platform's absence, so nobody's error and not a unit of any test.</param>
public sealed record OutcomeCounts(long Started, long Finished, long Errors5xx, long ConnectFailures, long TimedOut, long ClientGone, long NotServing = 0)
{
    /// <summary>Given to the version set and not settled yet.</summary>
    public long UnderWay() => Started - Finished - ConnectFailures - TimedOut - ClientGone - NotServing;

    public static OutcomeCounts operator +(OutcomeCounts a, OutcomeCounts b) => new(
        a.Started + b.Started, a.Finished + b.Finished, a.Errors5xx + b.Errors5xx, a.ConnectFailures + b.ConnectFailures, a.TimedOut + b.TimedOut, a.ClientGone + b.ClientGone,
        a.NotServing + b.NotServing);
}

/// <param name="Second">Unix second in which the requests started.</param>
/// <param name="Latency">Sparse histogram of time to the response's end: pairs of (bucket, count), flattened. It holds the finished and, with their age when they were given up,
/// the timed-out requests; neither those in flight nor those that failed otherwise.</param>
/// <param name="InFlightOver">For requests still in flight: pairs of (bucket that their age has reached, count), flattened. A request that outlives
/// <see cref="VersionSetCounts.RetainedSeconds"/> is no longer in it.</param>
/// <param name="Halves">The instances of the version set in two halves: requests that came to an end at the first one and those of them that were bad (5xx, broken connection, timed out), then
/// the same of the second. Always requests, whatever <see cref="VersionSetCounts.Unit"/> says; those that reached no instance and those whose client went away are in neither. Null: not
/// known, from an older router.</param>
public sealed record SecondCounts(long Second, OutcomeCounts Outcomes, IReadOnlyList<long> Latency, IReadOnlyList<long> InFlightOver, IReadOnlyList<long>? Halves = null);
