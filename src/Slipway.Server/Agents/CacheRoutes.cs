using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Agents;
using Slipway.Core.Access;
using Slipway.Core.Pipelines;
using Slipway.Engine.Pipelines;
using Slipway.Engine.Ports;
using Slipway.Server.Access;
using Slipway.Server.Api;

namespace Slipway.Server.Agents;

/// <summary>What agents ask for and bring for the caches of jobs. An agent says which attempt it is about; whose states that one takes, and for whom it saves, is in the plan that the server made of it.</summary>
internal static class CacheRoutes
{
    private const string Attempt = CachePaths.Path + "/{run}/{job}/{attempt:int}/{key}";

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(Attempt, FindAsync).RequirePermission(Permission.ActAsAgent).ExcludeFromDescription();
        root.MapGet(Attempt + CachePaths.Bytes, GiveAsync).RequirePermission(Permission.ActAsAgent).ExcludeFromDescription();
        root.MapPut(Attempt, KeepAsync).RequirePermission(Permission.ActAsAgent).ExcludeFromDescription();
        root.MapDelete(Attempt, ForgetAsync).RequirePermission(Permission.ActAsAgent).ExcludeFromDescription();
    }

    private static async Task<IResult> FindAsync(string run, string job, int attempt, string key, Asking asking, IStore store, CacheShelf shelf, CancellationToken cancel)
    {
        if (await PlanAsync(run, job, attempt, key, asking, store, cancel) is not { } plan)
        {
            return NotYours();
        }

        return await shelf.FindAsync(plan, key, cancel) is { } found
            ? TypedResults.Json(new CacheFound(found.Digest, found.Bytes, found.Scope.Words), CacheProtocolJson.Default.CacheFound)
            : ApiProblem.NotFound("Nothing is kept under this key that the job may take.", "Save it when the job has ended well.");
    }

    private static async Task<IResult> GiveAsync(string run, string job, int attempt, string key, string digest, HttpContext context, Asking asking, IStore store, CacheShelf shelf, CancellationToken cancel)
    {
        if (await PlanAsync(run, job, attempt, key, asking, store, cancel) is not { } plan)
        {
            return NotYours();
        }

        await using var bytes = await shelf.OpenAsync(plan, key, digest, cancel);
        if (bytes is null)
        {
            return ApiProblem.NotFound("It is not kept any more.", "Go on without it.");
        }

        // Read once, so that what the disk has spoilt is found out here and does not stand in the way of what the next job saves.
        context.Response.ContentType = "application/gzip";
        context.Response.ContentLength = bytes.Length;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[128 * 1024];
        while (await bytes.ReadAsync(buffer, cancel) is var count and > 0)
        {
            hash.AppendData(buffer.AsSpan(0, count));
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, count), cancel);
        }

        if ("sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset()) != digest)
        {
            await shelf.SpoiltAsync(plan, key, digest, cancel);
        }

        return TypedResults.Empty;
    }

    private static async Task<IResult> KeepAsync(string run, string job, int attempt, string key, string digest, HttpContext context, Asking asking, IStore store, CacheShelf shelf, ServerOptions options, CancellationToken cancel)
    {
        if (await PlanAsync(run, job, attempt, key, asking, store, cancel) is not { } plan)
        {
            return NotYours();
        }

        // What is announced to be larger is told so in words.
        JobRoutes.AllowBody(context, Math.Max(options.MaxCacheBytesOfOne, context.Request.ContentLength ?? 0));

        return TypedResults.Json(new CacheTaken(await shelf.SaveAsync(plan, key, digest, context.Request.Body, context.Request.ContentLength, cancel)), CacheProtocolJson.Default.CacheTaken);
    }

    private static async Task<IResult> ForgetAsync(string run, string job, int attempt, string key, string digest, Asking asking, IStore store, CacheShelf shelf, CancellationToken cancel)
    {
        if (await PlanAsync(run, job, attempt, key, asking, store, cancel) is not { } plan)
        {
            return NotYours();
        }

        await shelf.ForgetAsync(plan, key, digest, cancel);
        return TypedResults.NoContent();
    }

    /// <summary>What the server made of the attempt; null: it is not wanted of this agent, keeps nothing, or the key is none.</summary>
    private static async Task<JobPlan?> PlanAsync(string run, string job, int attempt, string key, Asking asking, IStore store, CancellationToken cancel) =>
        CacheShelf.IsKey(key) && await JobRoutes.JobAsync(run, job, attempt, asking, store, cancel) is { Caches.Count: > 0 } plan ? plan : null;

    private static ApiProblem NotYours() => ApiProblem.NotFound("No such job with caches is wanted of this agent.", "Wait for the next wanted state: this one may be outdated.");
}
