using Microsoft.Extensions.Logging;
using Slipway.Agent.Artifacts;
using Slipway.Client.Agents;

namespace Slipway.Agent.Instances;

/// <summary>What every keeper shares.</summary>
/// <param name="Agent">The agent's name.</param>
/// <param name="LeaveRouter">Returns when the router sends an instance nothing any more and what was under way has ended, or after a bound.</param>
/// <param name="Changed">Called after every change of a status.</param>
internal sealed record InstanceSurroundings(
    string Agent, TimeProvider Time, ILogger Logger, InstanceStore Store, PortPicker Ports, ArtifactCache Artifacts, InstanceProbe Probe, ControlGroups Groups,
    Func<string, int, TimeSpan, CancellationToken, Task> LeaveRouter, Action Changed, (int First, int Last) PortRange)
{
    /// <summary>What to call an instance where other agents may have one of the same id.</summary>
    public string NameOf(string id) => $"{Agent}/{id}";
}

/// <summary>
/// Keeps one instance: fetches its artifact, starts it on a free port, probes it, starts it again when it ends, and stops it in the end. The whole life is the
/// procedure <see cref="LiveAsync"/>; what others may know is <see cref="Status"/>.
/// </summary>
internal sealed class InstanceKeeper : IDisposable
{
    private readonly InstanceSurroundings _around;
    private readonly InstancePaths _paths;
    private readonly CancellationTokenSource _drain = new();
    private readonly WakeUp _retry = new();
    private volatile InstanceRecord _record;

    // Set by others while the keeper writes its record, so it has a field of its own.
    private volatile WantedVersionSet _definition;
    private volatile ObservedInstance _status;
    private InstanceProcess? _process;

    public InstanceKeeper(InstanceRecord record, InstanceSurroundings around)
    {
        (_around, _record, _definition, _paths) = (around, record, record.Definition, around.Store.PathsOf(record.Id));
        _status = Observe(record.Phase switch
        {
            InstancePhase.Failed => InstanceState.Failed,
            InstancePhase.Draining => InstanceState.Draining,
            InstancePhase.Running when record.ProcessWasHealthy => InstanceState.Healthy,
            InstancePhase.Running => InstanceState.Probing,
            _ => InstanceState.Starting,
        });
        if (record.Phase == InstancePhase.Draining)
        {
            _drain.Cancel();
        }
    }

    public InstanceRecord Record => _record with { Definition = _definition };
    public ObservedInstance Status => _status;
    public PlannedInstance Planned => new(_record.Id, _definition.VersionSet, _record.Number, _drain.IsCancellationRequested ? InstanceState.Draining : _status.State);

    /// <summary>Ends when the instance has been stopped for good.</summary>
    public Task Life { get; private set; } = Task.CompletedTask;

    /// <param name="leave">Cancelled when the agent ends: the instance is left running.</param>
    public void Begin(CancellationToken leave) => Life = Task.Run(() => LiveAsync(leave), leave);

    /// <summary>Stops the instance for good, in order: no new requests, those under way, SIGTERM, drain time, SIGKILL.</summary>
    public void Drain()
    {
        if (!_drain.IsCancellationRequested)
        {
            _drain.Cancel();
            _retry.Set();
        }
    }

    /// <summary>Takes over what may change while an instance runs: health, drain time, attempt. A version set is one revision, so its program does not change.</summary>
    public void Update(WantedVersionSet definition)
    {
        _definition = definition;
        _retry.Set();
    }

    private async Task LiveAsync(CancellationToken leave)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(leave, _drain.Token);
        for (var faults = 0; ;)
        {
            try
            {
                TakeOver();
                if (_drain.IsCancellationRequested)
                {
                    await EndAsync(leave);
                    return;
                }
                await KeepUpAsync(ends.Token);
            }
            catch (OperationCanceledException) when (ends.IsCancellationRequested)
            {
                leave.ThrowIfCancellationRequested();
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception or System.Net.Sockets.SocketException)
            {
                // Keeping instances up is what the agent is for: a fault of the machine (a full disk, no more processes) is reported and met again later.
                var wait = RestartPolicy.Backoff(++faults);
                AgentLog.InstanceFault(_around.Logger, fault, _record.Id, wait);
                var failure = fault is IOException io && Libc.IsDiskFull(io) ? InstanceFailures.DiskFull(_paths.Root, io.Message) : InstanceFailures.AgentFault(fault.Message);
                Show(_drain.IsCancellationRequested ? InstanceState.Draining : InstanceState.BackOff, failure);
                await _retry.WaitAsync(wait, _around.Time, leave);
            }
        }
    }

    /// <summary>Finds what an agent before this one may have left running.</summary>
    private void TakeOver()
    {
        if (_process is not null || _record.Phase is InstancePhase.Failed)
        {
            return;
        }
        var machineStayed = _record.Boot == ProcFs.BootId;
        if (!machineStayed)
        {
            _record = _record with { Boot = ProcFs.BootId, AttemptStarted = null, ProcessStarted = null };
        }
        var leader = _record.Process is { Runs: true } known ? known
            : _record.Process is null && _record.Phase is InstancePhase.Starting or InstancePhase.Draining ? InstanceProcess.Find(_paths) : null;
        var draining = _record.Phase == InstancePhase.Draining;
        if (leader is not null)
        {
            _process = InstanceProcess.Adopt(_paths, leader, _around.Groups.Find(_record.Id));
            AgentLog.InstanceAdopted(_around.Logger, _record.Id, _definition.VersionSet, leader.Pid, _record.Port);
            if (_record.Port is { } port)
            {
                _around.Ports.Reserve(port);
            }
            Save(_record with { Phase = draining ? InstancePhase.Draining : InstancePhase.Running, Process = leader });
        }
        else if (_record.Process is not null || _record.Phase is InstancePhase.Starting or InstancePhase.Running)
        {
            // It ended while no agent looked; what it may have left behind would hold its port.
            using var rest = InstanceProcess.Unknown(_paths, _around.Groups.Find(_record.Id));
            rest.KillAll();
            Save(_record with
            {
                Phase = draining ? InstancePhase.Draining : InstancePhase.Idle,
                Process = null,
                Port = null,
                ProcessWasHealthy = false,
                Restarts = _record.Restarts + 1,
                Lapses = _record.Lapses + (machineStayed && _record.ProcessWasHealthy && !draining ? 1 : 0),
            });
        }
    }

    private async Task KeepUpAsync(CancellationToken ends)
    {
        var portsLost = 0;
        while (true)
        {
            ends.ThrowIfCancellationRequested();
            if (_record.Phase == InstancePhase.Failed)
            {
                await WaitForNextAttemptAsync(ends);
            }
            _process ??= await StartAsync(ends);
            if (_process is null)
            {
                continue;
            }
            var began = _around.Time.GetTimestamp();
            var watch = new InstanceWatch(_around, _process, () => Record, Show, OnHealthy, OnLapse);
            var end = await watch.UntilEndAsync(ends);
            if (watch.IsHealthy)
            {
                OnLapse();
            }
            await RemoveProcessAsync(end is InstanceEnd.Died, ends);
            portsLost = end is InstanceEnd.PortLost ? portsLost + 1 : 0;
            await AfterEndAsync(end, portsLost, watch.HealthyFor, _around.Time.GetElapsedTime(began), ends);
        }
    }

    private async Task<InstanceProcess?> StartAsync(CancellationToken ends)
    {
        Show(InstanceState.Starting, _record.Failure);
        var set = _definition;
        if (await FetchAsync(set, ends) is not { } directory)
        {
            return null;
        }
        var environment = InstanceEnvironment.For(set, _record.Id, null, _paths.Home);
        if (InstanceEnvironment.WhyNotRunnable(set.Command[0], directory, environment["PATH"]) is { } why)
        {
            GiveUp(InstanceFailures.CommandNotFound(set.Command[0], why));
            return null;
        }
        var port = set.Health.Path.Length > 0 ? _around.Ports.Pick() : null;
        if (port is null && set.Health.Path.Length > 0)
        {
            Show(InstanceState.BackOff, InstanceFailures.NoPort(_around.PortRange.First, _around.PortRange.Last));
            await _retry.WaitAsync(AgentLimits.LongestRestart, _around.Time, ends);
            return null;
        }
        Directory.CreateDirectory(_paths.Home);
        var now = _around.Time.GetTimestamp();
        InstanceOutput.MarkNextStart(_paths.Output, _around.Time.GetUtcNow());
        // Written before the process is made: an agent that dies in between is followed by one that knows to look for it.
        Save(_record with { Phase = InstancePhase.Starting, Port = port, Process = null, Boot = ProcFs.BootId, StartedAt = _around.Time.GetUtcNow(), ProcessStarted = now, AttemptStarted = _record.AttemptStarted ?? now, ProcessWasHealthy = false, OutputFrom = InstanceOutput.LengthOf(_paths.Output) });
        try
        {
            var process = InstanceProcess.Start(_paths, set.Command, directory, InstanceEnvironment.For(set, _record.Id, port, _paths.Home), _around.Groups.Make(_record.Id));
            Save(_record with { Phase = InstancePhase.Running, Process = process.Leader });
            AgentLog.InstanceStarted(_around.Logger, _record.Id, set.VersionSet, process.Leader!.Pid, port);
            Show(InstanceState.Probing, _record.Failure);
            return process;
        }
        catch
        {
            ReleasePort();
            throw;
        }
    }

    private async Task<string?> FetchAsync(WantedVersionSet set, CancellationToken ends)
    {
        for (var tries = 1; ; tries++)
        {
            switch (await _around.Artifacts.GetAsync(set.ArtifactDigest, set.ArtifactBytes, ends))
            {
                case ArtifactOutcome.Ready ready:
                    return ready.Directory;
                // Corrupt bytes may come from a connection; the same corrupt bytes again and again do not.
                case ArtifactOutcome.Unusable unusable when !unusable.Retryable || (unusable.Failure.Code == "artifactCorrupt" && tries >= AgentLimits.QuickDeaths):
                    GiveUp(unusable.Failure);
                    return null;
                case ArtifactOutcome.Unusable unusable:
                    Show(InstanceState.Starting, unusable.Failure);
                    await _retry.WaitAsync(RestartPolicy.Backoff(tries), _around.Time, ends);
                    break;
            }
        }
    }

    private async Task AfterEndAsync(InstanceEnd end, int portsLost, TimeSpan healthyFor, TimeSpan ran, CancellationToken ends)
    {
        if (end is InstanceEnd.PortLost lost && portsLost < AgentLimits.PortAttempts)
        {
            // Not the program's fault, so it is no death of it.
            Show(InstanceState.Starting, InstanceFailures.PortTaken(lost.Port, 1));
            return;
        }
        var failure = end switch
        {
            InstanceEnd.PortLost again => InstanceFailures.PortTaken(again.Port, portsLost),
            InstanceEnd.Died died => InstanceFailures.Exited(_around.NameOf(_record.Id), died.ExitCode, ran, InstanceOutput.TellingLines(_paths.Output, _record.OutputFrom)),
            InstanceEnd.TooLate late => late.Failure,
            _ => throw new InvalidOperationException($"an end that nobody knows: {end}"),
        };
        var deathsBefore = new DeathRecord(_record.WasHealthy, _record.Deaths);
        var (deaths, wait) = RestartPolicy.AfterDeath(deathsBefore, healthyFor);
        if (wait is null || (!_record.WasHealthy && end is InstanceEnd.TooLate or InstanceEnd.PortLost))
        {
            GiveUp(failure);
            return;
        }
        // A start that would end behind the deadline tells nobody anything: the answer is what is known now.
        if (!_record.WasHealthy && _record.AttemptStarted is { } first && _around.Time.GetElapsedTime(first) + wait > _definition.Health.Deadline)
        {
            GiveUp(failure);
            return;
        }
        Save(_record with { Phase = InstancePhase.Idle, Deaths = deaths.Deaths, Restarts = _record.Restarts + 1 });
        Show(InstanceState.BackOff, failure);
        await Task.Delay(wait.Value, _around.Time, ends);
    }

    private async Task WaitForNextAttemptAsync(CancellationToken ends)
    {
        while (_definition.Attempt <= _record.Attempt)
        {
            await _retry.WaitAsync(AgentLimits.Housekeeping, _around.Time, ends);
            ends.ThrowIfCancellationRequested();
        }
        Save(_record with
        {
            Phase = InstancePhase.Idle,
            Attempt = _definition.Attempt,
            AttemptStarted = null,
            Deaths = 0,
            WasHealthy = false,
            Failure = null,
        });
    }

    private async Task EndAsync(CancellationToken leave)
    {
        var mayHaveRequests = _status.State is InstanceState.Healthy or InstanceState.Unhealthy or InstanceState.Draining;
        Save(_record with { Phase = InstancePhase.Draining });
        Show(InstanceState.Draining, null);
        if (_process is { Runs: true } && mayHaveRequests && _record.Port is { } port)
        {
            await _around.LeaveRouter(_definition.VersionSet, port, _definition.Drain, leave);
        }
        await RemoveProcessAsync(hasEnded: false, leave);
        Save(_record with { Phase = InstancePhase.Stopped, StoppedAt = _around.Time.GetUtcNow() });
        AgentLog.InstanceStopped(_around.Logger, _record.Id);
        _around.Changed();
    }

    private async Task RemoveProcessAsync(bool hasEnded, CancellationToken cancellation)
    {
        using var process = _process ?? InstanceProcess.Unknown(_paths, _around.Groups.Find(_record.Id));
        if (hasEnded)
        {
            process.KillAll();
        }
        else
        {
            await process.StopAsync(_definition.Drain, _around.Time, cancellation);
        }
        _process = null;
        ReleasePort();
        if (_around.Groups.Find(_record.Id) is { } group)
        {
            ControlGroups.Remove(group);
        }
        Save(_record with { Process = null, Port = null, ProcessWasHealthy = false });
    }

    private void ReleasePort()
    {
        if (_record.Port is { } port)
        {
            _around.Ports.Release(port);
        }
    }

    private void OnHealthy()
    {
        if (!_record.ProcessWasHealthy)
        {
            Save(_record with { WasHealthy = true, ProcessWasHealthy = true, Failure = null, Deaths = _record.WasHealthy ? _record.Deaths : 0 });
        }
    }

    private void OnLapse() => Save(_record with { Lapses = _record.Lapses + 1 });

    private void GiveUp(InstanceFailure failure)
    {
        Save(_record with { Phase = InstancePhase.Failed, Failure = failure });
        Show(InstanceState.Failed, failure);
    }

    private void Save(InstanceRecord record)
    {
        _record = record with { Definition = _definition };
        _around.Store.Save(_record);
    }

    private void Show(InstanceState state, InstanceFailure? failure)
    {
        var before = _status;
        _record = _record with { Failure = failure };
        _status = Observe(state);
        if (failure is not null && failure.Code != before.Failure?.Code)
        {
            AgentLog.InstanceFailure(_around.Logger, _record.Id, failure.Code, failure.Reason);
        }
        if (before.State != state)
        {
            AgentLog.InstanceState(_around.Logger, _record.Id, state);
        }
        if (before != _status)
        {
            _around.Changed();
        }
    }

    private ObservedInstance Observe(InstanceState state) => new()
    {
        Instance = _record.Id,
        State = state,
        Port = _record.Port,
        Pid = _record.Process is { } leader ? InstanceProcess.ProgramOf(leader) : null,
        StartedAt = _record.Process is null ? null : _record.StartedAt,
        Restarts = _record.Restarts,
        Lapses = _record.Lapses,
        Failure = _record.Failure,
    };

    public void Dispose()
    {
        _process?.Dispose();
        _drain.Dispose();
        _retry.Dispose();
    }
}
