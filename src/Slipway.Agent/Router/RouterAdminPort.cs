using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Slipway.Client.Traffic;

namespace Slipway.Agent.Router;

/// <summary>
/// What is asked on the admin port: <c>PUT /config</c>, <c>GET /config</c>, <c>GET /counts[?incarnation=I&amp;since=N]</c>, <c>GET /metrics</c>, all with the bearer token of
/// <see cref="RouterAdmin"/>, and <c>GET /healthz</c> without. Who reads <c>/metrics</c> has a token of its own, which opens nothing else.
/// </summary>
internal sealed class RouterAdminPort(Routing routing, TallyBook book, RequestRouting requests, string token, string metricsToken)
{
    private readonly byte[] authorization = Encoding.ASCII.GetBytes("Bearer " + token), metricsAuthorization = Encoding.ASCII.GetBytes("Bearer " + metricsToken);

    public Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        var known = request.Path.Value is "/healthz" or "/config" or "/counts" or "/metrics";
        if (request.Path.Value == "/healthz" && HttpMethods.IsGet(request.Method))
        {
            return TextAsync(context, routing.Table.Configuration is null ? $"ok\n{routing.WhyNone}\n" : "ok\n", "text/plain; charset=utf-8");
        }

        var given = Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString());
        var readsMetrics = HttpMethods.IsGet(request.Method) && request.Path.Value == "/metrics" && CryptographicOperations.FixedTimeEquals(given, metricsAuthorization);
        if (!readsMetrics && !CryptographicOperations.FixedTimeEquals(given, authorization))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return RouterAnswers.ProblemAsync(context, new RouterProblem("Unauthorised", 401, "unauthorised", $"The token in {RouterAdmin.FileName} of the router's data directory is needed."));
        }

        return (request.Method, request.Path.Value) switch
        {
            ("PUT", "/config") => PutConfigurationAsync(context),
            ("GET", "/config") => routing.Table.Configuration is { } configuration
                ? RouterAnswers.JsonAsync(context, 200, configuration, RouterJson.Default.RouterConfiguration)
                : RouterAnswers.ProblemAsync(context, new RouterProblem("No configuration", 404, "noConfiguration", routing.WhyNone ?? "The configuration is being brought into force.")),
            ("GET", "/counts") => GetCountsAsync(context),
            ("GET", "/metrics") => TextAsync(context, RouterMetrics.Write(routing.Table, book, requests.Unrouted), RouterMetrics.ContentType),
            _ => RouterAnswers.ProblemAsync(context, known
                ? new RouterProblem("Method not allowed", 405, "notFound", $"{request.Path} does not take {request.Method}.")
                : new RouterProblem("Not found", 404, "notFound", "There are /config, /counts, /metrics and /healthz.")),
        };
    }

    private async Task PutConfigurationAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = RouterLimits.MaxConfigurationBytes;
        }

        RouterConfiguration? configuration;
        try
        {
            configuration = await JsonSerializer.DeserializeAsync(context.Request.Body, RouterJson.Default.RouterConfiguration, context.RequestAborted);
        }
        catch (JsonException fault)
        {
            await RouterAnswers.ProblemAsync(context, Malformed(fault.Path, fault.Message));
            return;
        }
        catch (BadHttpRequestException fault)
        {
            await RouterAnswers.ProblemAsync(context, Malformed(null, fault.Message) with { Status = fault.StatusCode });
            return;
        }

        if (configuration is null)
        {
            await RouterAnswers.ProblemAsync(context, Malformed("$", "is null."));
            return;
        }

        // Once asked for it is carried through, whether or not the asker stays to hear of it.
        await (await routing.ApplyAsync(configuration, CancellationToken.None) switch
        {
            Application.Applied applied => RouterAnswers.JsonAsync(context, 200, applied.Answer, RouterJson.Default.RouterApplied),
            Application.Refused refused => RouterAnswers.ProblemAsync(context, refused.Problem),
            var other => throw new InvalidOperationException(other.ToString()),
        });
    }

    private Task GetCountsAsync(HttpContext context)
    {
        var query = context.Request.Query;
        long? since = null;
        if (query.TryGetValue("since", out var text) && query["incarnation"] == book.Incarnation)
        {
            if (!long.TryParse(text, out var number))
            {
                return RouterAnswers.ProblemAsync(context, new RouterProblem("Bad request", 400, "badRequest", $"since: '{text}' is not a number."));
            }

            since = number;
        }

        return RouterAnswers.JsonAsync(context, 200, book.Read(since), RouterJson.Default.RouterCounts);
    }

    private static RouterProblem Malformed(string? path, string message) =>
        new("Invalid configuration", 400, "invalidConfiguration", "The body is not a router configuration; the one before stays in force.", [path is null ? message : $"{path}: {message}"]);

    private static async Task TextAsync(HttpContext context, string text, string contentType)
    {
        context.Response.ContentType = contentType;
        await context.Response.WriteAsync(text);
    }
}
