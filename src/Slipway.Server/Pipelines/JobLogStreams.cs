using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Slipway.Client.Api;
using Slipway.Core.Pipelines;
using Slipway.Engine.Access;
using Slipway.Engine.Pipelines;
using Slipway.Server.Api;
using Slipway.Server.Ledger;

namespace Slipway.Server.Pipelines;

/// <summary>
/// Logs as they are written, as server-sent events: what is there, then what comes, then how the attempt ended. Every reader reads the file at its own pace, a piece at a time; one
/// that is slow holds nobody up and costs no memory.
/// </summary>
internal sealed class JobLogStreams(JobLogs logs, RunDesk runs, EventStreams streams, Revocations revocations, IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>Several of the longest lines.</summary>
    private const int PieceBytes = 64 * 1024;

    /// <summary>Whether the attempt has ended is asked this often while nothing comes.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);

    /// <param name="from">The byte after which to begin, as an event's id had it.</param>
    /// <returns>Null: too many streams are open.</returns>
    public JobLogStream? Open(Caller caller, string run, string job, int attempt, long from) => streams.TryEnter() ? new JobLogStream(this, caller, run, job, attempt, from) : null;

    /// <summary>The attempt whose log is meant when none is named: the last, or the one that a job that has yet to run will have.</summary>
    public static int AttemptOf(JobState job) => job.Phase == JobPhase.Waiting || job.Attempt == 0 ? job.Attempt + 1 : job.Attempt;

    /// <summary>Nothing more will be written to this attempt's log.</summary>
    public static bool IsOver(JobState job, int attempt) => job.HasEnded || job.Attempt > attempt || (job.Attempt == attempt && job.Phase == JobPhase.Waiting);

    public async Task RunAsync(HttpContext context, JobLogStream stream)
    {
        try
        {
            using var watch = revocations.Of(stream.Caller.Token);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, watch.Revoked, lifetime.ApplicationStopping);
            await SendAsync(context.Response, stream, ended.Token);
        }
        catch (OperationCanceledException)
        {
            // The reader went away, its token was revoked, or the server stops: each ends the stream, and the reader may come back with Last-Event-ID.
        }
        finally
        {
            streams.Leave();
        }
    }

    private async Task SendAsync(HttpResponse response, JobLogStream stream, CancellationToken cancel)
    {
        EventStreams.Begin(response);
        await response.WriteAsync("retry: 2000\n\n", cancel);
        await response.Body.FlushAsync(cancel);
        var (buffer, events) = (ArrayPool<byte>.Shared.Rent(PieceBytes), new ArrayBufferWriter<byte>());
        FileStream? file = null;
        try
        {
            var (at, seen) = (stream.From, 0L);
            var (spokenAt, checkedAt, lookedAt) = (time.GetTimestamp(), time.GetTimestamp(), (long?)null);
            JobLogEnd? end = null;
            var isIdle = true;
            while (true)
            {
                if (time.GetElapsedTime(checkedAt) >= ApiLimits.Heartbeat)
                {
                    checkedAt = time.GetTimestamp();
                    if (!await streams.MayGoOnAsync(stream.Caller, cancel))
                    {
                        return;
                    }
                }

                // Asked before the file is read: what an ended attempt wrote is all there.
                if (end is null && isIdle && (lookedAt is not { } last || time.GetElapsedTime(last) >= LookAgain))
                {
                    lookedAt = time.GetTimestamp();
                    end = await EndOfAsync(stream, cancel);
                }

                file ??= logs.Open(stream.Run, stream.Job, stream.Attempt);
                var before = at;
                (at, seen) = file is null ? (at, 0) : await SendPieceAsync(response, file, buffer, events, at, isLast: end is not null, cancel);
                isIdle = at == before;
                if (!isIdle)
                {
                    spokenAt = time.GetTimestamp();
                }
                else if (end is not null)
                {
                    await response.WriteAsync($"event: end\ndata: {JsonSerializer.Serialize(end, ApiJson.Of<JobLogEnd>())}\n\n", cancel);
                    return;
                }
                else
                {
                    await logs.WaitAsync(stream.Run, stream.Job, stream.Attempt, seen, LookAgain, time, cancel);
                }

                if (time.GetElapsedTime(spokenAt) >= ApiLimits.Heartbeat)
                {
                    spokenAt = time.GetTimestamp();
                    await response.WriteAsync(": still here\n\n", cancel);
                    await response.Body.FlushAsync(cancel);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            if (file is not null)
            {
                await file.DisposeAsync();
            }
        }
    }

    /// <returns>How far the reader is now, and how many bytes of the log were seen.</returns>
    private static async Task<(long At, long Seen)> SendPieceAsync(HttpResponse response, FileStream file, byte[] buffer, ArrayBufferWriter<byte> events, long at, bool isLast, CancellationToken cancel)
    {
        var count = await RandomAccess.ReadAsync(file.SafeFileHandle, buffer.AsMemory(0, PieceBytes), at, cancel);
        var whole = buffer.AsSpan(0, count).LastIndexOf((byte)'\n') + 1;
        if (whole == 0)
        {
            // A line that is longer than any agent writes, or a last one that was torn off, is sent as far as it came.
            whole = isLast || count == PieceBytes ? count : 0;
        }

        if (whole == 0)
        {
            return (at, at + count);
        }

        // Put together first: a thousand small writes to the answer cost far more than one.
        events.ResetWrittenCount();
        var now = LogEvents.Write(events, buffer.AsSpan(0, whole), at);
        await response.BodyWriter.WriteAsync(events.WrittenMemory, cancel);
        return (now, at + count);
    }

    /// <summary>Null: it goes on.</summary>
    private async Task<JobLogEnd?> EndOfAsync(JobLogStream stream, CancellationToken cancel)
    {
        // A job of a run that is no more writes nothing either.
        var job = (await runs.FindAsync(stream.Run, cancel))?.Jobs.FirstOrDefault(j => j.Name == stream.Job);
        return job is null ? new JobLogEnd { Attempt = stream.Attempt, State = JobStateView.Cancelled }
            : !IsOver(job, stream.Attempt) ? null
            : new JobLogEnd
            {
                Attempt = stream.Attempt,
                State = Enum.Parse<JobStateView>(job.Phase.ToString()),
                Next = job.Attempt > stream.Attempt || !job.HasEnded ? stream.Attempt + 1 : null,
            };
    }
}

/// <summary>An answer that goes on: a log as server-sent events.</summary>
internal sealed class JobLogStream(JobLogStreams owner, Caller caller, string run, string job, int attempt, long from) : IResult
{
    public Caller Caller => caller;
    public string Run => run;
    public string Job => job;
    public int Attempt => attempt;
    public long From => from;

    public Task ExecuteAsync(HttpContext httpContext) => owner.RunAsync(httpContext, this);
}
