using System.IO.Compression;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Agents;
using Slipway.Core.Access;
using Slipway.Core.Pipelines;
using Slipway.Core.Reports;
using Slipway.Engine.Pipelines;
using Slipway.Engine.Ports;
using Slipway.Server.Access;
using Slipway.Server.Api;

namespace Slipway.Server.Agents;

/// <summary>Takes what attempts report of tests. The texts are the build's, and the counts are an agent's: both are held to their bounds here too.</summary>
internal static class TestRoutes
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPut(AttemptTests.Path + "/{run}/{job}/{attempt:int}", KeepAsync).RequirePermission(Permission.ActAsAgent).ExcludeFromDescription();

    private static async Task<Results<Ok, ApiProblem>> KeepAsync(string run, string job, int attempt, HttpContext context, Asking asking, IStore store, ITestStore tests, RunDesk runs, ISourceProvider sources, CancellationToken cancel)
    {
        if (await JobRoutes.JobAsync(run, job, attempt, asking, store, cancel) is not { } plan || await runs.FindAsync(run, cancel) is not { } state)
        {
            return ApiProblem.NotFound(JobRoutes.NotYours, JobRoutes.Outdated);
        }

        JobRoutes.AllowBody(context, AttemptTests.MostBytes);
        AttemptTests told;
        try
        {
            await using var unpacked = new BoundedStream(new GZipStream(context.Request.Body, CompressionMode.Decompress), AttemptTests.MostBytes);
            told = await JsonSerializer.DeserializeAsync(unpacked, AgentProtocolJson.Default.AttemptTests, cancel) ?? throw new JsonException("It is null.");
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidDataException)
        {
            var why = unreadable is JsonException json ? $"it cannot be read at {json.Path ?? "its beginning"}" : unreadable.Message.TrimEnd('.');
            return ApiProblem.Invalid($"What came is no report of tests: {why}.", "An agent of this server's version writes ones that can be read.", "invalidTests");
        }

        if (Wrong(told) is { } wrong)
        {
            return ApiProblem.Invalid($"What came is no report of tests: {wrong}.", "An agent of this server's version keeps to the bounds.", "invalidTests");
        }

        // A step whose reports name no test is one that ran none: there is no history of that.
        if (told is { Tests.Count: 0, Left: 0, Coverage: null })
        {
            return TypedResults.Ok();
        }

        await tests.KeepAsync(Report(plan, state, told, await sources.CodeAsync(plan.Service, plan.Commit, plan.Path, cancel)), cancel);
        return TypedResults.Ok();
    }

    private static string? Wrong(AttemptTests told) =>
        told.Tests.Count > AttemptTests.MostTests ? $"it has {told.Tests.Count} tests; there may be {AttemptTests.MostTests}"
        : told.Left < 0 ? "less than none was left out"
        : told.Tests.Any(t => t.Name.Length is 0 or > AttemptTests.NameLength || t.Suite?.Length > AttemptTests.SuiteLength || t.Message?.Length > AttemptTests.MessageLength || t.Stack?.Length > AttemptTests.StackLength || t.Microseconds < 0) ? "a test is out of bounds"
        : told.Tests.DistinctBy(t => t.Name, StringComparer.Ordinal).Count() < told.Tests.Count ? "a test is in it twice"
        : told.Coverage is { } c && (c.Packages.Count > AttemptTests.MostPackages || c.PackagesLeft < 0 || Bad(c.Covered, c.Valid) || c.Packages.Any(p => Bad(p.Covered, p.Valid) || p.Name.Length > AttemptTests.NameLength)) ? "its coverage is out of bounds"
        : null;

    private static bool Bad(long covered, long valid) => covered < 0 || covered > valid || valid > 1L << 40;

    private static TestReport Report(JobPlan plan, RunState run, AttemptTests told, string? code) => new()
    {
        Service = plan.Service, Run = plan.Run, RunAt = run.RequestedAt, Commit = plan.Commit, Code = code, Branch = plan.Branch, Job = plan.Job, Attempt = plan.Attempt, Left = told.Left,
        Tests = [.. told.Tests.Select(t => new ReportedTest(t.Name, t.Suite, Enum.Parse<TestOutcome>(t.Outcome.ToString()), t.FailedBefore, t.Quarantined, t.Microseconds, t.Message, t.Stack))],
        Coverage = told.Coverage is { } c ? new(c.Covered, c.Valid, [.. c.Packages.Select(p => new PackageShare(p.Name, p.Covered, p.Valid))], c.PackagesLeft) : null,
    };

    /// <summary>Reads so many bytes and no more: what is small when packed may be large.</summary>
    private sealed class BoundedStream(Stream inner, long most) : Stream
    {
        private long read;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            read += count;
            return read <= most ? count : throw new InvalidDataException($"it has more than {most} bytes");
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override void Flush() => throw new NotSupportedException();

        public override async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}
