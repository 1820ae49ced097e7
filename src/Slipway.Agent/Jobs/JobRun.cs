using System.ComponentModel;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Slipway.Agent.Instances;
using Slipway.Client.Agents;

namespace Slipway.Agent.Jobs;

/// <summary>What every attempt on this agent shares.</summary>
/// <param name="WhyNoJobs">Why none runs here; null: they do.</param>
/// <param name="Places">As many as jobs may run at a time.</param>
/// <param name="Changed">Called after every change of what is told.</param>
internal sealed record JobSurroundings(
    AgentPaths Paths, IReadOnlyList<string> Tools, TimeProvider Time, ILogger Logger, JobStore Store, SourceCache Sources, JobServer Server, KeptStates States, JobGroups Groups,
    Func<CancellationToken, Task<string?>> WhyNoJobs, SemaphoreSlim Places, Action Changed);

/// <summary>
/// One attempt of a job, from the moment when this agent is told of it until it is not wanted any more: the procedure is <see cref="LiveAsync"/>, what is done for the job is
/// <see cref="AttemptAsync"/>; what others may know is <see cref="Observed"/>.
/// </summary>
/// <param name="record">New, or what an agent before this one has left.</param>
/// <param name="isNew">Nothing of it has been done.</param>
internal sealed class JobRun(JobRecord record, bool isNew, JobSurroundings around) : IDisposable
{
    private readonly AttemptFolder _attempt = around.Store.FolderOf(record.Wanted);
    private readonly JobProgress _progress = new(record, around.Store, around.Changed);
    private readonly CancellationTokenSource _withdrawn = new();
    private volatile StrongToken _token = new(record.Wanted.Token);

    // The last that was found to be this attempt: comparing two is work.
    private WantedJob _same = record.Wanted;

    public WantedJob Wanted => record.Wanted;
    public string Folder => _attempt.Root;

    /// <summary>Ends when nothing of the attempt is left, or with the agent.</summary>
    public Task Life { get; private set; } = Task.CompletedTask;
    public bool IsRemoved { get; private set; }

    /// <summary>It was taken back; it is not told of any more, and what has its name now is another one.</summary>
    public bool IsWithdrawn => _withdrawn.IsCancellationRequested;

    /// <summary>The outcome is told only when all that belongs to it is with the server.</summary>
    public ObservedJob Observed
    {
        get
        {
            var now = _progress.Record;
            return new()
            {
                Run = Wanted.Run,
                Job = Wanted.Job,
                Attempt = Wanted.Attempt,
                Token = _token.Value,
                StartedAt = now.StartedAt,
                Steps = now.Steps,
                Outcome = now.Delivered ? now.Outcome : null,
                Reason = now.Delivered ? now.Reason : null,
                Caches = now.Caches,
                Outputs = now.Delivered ? now.Outputs : null,
                Values = now.Delivered ? now.Values : new Dictionary<string, string>(),
            };
        }
    }

    /// <param name="leave">Cancelled when the agent ends; what runs then is ended, and the next agent says so.</param>
    public void Begin(CancellationToken leave) => Life = Task.Run(() => LiveAsync(leave), CancellationToken.None);

    /// <summary>It is not wanted any more: what runs is ended and all of it removed.</summary>
    public void Withdraw()
    {
        if (!_withdrawn.IsCancellationRequested)
        {
            _withdrawn.Cancel();
        }
    }

    /// <summary>The same attempt under a newer token, or another one of the same name, as after the server went back to a backup?</summary>
    public bool IsOf(WantedJob job)
    {
        if (ReferenceEquals(job, _same))
        {
            return true;
        }
        // Under the token that is held it cannot be another one, however it is written; an end for nothing would be worse.
        if (job.Token != _token.Value && ContentOf(job) != ContentOf(Wanted))
        {
            return false;
        }
        (_same, _token) = (job, new(job.Token));
        around.Changed();
        return true;
    }

    public void Dispose() => _withdrawn.Dispose();

    private async Task LiveAsync(CancellationToken leave)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(leave, _withdrawn.Token);
        try
        {
            if (!_progress.Record.Delivered)
            {
                await RunToEndAsync(ends.Token);
            }
            await Task.Delay(Timeout.InfiniteTimeSpan, around.Time, ends.Token);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // Left for the next agent, or taken back.
        }
        if (!leave.IsCancellationRequested)
        {
            try
            {
                await RemoveAsync(leave);
            }
            catch (OperationCanceledException) when (leave.IsCancellationRequested)
            {
                // The next agent removes it.
            }
        }
    }

    /// <summary>Whatever there is to do, the outcome, and the log and the tests with the server: then it can be told.</summary>
    private async Task RunToEndAsync(CancellationToken ends)
    {
        try
        {
            if (!isNew)
            {
                await JobProcesses.EndAsync(_attempt, around.Time, ends);
            }
            Directory.CreateDirectory(_attempt.Root);
            using var masks = new JobMasks();
            masks.Add(around.Server.Token);
            using var log = new JobLog(_attempt.Log, around.Time, masks);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ends);
            var delivery = Task.Run(() => new LogDelivery(Wanted, log, around.Server, around.Time, around.Logger).RunAsync(stop.Token), CancellationToken.None);
            try
            {
                if (_progress.Record.Outcome is null)
                {
                    Decide(isNew ? await OutcomeOfAttemptAsync(log, masks, ends) : OutcomeOfCutOff(log), log);
                    await RemoveScratchAsync(ends);
                }
                log.Close();
                await delivery;
                await new TestDelivery(Wanted, _attempt, around.Server, around.Time, around.Logger).RunAsync(ends);
            }
            finally
            {
                await stop.CancelAsync();
                await delivery.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The log, or what was reported of tests, cannot be kept or read: the outcome is told without it.
            AgentLog.JobFault(around.Logger, fault, Wanted.Run, Wanted.Job, Wanted.Attempt);
            if (_progress.Record.Outcome is null or ObservedOutcome.Succeeded)
            {
                Keep(Ended(new(!isNew && _progress.Record.HasBegun ? ObservedOutcome.Unknown : ObservedOutcome.InfrastructureFailed, FaultText(fault))));
            }
            await RemoveScratchAsync(ends);
        }
        Keep(_progress.Record with { Delivered = true });
        AgentLog.JobEnded(around.Logger, Wanted.Run, Wanted.Job, Wanted.Attempt, _progress.Record.Outcome, _progress.Record.Reason);
    }

    private async Task<JobEnd> OutcomeOfAttemptAsync(JobLog log, JobMasks masks, CancellationToken ends)
    {
        try
        {
            return await AttemptAsync(log, masks, ends);
        }
        catch (JobFaultException fault)
        {
            return new(ObservedOutcome.InfrastructureFailed, fault.Message);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or Win32Exception)
        {
            AgentLog.JobFault(around.Logger, fault, Wanted.Run, Wanted.Job, Wanted.Attempt);
            return new(ObservedOutcome.InfrastructureFailed, FaultText(fault));
        }
    }

    private async Task<JobEnd> AttemptAsync(JobLog log, JobMasks masks, CancellationToken ends)
    {
        if (await around.WhyNoJobs(ends) is { } why)
        {
            throw new JobFaultException($"this agent runs no jobs: {why}");
        }
        await around.Places.WaitAsync(ends);
        try
        {
            var limits = around.Groups.Most.For(Wanted.Resources);
            AgentLog.JobStarted(around.Logger, Wanted.Run, Wanted.Job, Wanted.Attempt);
            foreach (var folder in (string[])[_attempt.Seen.Workspace, _attempt.Seen.Home, _attempt.Seen.Temporary])
            {
                Directory.CreateDirectory(folder);
            }
            // Without a commit there is nothing but what is unpacked.
            using var source = Wanted.Commit.Length == 0 ? null : await around.Sources.CheckOutAsync(Wanted, _attempt, text => log.Say(JobLog.NoStep, text), ends);
            if (source is not null)
            {
                log.Say(JobLog.NoStep, $"checked out {Wanted.Commit}{(Wanted.Branch.Length > 0 ? $" of {Wanted.Branch}" : "")}");
            }
            var transfers = new JobTransfers(Wanted, _attempt, around.Server, around.Time, log);
            foreach (var input in Wanted.Inputs)
            {
                await transfers.UnpackInputAsync(input, ends);
            }
            masks.Open(_attempt.Masks);
            var caches = new JobCaches(Wanted, _attempt, around.Server, around.States, _progress, log, around.Time);
            await caches.RestoreAsync(ends);
            var seen = _attempt.Seen with { Objects = source?.Objects, Hidden = around.Paths.Root, Tools = around.Tools, Masks = _attempt.Masks };
            if (Wanted.Resources is not null && around.Groups.Missing is { } missing)
            {
                log.Say(JobLog.NoStep, missing);
            }
            var end = await LimitedAsync(limits, group => new JobSteps(Wanted, _attempt, seen, group, _progress, log, masks, around.Time).RunAsync(ends));
            if (end.Outcome == ObservedOutcome.Succeeded && Wanted.Outputs.Count > 0)
            {
                var (digest, problem) = await transfers.KeepOutputsAsync(ends);
                _progress.Show(_progress.Record with { Outputs = digest });
                end = problem is null ? end : new(ObservedOutcome.BuildFailed, problem);
            }
            await caches.SaveAsync(end.Outcome == ObservedOutcome.Succeeded, ends);
            return end;
        }
        finally
        {
            around.Places.Release();
        }
    }

    /// <summary>Runs the steps within limits, where the machine has some.</summary>
    private async Task<JobEnd> LimitedAsync(JobLimits limits, Func<JobGroup?, Task<JobEnd>> steps)
    {
        var group = around.Groups.Make(_attempt, limits);
        try
        {
            return await steps(group);
        }
        finally
        {
            if (group is not null)
            {
                await group.RemoveAsync(_attempt, around.Time, CancellationToken.None);
            }
        }
    }

    /// <summary>An agent before this one began it and ended meanwhile. What still ran of it has been ended.</summary>
    private JobEnd OutcomeOfCutOff(JobLog log)
    {
        var record = _progress.Record;
        var at = record.Steps.LastOrDefault(step => step.State is not (ObservedStepState.Waiting or ObservedStepState.Skipped));
        var end = at is null
            ? new JobEnd(ObservedOutcome.InfrastructureFailed, "the agent ended before the first step began")
            : new JobEnd(ObservedOutcome.Unknown, $"the agent ended while it ran, at step {at.Name}: how far it came is not known");
        log.Say(JobLog.NoStep, end.Reason!);
        return end;
    }

    private void Decide(JobEnd end, JobLog log)
    {
        // Its log is part of it: what could not be written may be just what matters.
        var final = end.Outcome == ObservedOutcome.Succeeded && log.Fault is { } fault ? new JobEnd(ObservedOutcome.InfrastructureFailed, FaultText(fault)) : end;
        if (final.Outcome == ObservedOutcome.InfrastructureFailed)
        {
            log.Say(JobLog.NoStep, final.Reason!);
        }
        Keep(Ended(final));
    }

    private JobRecord Ended(JobEnd end) => _progress.Record with
    {
        Outcome = end.Outcome,
        Reason = end.Reason,
        Outputs = end.Outcome == ObservedOutcome.Succeeded ? _progress.Record.Outputs : null,
        Steps = [.. _progress.Record.Steps.Select(step => step.State switch
        {
            ObservedStepState.Running => step with { State = ObservedStepState.Failed, EndedAt = around.Time.GetUtcNow(), Note = end.Outcome == ObservedOutcome.Unknown ? "how it ended is not known" : end.Reason },
            ObservedStepState.Waiting => step with { State = ObservedStepState.Skipped },
            _ => step,
        })],
    };

    /// <summary>On disk if the disk takes it. If not, the outcome is told all the same: an agent that starts again without it tells less, never more.</summary>
    private void Keep(JobRecord record)
    {
        try
        {
            _progress.Save(record, flush: true);
        }
        catch (IOException fault)
        {
            AgentLog.JobFault(around.Logger, fault, Wanted.Run, Wanted.Job, Wanted.Attempt);
            _progress.Show(record);
        }
    }

    private async Task RemoveScratchAsync(CancellationToken ends)
    {
        try
        {
            await FolderRemoval.RemoveAsync(_attempt.Scratch, ends);
        }
        catch (IOException left)
        {
            // With the attempt's folder it is tried again.
            AgentLog.JobFault(around.Logger, left, Wanted.Run, Wanted.Job, Wanted.Attempt);
        }
    }

    /// <summary>Until nothing is left of it.</summary>
    private async Task RemoveAsync(CancellationToken leave)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                await JobProcesses.EndAsync(_attempt, around.Time, leave);
                await FolderRemoval.RemoveAsync(_attempt.Root, leave);
                IsRemoved = true;
                around.Changed();
                return;
            }
            catch (IOException left)
            {
                AgentLog.JobFault(around.Logger, left, Wanted.Run, Wanted.Job, Wanted.Attempt);
            }
            await Task.Delay(RestartPolicy.Backoff(failures), around.Time, leave);
        }
    }

    private string FaultText(Exception fault) => fault is IOException io && Libc.IsDiskFull(io)
        ? $"the disk that holds {around.Paths.Root} is full: free space there"
        : $"the agent could not go on ({fault.Message}): see what its machine lacks, and run the job again";

    private static string ContentOf(WantedJob job)
    {
        var content = job with { Token = default, Env = Sorted(job.Env), Steps = [.. job.Steps.Select(step => step with { Env = Sorted(step.Env) })] };
        return JsonSerializer.Serialize(new JobRecord { Wanted = content, StartedAt = default }, JobRecordJson.Default.JobRecord);
    }

    private static SortedDictionary<string, string> Sorted(IReadOnlyDictionary<string, string> env) => new(env.ToDictionary(), StringComparer.Ordinal);

    private sealed record StrongToken(Token Value);
}
