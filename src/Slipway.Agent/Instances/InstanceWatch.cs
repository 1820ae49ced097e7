using Slipway.Client.Agents;

namespace Slipway.Agent.Instances;

/// <summary>Why a process is not kept any longer.</summary>
internal abstract record InstanceEnd
{
    private InstanceEnd() { }

    public sealed record Died(int? ExitCode) : InstanceEnd;

    /// <summary>A stranger listens on the port that the instance was given.</summary>
    public sealed record PortLost(int Port) : InstanceEnd;

    /// <summary>Not healthy in time, or not any more for too long. The process still runs.</summary>
    public sealed record TooLate(InstanceFailure Failure) : InstanceEnd;
}

/// <summary>Looks after one process from its start, or adoption, to its end.</summary>
/// <param name="show">Tells the state and what is wrong at present.</param>
/// <param name="onHealthy">Called when the instance becomes healthy.</param>
/// <param name="onUnhealthy">Called when it ceases to be while its process runs.</param>
internal sealed class InstanceWatch(InstanceSurroundings around, InstanceProcess process, Func<InstanceRecord> record, Action<InstanceState, InstanceFailure?> show, Action onHealthy, Action onUnhealthy)
{
    private readonly TimeProvider _time = around.Time;
    private HealthJudge _judge = record().ProcessWasHealthy ? HealthJudge.Proven : HealthJudge.Unproven;
    private bool _portIsOurs;
    private long? _healthySince;
    private long? _unhealthySince;
    private PortSight _sight = new PortSight.Nobody();
    private string _lastProbe = "";

    public bool IsHealthy => _healthySince is not null;

    /// <summary>How long the process had been healthy without interruption when it ended.</summary>
    public TimeSpan HealthyFor => _healthySince is { } since ? _time.GetElapsedTime(since) : TimeSpan.Zero;

    public async Task<InstanceEnd> UntilEndAsync(CancellationToken cancellation)
    {
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var exit = process.WaitForExitAsync(_time, watching.Token);
        var began = _time.GetTimestamp();
        try
        {
            while (true)
            {
                if (exit.IsCompleted)
                {
                    await exit;
                    return AfterExit();
                }
                if (await LookAsync(cancellation) is { } end)
                {
                    // It may have died meanwhile, which says more than that it does not answer.
                    return exit.IsCompletedSuccessfully ? AfterExit() : end;
                }
                var eager = !_judge.Healthy && !record().ProcessWasHealthy && (IsAsked ? _time.GetElapsedTime(began) < AgentLimits.EagerProbing : StillToRun() < record().Definition.Health.Interval);
                var interval = record().Definition.Health.Interval;
                await PauseAsync(exit, eager && interval > AgentLimits.EagerProbe ? AgentLimits.EagerProbe : interval, eager && IsAsked, watching.Token);
                cancellation.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            await watching.CancelAsync();
        }
    }

    /// <summary>Until the next look is due or the process ends; while it is young, only until somebody listens on its port: most programs need less for their start than lies between two looks.</summary>
    private async Task PauseAsync(Task exit, TimeSpan interval, bool untilItListens, CancellationToken cancellation)
    {
        var began = _time.GetTimestamp();
        while (!exit.IsCompleted && interval - _time.GetElapsedTime(began) is { Ticks: > 0 } left)
        {
            if (!untilItListens || _sight is PortSight.Own)
            {
                await Task.WhenAny(exit, Task.Delay(left, _time, cancellation));
                return;
            }
            await Task.WhenAny(exit, Task.Delay(left < AgentLimits.ListenLook ? left : AgentLimits.ListenLook, _time, cancellation));
            if (cancellation.IsCancellationRequested || ListeningSockets.Read().Any(socket => socket.Port == record().Port))
            {
                return;
            }
        }
    }

    private InstanceEnd AfterExit()
    {
        if (record().Port is not { } port)
        {
            return new InstanceEnd.Died(process.ExitCode);
        }
        // A program that finds its port in use ends, and would be blamed for it.
        var stranger = !_portIsOurs && ListeningSockets.Read().Any(socket => socket.Port == port && socket.Loopback && !IsOurs(socket));
        return stranger ? new InstanceEnd.PortLost(port) : new InstanceEnd.Died(process.ExitCode);
    }

    private bool IsOurs(ListeningSocket socket) => process.Members().SelectMany(ProcFs.SocketsOf).Contains(socket.Inode);

    private async Task<InstanceEnd?> LookAsync(CancellationToken cancellation)
    {
        var health = record().Definition.Health;
        if (!IsAsked)
        {
            LookWhetherItRan();
            return null;
        }
        var port = record().Port!.Value;
        // Once the port is the instance's own nobody can take it while it listens; whether it listens, the probe tells. After a bad probe it is looked at again.
        if (!_portIsOurs)
        {
            var own = process.Members().SelectMany(ProcFs.SocketsOf).ToHashSet();
            _sight = PortSight.From(port, ListeningSockets.Read(), own);
            _portIsOurs = _sight is PortSight.Own;
        }
        if (_sight is PortSight.Stranger)
        {
            return new InstanceEnd.PortLost(port);
        }
        _lastProbe = _portIsOurs ? await around.Probe.AskAsync(port, health, _time, cancellation) ?? "" : $"nothing listens on port {port}";
        var good = _portIsOurs && _lastProbe.Length == 0;
        _portIsOurs &= good;
        var before = _judge;
        _judge = _judge.After(good, health.HealthyAfter, health.UnhealthyAfter);
        if (!_judge.Healthy)
        {
            return WhenNotHealthy(port, health);
        }
        WhenHealthy(before);
        return null;
    }

    /// <summary>Whether it has a port to be asked at; of a worker without one it is only known that it runs.</summary>
    private bool IsAsked => record().Port is not null;

    /// <summary>How long the process must go on until that is its health.</summary>
    private TimeSpan StillToRun()
    {
        var (health, started) = (record().Definition.Health, record().ProcessStarted);
        return (health.Interval * health.HealthyAfter) - (started is { } since ? _time.GetElapsedTime(since) : TimeSpan.Zero);
    }

    private void LookWhetherItRan()
    {
        var before = _judge;
        if (_judge.Healthy || StillToRun() <= TimeSpan.Zero)
        {
            _judge = HealthJudge.Proven;
            WhenHealthy(before);
        }
        else
        {
            show(InstanceState.Probing, record().Failure);
        }
    }

    private void WhenHealthy(HealthJudge before)
    {
        if (_healthySince is null || !before.Healthy)
        {
            _healthySince = _time.GetTimestamp();
            _unhealthySince = null;
            onHealthy();
            show(InstanceState.Healthy, null);
        }
    }

    private InstanceEnd.TooLate? WhenNotHealthy(int port, WantedHealth health)
    {
        var current = record();
        if (current.ProcessWasHealthy)
        {
            if (_unhealthySince is null)
            {
                _unhealthySince = _time.GetTimestamp();
                _healthySince = null;
                onUnhealthy();
            }
            var failure = InstanceFailures.FailsProbes(around.NameOf(current.Id), _lastProbe);
            show(InstanceState.Unhealthy, failure);
            // A program that hangs does not mend itself.
            return _time.GetElapsedTime(_unhealthySince.Value) > health.Deadline ? new InstanceEnd.TooLate(failure) : null;
        }
        // Before the first health all tries share one deadline; a restart of what was healthy has one of its own.
        var from = current.WasHealthy ? current.ProcessStarted : current.AttemptStarted;
        if (from is null || _time.GetElapsedTime(from.Value) > health.Deadline)
        {
            var output = InstanceOutput.TellingLines(around.Store.PathsOf(current.Id).Output, current.OutputFrom);
            return new InstanceEnd.TooLate(_sight switch
            {
                PortSight.Elsewhere elsewhere => InstanceFailures.WrongPort(port, elsewhere.Ports),
                PortSight.Own => InstanceFailures.Unhealthy(around.NameOf(current.Id), _lastProbe, health.Deadline, output),
                // A try before this one ended by itself: that says more than that this one has not listened yet.
                _ => current.Failure is { Code: InstanceFailures.ExitedCode } died ? died : InstanceFailures.NeverListened(around.NameOf(current.Id), port, health.Deadline, output),
            });
        }
        show(InstanceState.Probing, _sight is PortSight.Elsewhere seen ? InstanceFailures.WrongPort(port, seen.Ports) : current.Failure);
        return null;
    }
}
