using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Agents;

namespace Slipway.Agent.Tests.Harness;

/// <summary>The server's side of caches: one scope, in memory.</summary>
internal sealed class CacheEndpoints
{
    /// <summary>Key to bytes.</summary>
    public ConcurrentDictionary<string, byte[]> Kept { get; } = new();

    /// <summary>Whose it is said to be.</summary>
    public string From { get; set; } = "main";

    /// <summary>In their order: FIND, BYTES, PUT, DELETE.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>What is said instead of an answer; null: the answer.</summary>
    public Func<string, int?> Faults { get; set; } = _ => null;

    /// <summary>What is given instead of the bytes that are kept.</summary>
    public Func<byte[], byte[]> Damage { get; set; } = bytes => bytes;

    /// <summary>Why nothing is taken; null: it is.</summary>
    public string? WhyNot { get; set; }

    public void Map(IEndpointRouteBuilder app)
    {
        const string Attempt = CachePaths.Path + "/{run}/{job}/{attempt:int}/{key}";
        app.MapGet(Attempt, (string key, HttpContext context) => Asked("FIND", context) ?? (Kept.TryGetValue(key, out var bytes) ? Results.Json(new CacheFound(DigestOf(bytes), bytes.Length, From)) : Results.NotFound()));
        app.MapGet(Attempt + CachePaths.Bytes, (string key, string digest, HttpContext context) =>
            Asked("BYTES", context) ?? (Kept.TryGetValue(key, out var bytes) && DigestOf(bytes) == digest ? Results.Bytes(Damage(bytes)) : Results.NotFound()));
        app.MapPut(Attempt, async (string key, string digest, HttpContext context) =>
        {
            var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            if (Asked("PUT", context) is { } fault)
            {
                return fault;
            }
            var why = WhyNot ?? (DigestOf(body.ToArray()) != digest ? "damaged" : Kept.TryAdd(key, body.ToArray()) ? null : "another job has saved it for main meanwhile");
            return Results.Json(new CacheTaken(why));
        });
        app.MapDelete(Attempt, (string key, string digest, HttpContext context) =>
        {
            var fault = Asked("DELETE", context);
            if (fault is null && Kept.TryGetValue(key, out var bytes) && DigestOf(bytes) == digest)
            {
                Kept.TryRemove(key, out _);
            }
            return fault ?? Results.NoContent();
        });
    }

    public static string DigestOf(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));

    private IResult? Asked(string what, HttpContext context)
    {
        if (context.Request.Headers.Authorization != "Bearer " + FakeServer.Token)
        {
            return Results.Unauthorized();
        }
        Requests.Enqueue(what);
        return Faults(what) is { } status ? Results.StatusCode(status) : null;
    }
}
