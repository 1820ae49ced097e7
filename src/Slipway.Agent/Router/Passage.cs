using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;

namespace Slipway.Agent.Router;

/// <summary>
/// One request on its way through the router. It is also the forwarder's transformer, so that what it learns of the response needs no look-up. Its fate is settled once:
/// by the answer, by a failure, by the client's leaving, or by the <see cref="InFlight">sweep</see> that finds it past its timeout.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The sweep may still cancel what has just ended; a source without timer or wait handle holds nothing to release.")]
internal sealed class Passage(ServingSet set, Tally? tally, TimeSpan requestTimeout, TimeProvider time, Session? session = null) : HttpTransformer
{
    public const string VersionHeader = "X-Slipway-Version";
    private const string ForwardedFor = "X-Forwarded-For", ForwardedHost = "X-Forwarded-Host", ForwardedProto = "X-Forwarded-Proto";
    private const int Waiting = 0, Answered = 1, Overdue = 2;
    private const int NoHalf = -1;
    private static readonly UriCreationOptions AsReceived = new() { DangerousDisablePathAndQueryCanonicalization = true };
    private static readonly SearchValues<char> PlainTarget = SearchValues.Create(Enumerable.Range(0x21, 0x7e - 0x20).Select(c => (char)c).Where(c => c != '#').ToArray());

    private readonly CancellationTokenSource cancellation = new();
    private readonly long startedAt = time.GetTimestamp();
    private int phase;
    private int half = NoHalf;
    private long startedSecond;
    private int status;
    private long clientTime;
    private long clientSince;
    private SecondTally? second;

    public ServingSet Set => set;
    public Tally? Tally => tally;

    /// <summary>The Unix second in which it started; null when no second counts it, at least not yet.</summary>
    public long? StartedSecond => second?.Second;
    public CancellationToken Cancelled => cancellation.Token;
    public bool IsOverdue => Volatile.Read(ref phase) == Overdue;

    /// <summary>The response came in full and was passed on.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Where it hangs in the list of requests under way; touched only under that list's lock.</summary>
    public InFlight.Stripe? Stripe { get; set; }
    public Passage? Previous { get; set; }
    public Passage? Next { get; set; }

    public void CountStarted(int stripe)
    {
        if (tally is not null)
        {
            startedSecond = time.GetUtcNow().ToUnixTimeSeconds();
            second = session is null ? tally.Start(startedSecond, stripe) : session.Start(tally, startedSecond, stripe);
        }
    }

    /// <summary>The instance that it is being sent to; what becomes of it there counts for that instance's half.</summary>
    public void SentTo(InstanceEndpoint endpoint) => Volatile.Write(ref half, endpoint.Half);

    /// <summary>The instance could not be connected to: it has been at none.</summary>
    public void SentToNone() => Volatile.Write(ref half, NoHalf);

    /// <summary>What the router itself says to the client, whether the instance's answer is passed on or not.</summary>
    public void AddHeaders(HttpResponse response)
    {
        response.Headers[VersionHeader] = set.VersionHeaderValue;
        if (session?.SetCookie is { } cookie)
        {
            response.Headers.Append(HeaderNames.SetCookie, cookie);
        }
    }

    /// <summary>Time since the start without what the client itself took to send its body.</summary>
    public TimeSpan Age(long now)
    {
        var since = Volatile.Read(ref clientSince);
        return time.GetElapsedTime(startedAt + Volatile.Read(ref clientTime) + (since == 0 ? 0 : Math.Max(0, now - since)), now);
    }

    public void ClientBegins() => Volatile.Write(ref clientSince, time.GetTimestamp());

    public void ClientEnds()
    {
        var spent = time.GetTimestamp() - clientSince;
        Volatile.Write(ref clientTime, clientTime + spent);
        Volatile.Write(ref clientSince, 0);
    }

    /// <summary>True for whoever finds it overdue first; from then on an answer comes too late.</summary>
    public bool GiveUpIfOverdue(long now) =>
        Age(now) > requestTimeout && Interlocked.CompareExchange(ref phase, Overdue, Waiting) == Waiting;

    /// <summary>Counts it as timed out and stops it; called by the sweep that gave it up, outside of its lock.</summary>
    public void StopOverdue(long now)
    {
        Count(Outcome.TimedOut, error: false, Micros(now));
        cancellation.Cancel();
    }

    /// <summary>Settles it unless that has been done.</summary>
    public void Settle(Outcome outcome)
    {
        if (InFlight.Leave(this))
        {
            var finished = outcome == Outcome.Finished;
            Count(outcome, error: finished && status is >= 500 and <= 599, finished ? Micros(time.GetTimestamp()) : null);
        }
    }

    public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        var request = httpContext.Request;
        if (request.Headers.Connection.Count > 0)
        {
            DropHeadersOfThisConnection(request.Headers, proxyRequest);
        }

        // The client's address is added to what is there (a load balancer in front keeps its word); the other two say what the router itself saw.
        var headers = proxyRequest.Headers;
        var address = httpContext.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        if (request.Headers.TryGetValue(ForwardedFor, out var before))
        {
            headers.Remove(ForwardedFor);
            address = $"{string.Join(", ", (IEnumerable<string?>)before)}, {address}";
        }

        headers.TryAddWithoutValidation(ForwardedFor, address);
        Replace(request.Headers, proxyRequest, ForwardedHost, request.Host.Value ?? "");
        Replace(request.Headers, proxyRequest, ForwardedProto, request.Scheme);

        // Escapes in the path mean what the instance takes them for: the target goes on byte by byte where it can.
        var target = httpContext.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (target is ['/', ..] && !target.AsSpan().ContainsAnyExcept(PlainTarget))
        {
            proxyRequest.RequestUri = At(destinationPrefix, target);
        }
    }

    /// <summary>An instance's address for a path and query, byte by byte.</summary>
    public static Uri At(string prefix, string target) => new(prefix + target, AsReceived);

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
        {
            return false;
        }

        if (Interlocked.CompareExchange(ref phase, Answered, Waiting) == Overdue)
        {
            throw new OperationCanceledException("The request had been given up.", cancellationToken);
        }

        Note(proxyResponse.StatusCode);
        var copy = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        AddHeaders(httpContext.Response);
        if (EndsAtHeaders(proxyResponse))
        {
            Settle(Outcome.Finished);
        }

        return copy;
    }

    public void Note(HttpStatusCode answered) => status = (int)answered;

    /// <summary>What follows its headers ends when one side pleases: neither its length nor its end says how the version is doing.</summary>
    public static bool EndsAtHeaders(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.SwitchingProtocols
        || string.Equals(response.Content.Headers.ContentType?.MediaType, "text/event-stream", StringComparison.OrdinalIgnoreCase);

    public override async ValueTask TransformResponseTrailersAsync(HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken)
    {
        await base.TransformResponseTrailersAsync(httpContext, proxyResponse, cancellationToken);
        IsComplete = true;
        Settle(Outcome.Finished);
    }

    private static void DropHeadersOfThisConnection(IHeaderDictionary received, HttpRequestMessage proxyRequest)
    {
        foreach (var name in received.GetCommaSeparatedValues(HeaderNames.Connection))
        {
            // `Connection: Content-Length` and the like would change the message itself; they are not the connection's to name.
            if (!name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) && !name.Equals(HeaderNames.Host, StringComparison.OrdinalIgnoreCase)
                && !name.StartsWith("Sec-WebSocket", StringComparison.OrdinalIgnoreCase))
            {
                proxyRequest.Headers.Remove(name);
            }
        }
    }

    private static void Replace(IHeaderDictionary received, HttpRequestMessage proxyRequest, string name, string value)
    {
        if (received.ContainsKey(name))
        {
            proxyRequest.Headers.Remove(name);
        }

        proxyRequest.Headers.TryAddWithoutValidation(name, value);
    }

    private double Micros(long now) => Age(now).TotalMicroseconds;

    private void Count(Outcome outcome, bool error, double? micros)
    {
        if (tally is null)
        {
            return;
        }

        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var stripe = Stripes.Current;
        if (Volatile.Read(ref half) is var at and not NoHalf && outcome is not (Outcome.ClientGone or Outcome.NotServing))
        {
            tally.SettleHalf(startedSecond, now, at, error || outcome is Outcome.ConnectFailures or Outcome.TimedOut, stripe);
        }

        if (session is not null)
        {
            session.Settle(tally, second, now, outcome, error, micros, stripe);
        }
        else if (second is not null)
        {
            tally.Settle(second, now, outcome, error, micros, stripe);
        }
    }
}
