using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Slipway.Client.Traffic;
using Yarp.ReverseProxy.Forwarder;

namespace Slipway.Agent.Router;

/// <summary>The way of a request: by host or port to a lane, by mark, session or weight to a version set, to one of its instances, and what is counted of it.</summary>
internal sealed partial class RequestRouting(Routing routing, InFlight inFlight, IHttpForwarder forwarder, RequestCopies copies, RouterOptions options, ILogger<RequestRouting> logger)
{
    // No activity timeout: the passage has its own until headers come, and what streams after them may be silent for as long as it pleases.
    private static readonly ForwarderRequestConfig Forwarding = new()
    {
        ActivityTimeout = Timeout.InfiniteTimeSpan,
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private long unrouted;

    /// <summary>The port where a request's host says where it goes; on others the port does.</summary>
    public int HttpPort { get; set; }

    /// <summary>Requests that no lane was found for or whose lane serves nothing.</summary>
    public long Unrouted => Interlocked.Read(ref unrouted);

    public Task HandleAsync(HttpContext context)
    {
        var table = routing.Table;
        var port = context.Connection.LocalPort;
        var route = port == HttpPort ? table.ByHost(context.Request.Host.Value) : table.ByPort(port);
        if (route is null)
        {
            Interlocked.Increment(ref unrouted);
            return RouterAnswers.ProblemAsync(context, NoRoute(table, context, port));
        }

        if (route.Preview is null && route.Lane.Rules is { } rules)
        {
            return rules.Marked(context.Request) is { } marked ? PassMarkedAsync(context, route, rules, marked) : DrawAsync(context, route, rules);
        }

        return (route.Preview ?? route.Lane.Draw()) is { } set
            ? PassAsync(context, route, new Passage(set, route.Preview is null ? set.Tally : null, route.Lane.RequestTimeout, options.TimeProvider))
            : NothingServedAsync(context, route);
    }

    private async Task PassMarkedAsync(HttpContext context, Route route, LaneRules rules, MarkedSet marked)
    {
        var passage = new Passage(marked.Set, marked.Tally, route.Lane.RequestTimeout, options.TimeProvider);
        if (!await PassAsync(context, route, passage, last: false))
        {
            // None of its instances could be connected to, so nothing was sent; it goes where it would have gone without its mark.
            await DrawAsync(context, route, rules);
        }
    }

    private Task DrawAsync(HttpContext context, Route route, LaneRules rules)
    {
        var (set, session) = rules.Sessions is null ? (route.Lane.Draw(), null) : rules.Sessions.Draw(context.Request);
        if (set is null)
        {
            return NothingServedAsync(context, route);
        }

        if (rules.Mirror is { } mirror)
        {
            copies.Offer(context, mirror, route.Lane.RequestTimeout);
        }

        return PassAsync(context, route, new Passage(set, set.Tally, route.Lane.RequestTimeout, options.TimeProvider, session));
    }

    /// <param name="last">Whether the client is told when no instance of the version set could be connected to; else nothing was sent to anybody.</param>
    /// <returns>False when none could be connected to.</returns>
    private async Task<bool> PassAsync(HttpContext context, Route route, Passage passage, bool last = true)
    {
        inFlight.Enter(passage);
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
        {
            context.Request.Body = new ClientBody(context.Request.Body, passage);
        }

        try
        {
            return await ForwardAsync(context, route, passage, last);
        }
        finally
        {
            // Only a fault of the router itself comes here unsettled; unknown is not success.
            passage.Settle(Outcome.ConnectFailures);
        }
    }

    private async Task<bool> ForwardAsync(HttpContext context, Route route, Passage passage, bool last)
    {
        var set = passage.Set;
        List<InstanceEndpoint>? refused = null;
        while (Enter(route, set, refused) is { } endpoint)
        {
            ForwarderError error;
            passage.SentTo(endpoint);
            try
            {
                error = await forwarder.SendAsync(context, endpoint.Prefix, endpoint.Invoker, Forwarding, passage, passage.Cancelled);
            }
            finally
            {
                endpoint.Leave();
            }

            if (error == ForwarderError.None)
            {
                passage.Settle(Outcome.Finished);
                return true;
            }

            if (!WasUnreachable(context, error))
            {
                await FailAsync(context, route, passage, error);
                return true;
            }

            passage.SentToNone();
            if (endpoint.TakeOut())
            {
                TakenOut(endpoint.Prefix, set.Name);
            }

            (refused ??= []).Add(endpoint);
            context.Response.Clear();
        }

        passage.Settle(set.Unreachable);
        if (last)
        {
            await RouterAnswers.ReplaceAsync(context, passage, NoInstance(route, set, "No instance could be connected to."));
        }

        return false;
    }

    // When all that this request knows have refused it, a newer configuration may know another instance of the version set.
    private InstanceEndpoint? Enter(Route route, ServingSet set, List<InstanceEndpoint>? refused)
    {
        var now = options.TimeProvider.GetTimestamp();
        return set.Enter(now, refused) ?? routing.Table.Find(route.Lane.Name, set.Name)?.Enter(now, refused ?? []);
    }

    private static bool WasUnreachable(HttpContext context, ForwarderError error) =>
        error == ForwarderError.Request && context.Features.Get<IForwarderErrorFeature>()?.Exception is HttpRequestException { InnerException: InstanceUnreachableException };

    private static async Task FailAsync(HttpContext context, Route route, Passage passage, ForwarderError error)
    {
        if (passage.IsComplete)
        {
            // It answered without wanting the whole body, as it may.
            return;
        }

        if (passage.IsOverdue)
        {
            await RouterAnswers.ReplaceAsync(context, passage, new RouterProblem("Timed out", 504, "timedOut",
                $"An instance of {route.Lane.Name} {passage.Set.Version} did not answer within {route.Lane.RequestTimeout.TotalSeconds:0.###} s."));
            return;
        }

        switch (error)
        {
            case ForwarderError.ResponseBodyDestination or ForwarderError.ResponseHeaders or ForwarderError.RequestTimedOut:
                passage.Settle(Outcome.ConnectFailures);
                break;
            case ForwarderError.RequestCreation:
                passage.Settle(Outcome.ClientGone);
                await RouterAnswers.ReplaceAsync(context, passage, new RouterProblem("Bad request", 400, "badRequest", "The request cannot be forwarded as it is."));
                return;
            case ForwarderError.ResponseBodyClient or ForwarderError.ResponseBodyCanceled or ForwarderError.RequestCanceled or ForwarderError.RequestBodyClient:
                passage.Settle(Outcome.ClientGone);
                return;
            default:
                passage.Settle(context.RequestAborted.IsCancellationRequested ? Outcome.ClientGone : Outcome.ConnectFailures);
                break;
        }

        await RouterAnswers.ReplaceAsync(context, passage, NoInstance(route, passage.Set, "The connection to the instance broke before its answer was complete."));
    }

    private static RouterProblem NoInstance(Route route, ServingSet set, string what) =>
        new("Bad gateway", 502, "noInstance", $"{what} ({route.Lane.Name} {set.Version}) `slipway instance list` tells what runs.");

    private Task NothingServedAsync(HttpContext context, Route route)
    {
        Interlocked.Increment(ref unrouted);
        return RouterAnswers.ProblemAsync(context, new RouterProblem("Nothing is served here", 503, "notServing",
            $"No version of {route.Lane.Name} has any traffic on this host now. `slipway status {route.Lane.Name.Split('/')[0]}` tells why."));
    }

    private RouterProblem NoRoute(RouteTable table, HttpContext context, int port)
    {
        if (table.Configuration is null)
        {
            return new RouterProblem("Nothing is served yet", 503, "noConfiguration", routing.WhyNone ?? "The configuration is being brought into force.");
        }

        var asked = port == HttpPort ? $"host '{context.Request.Host.Value}'" : $"port {port}";
        return new RouterProblem("Unknown host", 404, "unknownHost",
            $"No service answers at {asked}. Addresses have the form SERVICE.ENVIRONMENT.localhost; `slipway status` lists those that are there.");
    }

    [LoggerMessage(EventId = 321, Level = LogLevel.Warning, Message = "{Endpoint} of {VersionSet} refuses connections; its requests go to other instances of the version set.")]
    private partial void TakenOut(string endpoint, string versionSet);
}
