using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Agents;

namespace Slipway.Agent.Tests.Harness;

/// <summary>The server's side of what jobs ask for: repositories by the git program, blobs and logs in memory.</summary>
internal sealed class JobEndpoints
{
    /// <summary>Digest to bytes.</summary>
    public ConcurrentDictionary<string, byte[]> Blobs { get; } = new();

    /// <summary>By run/job/attempt.</summary>
    public ConcurrentDictionary<string, MemoryStream> Logs { get; } = new();

    /// <summary>What was told of tests, by run/job/attempt: each time that it came.</summary>
    public ConcurrentDictionary<string, ConcurrentQueue<AttemptTests>> Tests { get; } = new();

    /// <summary>So many tellings of tests more are answered with this status.</summary>
    public (int Times, int Status) FailingTests;

    public AttemptTests? TestsOf(WantedJob job) => Tests.TryGetValue(Key(job.Run, job.Job, job.Attempt), out var told) ? told.Last() : null;

    /// <summary>By service.</summary>
    public ConcurrentDictionary<string, string> Repositories { get; } = new();

    /// <summary>What becomes of the n-th append, from 1: null: as it should be.</summary>
    public Func<int, LogFault?> LogFaults { get; set; } = _ => null;
    public int Appends;

    /// <summary>So many uploads more are answered with 503.</summary>
    public int FailingPuts;

    public enum LogFault
    {
        /// <summary>It never arrived.</summary>
        Lost,

        /// <summary>It was taken, and the answer was lost.</summary>
        AnswerLost,
    }

    public string LogOf(WantedJob job)
    {
        var log = Logs.GetOrAdd(Key(job.Run, job.Job, job.Attempt), _ => new());
        lock (log)
        {
            return Encoding.UTF8.GetString(log.ToArray());
        }
    }

    /// <summary>The texts of a log's lines, of one step or of all.</summary>
    public IReadOnlyList<string> LinesOf(WantedJob job, int? step = null) =>
        [.. LogOf(job).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', 3)).Where(parts => step is null || parts[1] == $"{step}").Select(parts => parts[2])];

    public void Map(IEndpointRouteBuilder app)
    {
        // Routing leaves an encoded slash as it came.
        app.MapPost(JobPaths.LogPath + "/{run}/{job}/{attempt:int}", (string run, string job, int attempt, long offset, HttpContext context) => Guarded(context, () => AppendAsync(Key(run, job.Replace("%2F", "/"), attempt), offset, context)));
        app.MapPut(AttemptTests.Path + "/{run}/{job}/{attempt:int}", (string run, string job, int attempt, HttpContext context) => Guarded(context, () => TellAsync(Key(run, job.Replace("%2F", "/"), attempt), context)));
        app.MapPut(JobPaths.BlobPath + "/{digest}", (string digest, HttpContext context) => Guarded(context, () => PutAsync(digest, context)));
        app.MapGet(JobPaths.BlobPath + "/{digest}", (string digest, HttpContext context) => Guarded(context, () => Task.FromResult(Blobs.TryGetValue(digest, out var bytes) ? Results.Bytes(bytes) : Results.NotFound())));
        app.MapGet(JobPaths.SourcePath + "/{service}.git/info/refs", (string service, HttpContext context) => Guarded(context, () => GitAsync(service, ["--http-backend-info-refs"], context)));
        app.MapPost(JobPaths.SourcePath + "/{service}.git/git-upload-pack", (string service, HttpContext context) => Guarded(context, () => GitAsync(service, [], context)));
    }

    private static string Key(string run, string job, int attempt) => $"{run}/{job}/{attempt}";

    private static async Task<IResult> Guarded(HttpContext context, Func<Task<IResult>> then) =>
        context.Request.Headers.Authorization == "Bearer " + FakeServer.Token ? await then() : Results.Unauthorized();

    private async Task<IResult> AppendAsync(string key, long offset, HttpContext context)
    {
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var fault = LogFaults(Interlocked.Increment(ref Appends));
        if (fault == LogFault.Lost)
        {
            return Results.StatusCode(503);
        }
        var log = Logs.GetOrAdd(key, _ => new());
        lock (log)
        {
            if (log.Length != offset)
            {
                return Results.Json(new LogEnd(log.Length, false), statusCode: 409);
            }
            log.Write(body.ToArray());
            return fault == LogFault.AnswerLost ? Results.StatusCode(503) : Results.Json(new LogEnd(log.Length, false));
        }
    }

    private async Task<IResult> TellAsync(string key, HttpContext context)
    {
        await using var body = new GZipStream(context.Request.Body, CompressionMode.Decompress);
        var told = (await JsonSerializer.DeserializeAsync(body, AgentProtocolJson.Default.AttemptTests))!;
        lock (Tests)
        {
            if (FailingTests.Times-- > 0)
            {
                return Results.StatusCode(FailingTests.Status);
            }
        }
        Tests.GetOrAdd(key, _ => new()).Enqueue(told);
        return Results.Ok();
    }

    private async Task<IResult> PutAsync(string digest, HttpContext context)
    {
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if ("sha256:" + Convert.ToHexStringLower(SHA256.HashData(body.ToArray())) != digest)
        {
            return Results.BadRequest();
        }
        if (Interlocked.Decrement(ref FailingPuts) >= 0)
        {
            return Results.StatusCode(503);
        }
        Blobs[digest] = body.ToArray();
        return Results.Ok();
    }

    private async Task<IResult> GitAsync(string service, string[] options, HttpContext context)
    {
        if (!Repositories.TryGetValue(service, out var repository))
        {
            return Results.NotFound();
        }
        var start = new ProcessStartInfo("git", ["upload-pack", "--stateless-rpc", .. options, repository]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var protocol = context.Request.Headers["Git-Protocol"].ToString();
        start.Environment["GIT_PROTOCOL"] = protocol;
        using var git = Process.Start(start)!;
        var answers = options.Length > 0;
        context.Response.ContentType = answers ? "application/x-git-upload-pack-advertisement" : "application/x-git-upload-pack-result";
        if (answers && protocol != "version=2")
        {
            await context.Response.Body.WriteAsync("001e# service=git-upload-pack\n0000"u8.ToArray());
        }
        var feeding = Task.Run(async () =>
        {
            var body = context.Request.Headers.ContentEncoding == "gzip" ? new GZipStream(context.Request.Body, CompressionMode.Decompress) : context.Request.Body;
            await body.CopyToAsync(git.StandardInput.BaseStream);
            git.StandardInput.Close();
        });
        await git.StandardOutput.BaseStream.CopyToAsync(context.Response.Body);
        await feeding;
        await git.WaitForExitAsync();
        return Results.Empty;
    }
}
