using Microsoft.Extensions.Logging;
using Slipway.Agent.Instances;
using Slipway.Client.Agents;

namespace Slipway.Agent.Jobs;

/// <summary>
/// Brings a log to the server, piece by piece, each at the byte where the server's copy ends. A piece that was lost or came twice changes nothing: the server says where it is, and
/// that is where it goes on. It ends when the log is closed and all of it is there, or when the server takes no more.
/// </summary>
internal sealed class LogDelivery(WantedJob job, JobLog log, JobServer server, TimeProvider time, ILogger logger)
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        await using var file = new FileStream(log.PathOfFile, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0, Options = FileOptions.Asynchronous });
        var buffer = new byte[AgentLimits.LogChunkBytes];
        var failures = 0;
        long? refusedSince = null;
        for (long there = 0; ;)
        {
            var closed = log.IsClosed;
            var length = log.Length;
            if (there >= length)
            {
                if (closed)
                {
                    return;
                }
                await log.WaitAsync(AgentLimits.ReportEvery, cancellation);
                continue;
            }
            file.Position = there;
            var count = await file.ReadAtLeastAsync(buffer, (int)Math.Min(buffer.Length, length - there), throwOnEndOfStream: false, cancellation);
            var answer = await server.AppendLogAsync(job, there, buffer.AsMemory(0, (int)Math.Min(count, length - there)), cancellation);
            if (answer is ServerAnswer.LogIs { End: var end })
            {
                if (end.Full || end.Length > log.Length)
                {
                    AgentLog.JobLogFull(logger, job.Run, job.Job, job.Attempt, end.Length);
                    return;
                }
                // Without a step forward (it fell back, or stands still) there is a wait: the two must not chase each other.
                failures = end.Length > there ? 0 : failures + 1;
                there = end.Length;
                refusedSince = null;
                // A full piece means that more is there: it goes at once.
                await Task.Delay(failures > 0 ? RestartPolicy.Backoff(failures) : log.IsClosed || count == buffer.Length ? TimeSpan.Zero : AgentLimits.LogSpacing, time, cancellation);
                continue;
            }
            if (answer is ServerAnswer.Refused refused)
            {
                // An attempt that is not the server's any more is taken back soon. If it is not, its outcome matters more than its log.
                refusedSince ??= time.GetTimestamp();
                if (time.GetElapsedTime(refusedSince.Value) > AgentLimits.JobPatience)
                {
                    AgentLog.JobLogRefused(logger, job.Run, job.Job, job.Attempt, refused.Why);
                    return;
                }
            }
            await Task.Delay(RestartPolicy.Backoff(++failures) is var wait && wait < LongestWait ? wait : LongestWait, time, cancellation);
        }
    }

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);
}
