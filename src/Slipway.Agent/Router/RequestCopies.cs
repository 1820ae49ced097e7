using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Slipway.Agent.Router;

/// <summary>
/// Sends copies of requests. A copy is made from what has been read of the request, and another thread sends it: from then on the two have nothing in common, so the request neither waits
/// for its copy nor fails with it. Only requests that ask are copied: another would do a second time what it does.
/// </summary>
internal sealed partial class RequestCopies(InFlight inFlight, RouterOptions options, ILogger<RequestCopies> logger)
{
    public const string Header = "X-Slipway-Mirrored";
    private const int BufferBytes = 16 * 1024;

    /// <summary>Copies the request if it falls to it and can be copied.</summary>
    public void Offer(HttpContext context, MirrorTo mirror, TimeSpan timeout)
    {
        if (RouterDraw.Below(100) >= mirror.Percent || !CanBeCopied(context))
        {
            return;
        }

        if (mirror.Limit.TryBegin())
        {
            _ = CopyAsync(context, mirror, timeout);
        }
        else
        {
            mirror.Limit.LeaveOut();
        }
    }

    private static bool CanBeCopied(HttpContext context) =>
        context.Request.Method is "GET" or "HEAD" or "OPTIONS"
        && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true
        && context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest != true;

    private async Task CopyAsync(HttpContext context, MirrorTo mirror, TimeSpan timeout)
    {
        try
        {
            if (mirror.Set.Enter(options.TimeProvider.GetTimestamp(), null) is not { } endpoint)
            {
                mirror.Limit.LeaveOut();
                return;
            }

            var passage = new Passage(mirror.Set, mirror.Tally, timeout, options.TimeProvider);
            HttpRequestMessage copy;
            try
            {
                copy = await MakeAsync(context, passage, endpoint.Prefix);
            }
            catch (Exception fault)
            {
                endpoint.Leave();
                mirror.Limit.LeaveOut();
                if (fault is UriFormatException)
                {
                    // A request that cannot be forwarded; the client hears of it by the request itself.
                    return;
                }

                throw;
            }

            // The request goes its way here; what follows may not touch it any more.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            using (copy)
            {
                await SendAsync(copy, passage, endpoint);
            }
        }
        catch (Exception fault)
        {
            // A bug, with nobody to tell it to: requests do not hear of their copies.
            Failed(fault, mirror.Set.Name);
        }
        finally
        {
            mirror.Limit.End();
        }
    }

    private static async ValueTask<HttpRequestMessage> MakeAsync(HttpContext context, Passage passage, string prefix)
    {
        var request = context.Request;
        var copy = new HttpRequestMessage { Method = HttpMethod.Parse(request.Method), Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        await passage.TransformRequestAsync(context, copy, prefix, CancellationToken.None);
        copy.RequestUri ??= RequestUtilities.MakeDestinationAddress(prefix, request.Path, request.QueryString);
        copy.Headers.Remove(Header);
        copy.Headers.TryAddWithoutValidation(Header, "1");
        return copy;
    }

    private async Task SendAsync(HttpRequestMessage copy, Passage passage, InstanceEndpoint first)
    {
        inFlight.Enter(passage);
        try
        {
            List<InstanceEndpoint>? refused = null;
            for (var endpoint = first; endpoint is not null; endpoint = passage.Set.Enter(options.TimeProvider.GetTimestamp(), refused))
            {
                copy.RequestUri = Passage.At(endpoint.Prefix, copy.RequestUri!.PathAndQuery);
                if (await ReachesAsync(copy, passage, endpoint))
                {
                    return;
                }

                passage.SentToNone();
                endpoint.TakeOut();
                (refused ??= []).Add(endpoint);
            }

            passage.Settle(passage.Set.Unreachable);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException)
        {
            // Broken off, or given up; then it has been counted as that.
        }
        finally
        {
            passage.Settle(Outcome.ConnectFailures);
        }
    }

    /// <returns>False when the instance could not be connected to.</returns>
    private static async Task<bool> ReachesAsync(HttpRequestMessage copy, Passage passage, InstanceEndpoint endpoint)
    {
        passage.SentTo(endpoint);
        try
        {
            using var response = await endpoint.Invoker.SendAsync(copy, passage.Cancelled);
            passage.Note(response.StatusCode);
            if (!Passage.EndsAtHeaders(response))
            {
                await ReadAsync(response, passage.Cancelled);
            }

            passage.Settle(Outcome.Finished);
            return true;
        }
        catch (HttpRequestException fault) when (fault.InnerException is InstanceUnreachableException)
        {
            return false;
        }
        finally
        {
            endpoint.Leave();
        }
    }

    // To its end, within the request's timeout: a version that cannot finish its answers is not well.
    private static async Task ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancel);
            while (await body.ReadAsync(buffer, cancel) > 0)
            {
                // Dropped.
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    [LoggerMessage(EventId = 322, Level = LogLevel.Error, Message = "A copy for {VersionSet} failed by a fault of the router.")]
    private partial void Failed(Exception fault, string versionSet);
}
