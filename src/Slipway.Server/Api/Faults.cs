using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Slipway.Client.Api;
using Slipway.Engine.Ports;

namespace Slipway.Server.Api;

/// <summary>Makes a problem document of everything that goes wrong: exceptions, and answers without a body. The last line of defence; use cases refuse by results.</summary>
internal sealed partial class Faults(ILogger<Faults> log)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        ApiProblem problem;
        try
        {
            await next(context);
            var response = context.Response;
            if (response.HasStarted || response.StatusCode < 400 || response.ContentType is not null || response.ContentLength > 0)
            {
                return;
            }

            problem = OfStatus(context);
        }
        catch (Exception gone) when (context.RequestAborted.IsCancellationRequested && gone is OperationCanceledException or IOException)
        {
            // The client went away: there is nobody to answer.
            return;
        }
        catch (Exception fault) when (!context.Response.HasStarted)
        {
            problem = OfException(context, fault);
        }

        await problem.ExecuteAsync(context);
    }

    private ApiProblem OfException(HttpContext context, Exception fault)
    {
        switch (fault)
        {
            case BadHttpRequestException bad:
                return OfBadRequest(bad);
            case ArtifactTooLargeException large:
                return TooLarge($"The artifact has more than {large.MostBytes} bytes.");
            case StoreUnavailableException { Full: true }:
                return new ApiProblem(507, "diskFull", "No space left", "There is no space left where Slipway keeps its data; nothing was changed.", "Free some space on the server's disk; it goes on by itself then.");
            case StoreUnavailableException store:
                LogStore(store, context.Request.Method, context.Request.Path);
                context.Response.Headers.RetryAfter = "2";
                return new ApiProblem(503, "storeUnavailable", "The store cannot be used now", "Slipway's store does not answer; nothing is known to be changed.", store.Retryable ? "Try again in a moment, with the same Idempotency-Key." : "`slipway doctor` on the server's machine says more.");
            default:
                LogFault(fault, context.Request.Method, context.Request.Path, context.TraceIdentifier);
                return new ApiProblem(500, "fault", "A fault of Slipway", $"Something went wrong that should not (reference {context.TraceIdentifier}).", "Look for the reference in the server's log, and report it.");
        }
    }

    private static ApiProblem OfBadRequest(BadHttpRequestException bad) => (bad.StatusCode, bad.InnerException) switch
    {
        (400, JsonException json) => OfJson(json),
        (413, _) => TooLarge("The body is larger than this endpoint takes."),
        (415, _) => NotJson(),
        (400, _) => ApiProblem.Invalid(Parameter(bad.Message), "Look at the API's description under /docs."),
        var (status, _) => new ApiProblem(status, "badRequest", "The request could not be read", null, "Look at the API's description under /docs."),
    };

    private static ApiProblem OfJson(JsonException json)
    {
        var place = string.IsNullOrEmpty(json.Path) || json.Path == "$" ? "the body" : json.Path;
        var message = Missing().Match(json.Message) is { Success: true } missing ? $"{missing.Groups[1].Value.TrimEnd('.')} missing"
            : Unmapped().Match(json.Message) is { Success: true } unmapped ? $"'{unmapped.Groups[1].Value}' is not known here"
            : json.Message.Contains("could not be converted", StringComparison.Ordinal) ? "the value has the wrong type or is not one of those allowed"
            : json.Message.Contains("doesn't allow setting null", StringComparison.Ordinal) || json.Message.Contains("null", StringComparison.Ordinal) ? "a value must be there"
            : json.InnerException is null && json.Message.StartsWith("A time", StringComparison.Ordinal) ? json.Message.Split(" Path:")[0].TrimEnd('.')
            : "this is not valid JSON";
        var problem = new FileProblem("body", (int)(json.LineNumber ?? 0) + 1, (int)(json.BytePositionInLine ?? 0) + 1, $"{place}: {message}.", null);
        return ApiProblem.Invalid($"The body cannot be used; {problem.Message}", "Look at the API's description under /docs.", "invalidJson", [problem]);
    }

    private static string Parameter(string message) =>
        BadParameter().Match(message) is { Success: true } match ? $"The parameter '{match.Groups[1].Value}' cannot be '{match.Groups[2].Value}'."
        : MissingParameter().Match(message) is { Success: true } missing ? $"The parameter '{missing.Groups[1].Value}' is missing."
        : message.Contains("body", StringComparison.OrdinalIgnoreCase) ? "The body is missing." : "The request could not be read.";

    private static ApiProblem OfStatus(HttpContext context) => context.Response.StatusCode switch
    {
        404 => ApiProblem.NotFound("There is nothing at this path.", "Look at the API's description under /docs."),
        405 => new ApiProblem(405, "methodNotAllowed", "Method not allowed", $"This path does not take {context.Request.Method}.", $"It takes {context.Response.Headers.Allow}."),
        413 => TooLarge("The body is larger than this endpoint takes."),
        415 => NotJson(),
        var status => new ApiProblem(status, "refused", "Refused", null, "Look at the API's description under /docs."),
    };

    private static ApiProblem TooLarge(string detail) => new(413, "tooLarge", "Too large", detail, "Send less; `slipway doctor` shows the bounds.");

    private static ApiProblem NotJson() => new(415, "notJson", "Wrong content type", "This endpoint takes application/json.", "Send the body as JSON with `Content-Type: application/json`.");

    [GeneratedRegex("missing required (?:properties|parameters) including: ?(.+?)\\.?(?: Path:|$)")]
    private static partial Regex Missing();

    [GeneratedRegex("The JSON property '([^']{1,100})' could not be mapped")]
    private static partial Regex Unmapped();

    [GeneratedRegex("Failed to bind parameter \"[^\"]* (\\w+)\" from \"([^\"]{0,100})\"")]
    private static partial Regex BadParameter();

    [GeneratedRegex("Required parameter \"[^\"]* (\\w+)\" was not provided")]
    private static partial Regex MissingParameter();

    [LoggerMessage(1001, LogLevel.Error, "A fault while answering {Method} {Path} (reference {Reference}).")]
    private partial void LogFault(Exception fault, string method, PathString path, string reference);

    [LoggerMessage(1002, LogLevel.Warning, "The store did not answer {Method} {Path}.")]
    private partial void LogStore(Exception fault, string method, PathString path);
}
