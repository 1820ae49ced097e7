using System.IO.Compression;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Agents;
using Slipway.Core.Access;
using Slipway.Core.Pipelines;
using Slipway.Engine.Ports;
using Slipway.Integrations.Git;
using Slipway.Server.Access;
using Slipway.Server.Api;
using Slipway.Server.Pipelines;

namespace Slipway.Server.Agents;

/// <summary>What agents ask for and bring for jobs. An agent is trusted with what belongs to jobs that are wanted of it, and with nothing else.</summary>
internal static class JobRoutes
{
    public const string NotYours = "No such job is wanted of this agent.", Outdated = "Wait for the next wanted state: this one may be outdated.";

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(JobPaths.SourcePath + "/{service}.git/info/refs", AdvertiseAsync).RequirePermission(Permission.ActAsAgent).ExcludeFromDescription();
        root.MapPost(JobPaths.SourcePath + "/{service}.git/git-upload-pack", UploadPackAsync).RequirePermission(Permission.ActAsAgent).ExcludeFromDescription();
        root.MapPut(JobPaths.BlobPath + "/{digest}", KeepAsync).RequirePermission(Permission.ActAsAgent).ExcludeFromDescription();
        root.MapGet(JobPaths.BlobPath + "/{digest}", GiveAsync).RequirePermission(Permission.ActAsAgent).ExcludeFromDescription();
        root.MapPost(JobPaths.LogPath + "/{run}/{job}/{attempt:int}", AppendAsync).RequirePermission(Permission.ActAsAgent).ExcludeFromDescription();
    }

    private static async Task<IResult> AdvertiseAsync(string service, HttpContext context, Asking asking, IStore store, GitServing git, CancellationToken cancel)
    {
        if (context.Request.Query["service"] != "git-upload-pack" || !(await JobsOfAsync(asking, store, cancel)).Any(j => j.Service == service) || !git.Has(service))
        {
            return ApiProblem.NotFound(NotYours, Outdated);
        }

        context.Response.ContentType = GitServing.AdvertisementType;
        context.Response.Headers.CacheControl = "no-cache";
        await git.AdvertiseAsync(service, context.Request.Headers["Git-Protocol"], context.Response.Body, cancel);
        return TypedResults.Empty;
    }

    private static async Task<IResult> UploadPackAsync(string service, HttpContext context, Asking asking, IStore store, GitServing git, CancellationToken cancel)
    {
        if (!(await JobsOfAsync(asking, store, cancel)).Any(j => j.Service == service) || !git.Has(service))
        {
            return ApiProblem.NotFound(NotYours, Outdated);
        }

        context.Response.ContentType = GitServing.ResultType;
        context.Response.Headers.CacheControl = "no-cache";
        await using var body = context.Request.Headers.ContentEncoding == "gzip" ? new GZipStream(context.Request.Body, CompressionMode.Decompress) : context.Request.Body;
        await git.AnswerAsync(service, context.Request.Headers["Git-Protocol"], body, context.Response.Body, cancel);
        return TypedResults.Empty;
    }

    private static async Task<Results<Ok, ApiProblem>> KeepAsync(string digest, HttpContext context, Asking asking, IStore store, IArtifactStore blobs, ServerOptions options, CancellationToken cancel)
    {
        if (!(await JobsOfAsync(asking, store, cancel)).Any())
        {
            return ApiProblem.NotFound(NotYours, Outdated);
        }

        AllowBody(context, options.MaxArtifactBytes);
        await using var staged = await blobs.StageAsync(context.Request.Body, options.MaxArtifactBytes, cancel);
        if (staged.Digest != digest)
        {
            return new ApiProblem(StatusCodes.Status422UnprocessableEntity, "wrongDigest", "Wrong digest", $"What came has the digest {staged.Digest}.", "Send it again: it was damaged on its way.");
        }

        await staged.KeepAsync(cancel);
        return TypedResults.Ok();
    }

    private static async Task<Results<FileStreamHttpResult, ApiProblem>> GiveAsync(string digest, Asking asking, IStore store, IArtifactStore blobs, CancellationToken cancel) =>
        (await JobsOfAsync(asking, store, cancel)).Any(j => j.Inputs.Contains(digest, StringComparer.Ordinal)) && blobs.Open(digest) is { } bytes
            ? TypedResults.Stream(bytes, "application/octet-stream")
            : ApiProblem.NotFound("There is no such blob among those that this agent's jobs need.", Outdated);

    private static async Task<IResult> AppendAsync(string run, string job, int attempt, long offset, HttpContext context, Asking asking, IStore store, JobLogs logs, CancellationToken cancel)
    {
        if (await JobAsync(run, job, attempt, asking, store, cancel) is not { } plan)
        {
            return ApiProblem.NotFound(NotYours, Outdated);
        }

        var (taken, end) = await logs.AppendAsync(run, plan.Job, attempt, offset, context.Request.Body, cancel);
        return TypedResults.Json(end, AgentProtocolJson.Default.LogEnd, statusCode: taken ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
    }

    /// <summary>The name of a job as an address has it: the one character that is left encoded there may stand in a matrix's values.</summary>
    public static string JobOf(string segment) => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>The attempt that an address names, if it is wanted of the agent that asks.</summary>
    public static async Task<JobPlan?> JobAsync(string run, string job, int attempt, Asking asking, IStore store, CancellationToken cancel)
    {
        var name = JobOf(job);
        return (await JobsOfAsync(asking, store, cancel)).FirstOrDefault(plan => plan.Run == run && plan.Job == name && plan.Attempt == attempt);
    }

    /// <summary>Lets a body be larger than what the server takes of everybody.</summary>
    public static void AllowBody(HttpContext context, long bytes)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = bytes;
        }
    }

    /// <summary>Attempts that are wanted of the agent that asks.</summary>
    private static async Task<IEnumerable<JobPlan>> JobsOfAsync(Asking asking, IStore store, CancellationToken cancel) =>
        (await store.ReadWantedAsync(asking.Caller.Agent!, cancel))
            .Where(row => row.Body is not null && row.Resource.StartsWith(QueuedJob.ResourcePrefix, StringComparison.Ordinal))
            .Select(row => JsonSerializer.Deserialize(row.Body!, JobPlanJson.Default.JobPlan) ?? throw new JsonException($"The wanted row {row.Resource} is null."));
}
