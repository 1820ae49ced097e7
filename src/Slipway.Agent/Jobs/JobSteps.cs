using System.ComponentModel;
using System.Globalization;
using System.Text;
using Slipway.Client.Agents;

namespace Slipway.Agent.Jobs;

/// <summary>How an attempt, or a step of it, ended.</summary>
/// <param name="Reason">One sentence; for a success only where there is something to say of it.</param>
internal sealed record JobEnd(ObservedOutcome Outcome, string? Reason)
{
    public static JobEnd Success { get; } = new(ObservedOutcome.Succeeded, null);
}

/// <summary>An attempt's steps, one after the other. The first that fails decides the outcome; after it only those run that always do.</summary>
internal sealed class JobSteps(WantedJob job, AttemptFolder attempt, JobFolders folders, JobGroup? group, JobProgress progress, JobLog log, JobMasks masks, TimeProvider time)
{
    /// <summary>What a shell ends with when it does not find a command.</summary>
    private const int NoSuchCommand = 127;
    private const string NotFound = "exit status 127: a command was not found. Steps see /usr and /opt of the agent's machine, and the folders that the agent was given with --tools";
    // Beyond these a command was not found, or was killed: that is no test's doing.
    private const int LargestOwnStatus = 125;
    private readonly StepReports _reports = new(job, attempt, folders, log);
    private JobEnd? _failure, _remark;
    private long? _began;
    private bool _timeIsUp;

    /// <exception cref="JobFaultException">The agent or its machine could not go on.</exception>
    /// <exception cref="IOException">The disk fails.</exception>
    public async Task<JobEnd> RunAsync(CancellationToken ends)
    {
        for (var index = 0; index < job.Steps.Count; index++)
        {
            var step = job.Steps[index];
            if (!_timeIsUp && _began is { } began && time.GetElapsedTime(began) >= job.Timeout)
            {
                _timeIsUp = true;
                _failure ??= new(ObservedOutcome.TimedOut, $"the job took longer than its {Text(job.Timeout)}");
            }
            if (_timeIsUp || (_failure is not null && !step.Always))
            {
                Show(index, observed => observed with { State = ObservedStepState.Skipped });
            }
            else if (await RunStepAsync(index, step, ends) is { Outcome: not ObservedOutcome.Succeeded } failure)
            {
                _failure = step.ContinueOnError && !_timeIsUp ? _failure : _failure ?? failure;
            }
        }
        return _failure ?? _remark ?? JobEnd.Success;
    }

    private async Task<JobEnd> RunStepAsync(int index, WantedStep step, CancellationToken ends)
    {
        for (var tries = 1; ; tries++)
        {
            Begin(index, tries);
            if (tries > 1)
            {
                log.Say(index, $"try {tries} of {step.Retry + 1}");
            }
            var (end, code, again) = await TryAsync(index, step, ends);
            Heed(index, ended: true);
            // Names of tests and the like are a step's words too.
            end = end with { Reason = end.Reason is { } told ? log.Masked(told) : null };
            if (end.Reason is { } why)
            {
                log.Say(index, why);
            }
            if (end.Outcome != ObservedOutcome.Succeeded && again && tries <= step.Retry)
            {
                continue;
            }
            Show(index, observed => observed with
            {
                State = end.Outcome == ObservedOutcome.Succeeded ? ObservedStepState.Succeeded : ObservedStepState.Failed,
                EndedAt = time.GetUtcNow(),
                ExitCode = code,
                Note = end.Reason,
            });
            var named = end.Reason is null ? end : end with { Reason = $"{step.Name}: {end.Reason}" };
            _remark ??= named is { Outcome: ObservedOutcome.Succeeded, Reason: not null } ? named : null;
            return named;
        }
    }

    /// <summary>One try, and what it left: values and reports.</summary>
    private async Task<(JobEnd End, int? Code, bool Again)> TryAsync(int index, WantedStep step, CancellationToken ends)
    {
        var environment = StepEnvironment.For(job, step, folders.Tools);
        if (WhyTooLong(step, environment) is { } tooLong)
        {
            return (new(ObservedOutcome.BuildFailed, tooLong), null, false);
        }
        _began ??= time.GetTimestamp();
        var left = job.Timeout - time.GetElapsedTime(_began.Value);
        var own = step.Timeout is { } timeout && timeout < left ? timeout : (TimeSpan?)null;
        var before = group?.Counts();
        var end = await ProcessAsync(index, step, environment, own ?? (left > TimeSpan.Zero ? left : TimeSpan.Zero), ends);
        if (end.TimedOut)
        {
            _timeIsUp = own is null;
            return (new(ObservedOutcome.TimedOut, own is null ? $"the job took longer than its {Text(job.Timeout)}, and was ended" : $"it took longer than its {Text(own.Value)}, and was ended"), null, own is not null);
        }
        var limited = before is null ? null : group!.WhatHappened(before);
        if (end.Fault is { } fault)
        {
            if (limited is not null)
            {
                return (new(ObservedOutcome.BuildFailed, limited), null, true);
            }
            var directory = DirectoryOf(step);
            return directory is null || Directory.Exists(Path.Combine(folders.Workspace, directory))
                ? throw new JobFaultException($"{step.Name}: {fault}; the last lines of its log say why")
                : (new(ObservedOutcome.BuildFailed, $"there is no folder '{directory}' in the checkout"), null, false);
        }
        var (values, problem) = StepValues.Read(Path.Combine(folders.Temporary, StepEnvironment.ValuesFile));
        progress.Show(progress.Record with { Values = values });
        var tests = _reports.Read(index, step);
        return end.ExitCode == 0
            ? problem is null ? (limited is null ? JobEnd.Success : new(ObservedOutcome.Succeeded, limited), 0, false) : (new(ObservedOutcome.BuildFailed, problem), 0, false)
            : tests is not { Failed: > 0 } ? (new(ObservedOutcome.BuildFailed, limited is not null ? $"{limited} (exit status {end.ExitCode})" : end.ExitCode == NoSuchCommand ? NotFound : $"exit status {end.ExitCode}"), end.ExitCode, true)
            : !tests.OnlyQuarantinedFailed || end.ExitCode > LargestOwnStatus || limited is not null ? (new(ObservedOutcome.TestsFailed, FailedText(tests) + (limited is null ? "" : $"; {limited}")), end.ExitCode, true)
            : problem is null ? (new(ObservedOutcome.Succeeded, $"{tests.Failed} of {tests.Tests} tests failed, all in quarantine ({NamesOf(tests.QuarantinedNames, tests.Failed)})"), end.ExitCode, false)
            : (new(ObservedOutcome.BuildFailed, problem), end.ExitCode, false);
    }

    private static string FailedText(StepTests tests) => tests.Quarantined == 0
        ? $"{tests.Failed} of {tests.Tests} tests failed ({NamesOf(tests.Names, tests.Failed)})"
        : tests.Quarantined < tests.Failed
        ? $"{tests.Failed - tests.Quarantined} of {tests.Tests} tests failed ({NamesOf(tests.Names, tests.Failed - tests.Quarantined)}), and {tests.Quarantined} in quarantine"
        : $"{tests.Failed} of {tests.Tests} tests failed, all in quarantine ({NamesOf(tests.QuarantinedNames, tests.Failed)}), but the step did not fail by them alone";

    private static string NamesOf(IReadOnlyList<string> names, int all) => string.Join(", ", names) + (all > names.Count ? ", …" : "");

    private async Task<StepEnd> ProcessAsync(int index, WantedStep step, Dictionary<string, string> environment, TimeSpan longest, CancellationToken ends)
    {
        if (log.Fault is { } unkept)
        {
            throw unkept;
        }
        var output = log.Of(index);
        using var noLog = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ends, noLog.Token);
        log.OnFault = noLog.Cancel;
        await File.WriteAllBytesAsync(attempt.TryBegan, [], ends);
        try
        {
            return await StepProcess.RunAsync(
                status => JobSandbox.CommandLine(folders, DirectoryOf(step), job.Network, environment, status, ["bash", "-euo", "pipefail", "-c", step.Run]),
                attempt.Status, attempt.Root, group, longest, bytes =>
                {
                    Heed(index);
                    output.Write(bytes.Span);
                    return ValueTask.CompletedTask;
                },
                time, either.Token);
        }
        catch (OperationCanceledException) when (log.Fault is not null && !ends.IsCancellationRequested)
        {
            throw log.Fault;
        }
        catch (Win32Exception none)
        {
            throw new JobFaultException($"{step.Name}: this agent could not start a process for it ({none.Message}): see what its machine lacks", none);
        }
        finally
        {
            output.End();
            log.OnFault = null;
        }
    }

    /// <summary>Takes what the step has said must not be shown.</summary>
    private void Heed(int index, bool ended = false)
    {
        foreach (var note in masks.Look(ended))
        {
            log.Say(index, note);
        }
    }

    /// <summary>On disk before the process is made; across a loss of power too the first time, from which on the attempt may not be begun anew.</summary>
    private void Begin(int index, int tries)
    {
        var first = !progress.Record.HasBegun;
        IReadOnlyList<ObservedStep> steps = first ? [.. job.Steps.Select(step => new ObservedStep(step.Name, ObservedStepState.Waiting, null, null, null, 0, null))] : progress.Record.Steps;
        var now = time.GetUtcNow();
        progress.Save(
            progress.Record with { Steps = [.. steps.Select((step, i) => i == index ? step with { State = ObservedStepState.Running, StartedAt = step.StartedAt ?? now, Tries = tries } : step)] },
            flush: first);
    }

    private void Show(int index, Func<ObservedStep, ObservedStep> change) =>
        progress.Show(progress.Record with { Steps = [.. progress.Record.Steps.Select((step, i) => i == index ? change(step) : step)] });

    private string? DirectoryOf(WantedStep step) => (job.Path, step.Directory) switch
    {
        (null, var directory) => directory,
        (var path, null) => path,
        var (path, directory) => $"{path}/{directory}",
    };

    private static string? WhyTooLong(WantedStep step, Dictionary<string, string> environment)
    {
        var script = Encoding.UTF8.GetByteCount(step.Run);
        var longest = environment.MaxBy(pair => pair.Value.Length);
        return script > AgentLimits.ArgumentBytes ? $"its script has {script} bytes; there may be {AgentLimits.ArgumentBytes}: put it into a file of the repository"
            : Encoding.UTF8.GetByteCount(longest.Value) > AgentLimits.ArgumentBytes ? $"the variable {longest.Key} has more than {AgentLimits.ArgumentBytes} bytes: put it into a file of the repository"
            : environment.Sum(pair => pair.Key.Length + Encoding.UTF8.GetByteCount(pair.Value)) > AgentLimits.EnvironmentBytes ? $"its variables have more than {AgentLimits.EnvironmentBytes} bytes together: put them into a file of the repository"
            : null;
    }

    private static string Text(TimeSpan span) =>
        span < TimeSpan.FromMinutes(2) ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.##} s")
        : span < TimeSpan.FromHours(2) ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0.#} min")
        : string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.#} h");
}
