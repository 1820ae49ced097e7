using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Slipway.Client.Traffic;

namespace Slipway.Agent.Router;

/// <summary>Answers that the router gives itself.</summary>
internal static class RouterAnswers
{
    public static Task ProblemAsync(HttpContext context, RouterProblem problem) =>
        JsonAsync(context, problem.Status, problem, RouterJson.Default.RouterProblem, "application/problem+json");

    /// <summary>Replaces an answer of which nothing has been sent; one that has begun stays as it is.</summary>
    public static Task ReplaceAsync(HttpContext context, Passage passage, RouterProblem problem)
    {
        if (context.Response.HasStarted || context.RequestAborted.IsCancellationRequested)
        {
            return Task.CompletedTask;
        }

        context.Response.Clear();
        passage.AddHeaders(context.Response);
        return ProblemAsync(context, problem);
    }

    public static async Task JsonAsync<T>(HttpContext context, int status, T document, JsonTypeInfo<T> type, string contentType = "application/json")
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(document, type);
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(body);
    }
}
