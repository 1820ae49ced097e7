using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Slipway.Client.Traffic;
using Yarp.ReverseProxy.Forwarder;

namespace Slipway.Agent.Router;

/// <summary>The way of a request: by host or port to a lane, by weight to a version set, to one of its instances, and what is counted of it.</summary>
internal sealed partial class RequestRouting(Routing routing, InFlight inFlight, IHttpForwarder forwarder, RouterOptions options, ILogger<RequestRouting> logger)
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

        if ((route.Preview ?? route.Lane.Draw()) is not { } set)
        {
            Interlocked.Increment(ref unrouted);
            return RouterAnswers.ProblemAsync(context, new RouterProblem("Nothing is served here", 503, "notServing",
                $"No version of {route.Lane.Name} has any traffic now. `slipway status {route.Lane.Name.Split('/')[0]}` tells why."));
        }

        return PassAsync(context, route, set);
    }

    private async Task PassAsync(HttpContext context, Route route, ServingSet set)
    {
        var passage = new Passage(set, route.Preview is null ? set.Tally : null, route.Lane.RequestTimeout, options.TimeProvider);
        inFlight.Enter(passage);
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
        {
            context.Request.Body = new ClientBody(context.Request.Body, passage);
        }

        try
        {
            await ForwardAsync(context, route, set, passage);
        }
        finally
        {
            // Only a fault of the router itself comes here unsettled; unknown is not success.
            passage.Settle(Outcome.ConnectFailures);
        }
    }

    private async Task ForwardAsync(HttpContext context, Route route, ServingSet set, Passage passage)
    {
        List<InstanceEndpoint>? refused = null;
        while (Enter(route, set, refused) is { } endpoint)
        {
            ForwarderError error;
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
                return;
            }

            if (!WasUnreachable(context, error))
            {
                await FailAsync(context, route, passage, error);
                return;
            }

            if (endpoint.TakeOut())
            {
                TakenOut(endpoint.Prefix, set.Name);
            }

            (refused ??= []).Add(endpoint);
            context.Response.Clear();
        }

        passage.Settle(set.Unreachable);
        await RouterAnswers.ReplaceAsync(context, set, NoInstance(route, set, "No instance could be connected to."));
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
            await RouterAnswers.ReplaceAsync(context, passage.Set, new RouterProblem("Timed out", 504, "timedOut",
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
                await RouterAnswers.ReplaceAsync(context, passage.Set, new RouterProblem("Bad request", 400, "badRequest", "The request cannot be forwarded as it is."));
                return;
            case ForwarderError.ResponseBodyClient or ForwarderError.ResponseBodyCanceled or ForwarderError.RequestCanceled or ForwarderError.RequestBodyClient:
                passage.Settle(Outcome.ClientGone);
                return;
            default:
                passage.Settle(context.RequestAborted.IsCancellationRequested ? Outcome.ClientGone : Outcome.ConnectFailures);
                break;
        }

        await RouterAnswers.ReplaceAsync(context, passage.Set, NoInstance(route, passage.Set, "The connection to the instance broke before its answer was complete."));
    }

    private static RouterProblem NoInstance(Route route, ServingSet set, string what) =>
        new("Bad gateway", 502, "noInstance", $"{what} ({route.Lane.Name} {set.Version}) `slipway instance list` tells what runs.");

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
