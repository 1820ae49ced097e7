using Microsoft.Extensions.Logging;
using Slipway.Agent.Instances;
using Slipway.Client.Agents;

namespace Slipway.Agent.Jobs;

/// <summary>Brings what an attempt has reported of tests to the server. It is one document, and the server keeps the first that comes: to send it again changes nothing.</summary>
internal sealed class TestDelivery(WantedJob job, AttemptFolder attempt, JobServer server, TimeProvider time, ILogger logger)
{
    /// <summary>Until it is there, or the server will not have it.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        if (!File.Exists(attempt.Tests))
        {
            return;
        }
        long? refusedSince = null;
        for (var failures = 1; await server.PutTestsAsync(job, attempt.Tests, cancellation) is not ServerAnswer.Done and var answer; failures++)
        {
            if (answer is ServerAnswer.Refused refused)
            {
                // As with the log: an attempt that is not the server's any more is taken back soon, and if not, its outcome matters more.
                refusedSince ??= time.GetTimestamp();
                if (time.GetElapsedTime(refusedSince.Value) > AgentLimits.TestPatience)
                {
                    AgentLog.JobTestsRefused(logger, job.Run, job.Job, job.Attempt, refused.Why);
                    return;
                }
            }
            await Task.Delay(RestartPolicy.Backoff(failures) is var wait && wait < LongestWait ? wait : LongestWait, time, cancellation);
        }
    }

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);
}
