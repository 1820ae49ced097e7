using Slipway.Agent.Instances;
using Slipway.Client.Agents;
using Slipway.Client.Artifacts;

namespace Slipway.Agent.Jobs;

/// <summary>What goes between jobs, by way of the server: packed outputs, whose names begin at the service's folder.</summary>
internal sealed class JobTransfers(WantedJob job, AttemptFolder attempt, JobServer server, TimeProvider time, JobLog log)
{
    /// <summary>Puts what another job made where that job had it.</summary>
    public async Task UnpackInputAsync(string digest, CancellationToken ends)
    {
        var limits = ArtifactLimits.Default;
        await AskAsync(() => server.GetBlobAsync(digest, attempt.Packed, limits.MaxPackedBytes, ends), $"the outputs {digest} of a job that this one needs", AgentLimits.JobPatience, ends);
        Directory.CreateDirectory(attempt.Unpacked);
        using (var packed = File.OpenRead(attempt.Packed))
        {
            if (ArtifactExtractor.Extract(packed, attempt.Unpacked, limits, ends) is ExtractOutcome.Refused refused)
            {
                throw new JobFaultException($"the outputs {digest} of a job that this one needs cannot be unpacked safely ({refused}): run that job again");
            }
        }
        JobInputs.MoveOver(new(attempt.Unpacked), ServiceFolder.Find(attempt.Seen.Workspace, job.Path) ?? throw new JobFaultException($"the commit has no folder '{job.Path}', where the service is said to lie"));
        ArtifactExtractor.Remove(attempt.Unpacked);
        File.Delete(attempt.Packed);
        log.Say(JobLog.NoStep, $"unpacked outputs {digest}");
    }

    /// <summary>Packs what the steps made, and gives it to the server.</summary>
    /// <returns>Its digest; or what is wrong with it.</returns>
    public async Task<(string? Digest, string? Problem)> KeepOutputsAsync(CancellationToken ends)
    {
        if (ServiceFolder.Find(attempt.Seen.Workspace, job.Path) is not { } folder)
        {
            return (null, $"its outputs cannot be packed: the folder '{job.Path}' is gone, or a link");
        }
        PackOutcome outcome;
        await using (var file = new FileStream(attempt.Packed, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = AgentPaths.OwnerOnly }))
        {
            outcome = ArtifactPacker.Pack(folder, job.Outputs, file, cancellation: ends);
        }
        if (outcome is not PackOutcome.Packed packed)
        {
            return (null, $"its outputs cannot be packed: {outcome}");
        }
        log.Say(JobLog.NoStep, $"packed {packed.Entries} outputs, {packed.Bytes} bytes, as {packed.Digest}");
        // The work is done: only whoever asked for it may give it up.
        await AskAsync(() => server.PutBlobAsync(packed.Digest, attempt.Packed, ends), "the outputs", Timeout.InfiniteTimeSpan, ends);
        File.Delete(attempt.Packed);
        return (packed.Digest, null);
    }

    /// <summary>Asks until the server has done it, or has not for too long.</summary>
    private async Task AskAsync(Func<Task<ServerAnswer>> ask, string what, TimeSpan patience, CancellationToken ends)
    {
        var began = time.GetTimestamp();
        for (var failures = 1; await ask() is not ServerAnswer.Done and var answer; failures++)
        {
            var why = answer switch
            {
                ServerAnswer.NotNow { Why: var now } => now,
                ServerAnswer.Refused { Why: var refused } => throw new JobFaultException($"the server does not take or give {what} ({refused}): see its log, and run the job again"),
                _ => throw new InvalidOperationException($"an answer that nobody knows: {answer}"),
            };
            if (patience != Timeout.InfiniteTimeSpan && time.GetElapsedTime(began) > patience)
            {
                throw new JobFaultException($"{what} could not be passed between server and agent in {patience.TotalMinutes:0} minutes ({why}): see what lies between them, and run the job again");
            }
            if (failures == 1)
            {
                log.Say(JobLog.NoStep, $"{what}: {why}; trying again");
            }
            await Task.Delay(RestartPolicy.Backoff(failures), time, ends);
        }
    }
}
