using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Slipway.Agent.Instances;
using Slipway.Agent.Router;
using Slipway.Client.Traffic;

namespace Slipway.Agent.Traffic;

/// <summary>What the router serves now, read back from it.</summary>
/// <param name="Incarnation">The router's; null: none serves.</param>
/// <param name="Failure">Why it does not serve what it should.</param>
internal sealed record RouterInForce(string? Incarnation, RouterConfiguration? Configuration, IReadOnlyDictionary<string, int> Ports, string? Failure)
{
    public static RouterInForce Nothing { get; } = new(null, null, new Dictionary<string, int>(), "the router is not running yet");
}

/// <summary>
/// Keeps this host's router running, as a process of its own that the agent's end does not touch, and gives it what it shall serve. A router that dies is
/// started again at once; it begins with its last configuration by itself.
/// </summary>
internal sealed class RouterKeeper(AgentOptions options, RouterAdminClient admin, ILogger logger, Action changed) : IDisposable
{
    private readonly TimeProvider _time = options.Time;
    private readonly WakeUp _wake = new();
    private volatile RouterConfiguration? _wanted;
    private volatile RouterInForce _inForce = RouterInForce.Nothing;
    private volatile RouterConfiguration? _putting;
    private volatile RouterAdmin? _router;

    public RouterInForce InForce => _inForce;

    /// <summary>What the router shall serve; its sequence is given here.</summary>
    public void Want(RouterConfiguration configuration)
    {
        if (_wanted is null || !RouterPlan.SameService(_wanted, configuration))
        {
            _wanted = configuration;
            _wake.Set();
        }
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        for (var failures = 0; ;)
        {
            var began = _time.GetTimestamp();
            try
            {
                _router = await EnsureRunningAsync(cancellation);
                AgentLog.RouterReady(logger, _router.Pid, _router.Port, _router.Incarnation);
                await ServeAsync(_router, cancellation);
            }
            catch (Exception gone) when (gone is HttpRequestException or IOException or System.ComponentModel.Win32Exception)
            {
                AgentLog.RouterGone(logger, gone.Message);
                _router = null;
                Show(_inForce with { Incarnation = null, Failure = gone.Message });
            }
            // The first restart comes at once: requests fail meanwhile. One that keeps dying is given time, so that its log can be read.
            failures = _time.GetElapsedTime(began) > AgentLimits.RouterStart ? 0 : failures + 1;
            await Task.Delay(failures <= 1 ? TimeSpan.Zero : RestartPolicy.Backoff(failures - 1), _time, cancellation);
        }
    }

    /// <summary>
    /// Returns when the router sends an instance nothing any more and the requests under way have ended. Bounded: by the drain time when the whole version set
    /// leaves (then what is under way can be counted), else by <see cref="AgentLimits.LeaveGrace"/> (then other instances' requests are in the same count).
    /// </summary>
    public async Task LeaveAsync(string versionSet, int port, TimeSpan drain, CancellationToken cancellation)
    {
        var endpoint = RouterPlan.EndpointOf(port);
        var began = _time.GetTimestamp();
        // Not in what shall be served, not in what is on its way to the router, not in what it serves.
        while (Sends(_wanted, endpoint) || Sends(_putting, endpoint) || _inForce is not { Incarnation: not null, Configuration: { } served } || Sends(served, endpoint))
        {
            if (_time.GetElapsedTime(began) > AgentLimits.RouterLeave)
            {
                AgentLog.RouterStillSends(logger, endpoint, AgentLimits.RouterLeave);
                return;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(20), _time, cancellation);
        }
        var left = _time.GetTimestamp();
        var alone = !_inForce.Configuration!.Lanes.SelectMany(lane => lane.VersionSets).Any(set => set.VersionSet == versionSet && set.Endpoints.Count > 0);
        var longest = alone ? drain : AgentLimits.LeaveGrace;
        while (_time.GetElapsedTime(left) < longest && await UnderWayAsync(versionSet, cancellation) != 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), _time, cancellation);
        }
    }

    /// <returns>Null when no router answers or it counted nothing new.</returns>
    public async Task<RouterCounts?> ReadCountsAsync(RouterCounts? since, CancellationToken cancellation)
    {
        if (_router is not { } router)
        {
            return null;
        }
        try
        {
            return await admin.GetCountsAsync(router, since, AgentLimits.CountsEvery, cancellation);
        }
        catch (HttpRequestException)
        {
            // The keeper's own loop sees it too and says so.
            return null;
        }
    }

    /// <returns>Requests that a version set has and has not answered; null when nobody knows.</returns>
    private async Task<long?> UnderWayAsync(string versionSet, CancellationToken cancellation) =>
        (await ReadCountsAsync(null, cancellation))?.Sets.Where(set => set.VersionSet == versionSet)
            .Sum(set => set.Total.UnderWay());

    private static bool Sends(RouterConfiguration? configuration, string endpoint) =>
        configuration is not null && configuration.Lanes.Any(lane => lane.VersionSets.Any(set => set.Endpoints.Contains(endpoint)));

    private async Task<RouterAdmin> EnsureRunningAsync(CancellationToken cancellation)
    {
        if (admin.FindRunning() is { } running)
        {
            if (await AnswersAsync(running, cancellation))
            {
                return running;
            }
            // Certain to be the router by pid and start time, and of no use: it would keep the port.
            AgentLog.RouterGone(logger, $"pid {running.Pid} does not answer on its admin port; it is killed and started again");
            Libc.Signal(running.Pid, Libc.KillNow);
        }
        // One that an agent before this one has just started is waited for.
        using var process = ProcFs.WithEnvironment(admin.Mark).Count > 0 ? null : Start();
        var began = _time.GetTimestamp();
        while (true)
        {
            if (admin.FindRunning() is { } started && await AnswersAsync(started, cancellation))
            {
                return started;
            }
            if (process is { HasExited: true } || (process is null && ProcFs.WithEnvironment(admin.Mark).Count == 0))
            {
                throw new IOException($"the router ended{(process is null ? "" : $" with exit code {process.ExitCode}")} while it started; last output:\n{InstanceOutput.TellingLines(OutputOf(admin.Directory))}");
            }
            if (_time.GetElapsedTime(began) > AgentLimits.RouterStart)
            {
                foreach (var pid in ProcFs.WithEnvironment(admin.Mark))
                {
                    Libc.Signal(pid, Libc.KillNow);
                }
                throw new IOException($"the router did not open its admin port within {AgentLimits.RouterStart.TotalSeconds} s; last output:\n{InstanceOutput.TellingLines(OutputOf(admin.Directory))}");
            }
            await Task.Delay(TimeSpan.FromMilliseconds(50), _time, cancellation);
        }
    }

    public static string OutputOf(string routerDirectory) => Path.Combine(routerDirectory, "output.log");

    private async Task<bool> AnswersAsync(RouterAdmin running, CancellationToken cancellation)
    {
        try
        {
            await admin.GetConfigurationAsync(running, cancellation);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private Process Start()
    {
        var output = OutputOf(admin.Directory);
        InstanceOutput.Rotate(output);
        InstanceOutput.Touch(output);
        var start = new ProcessStartInfo("setsid") { WorkingDirectory = admin.Directory, UseShellExecute = false };
        foreach (var argument in (string[])["sh", "-c", """out=$1; shift; exec "$@" >>"$out" 2>&1 </dev/null""", "slipway-router", output,
            .. options.RouterCommand, "--data", admin.Directory, "--port", options.RouterPort!.Value.ToString(CultureInfo.InvariantCulture)])
        {
            start.ArgumentList.Add(argument);
        }
        start.Environment.Clear();
        foreach (var (name, value) in InstanceEnvironment.Base(admin.Directory).Concat(RouterRuntime.Environment))
        {
            start.Environment[name] = value;
        }

        start.Environment[RouterAdminClient.MarkVariable] = admin.Directory;
        var process = Process.Start(start) ?? throw new IOException("the system made no process");
        AgentLog.RouterStarted(logger, process.Id);
        return process;
    }

    private async Task ServeAsync(RouterAdmin router, CancellationToken cancellation)
    {
        await ReadBackAsync(router, null, cancellation);
        var readBack = _time.GetTimestamp();
        RouterConfiguration? refused = null;
        // A router that has just started serves what it had saved, and waits to hear who of that is back, though it be the same.
        var told = false;
        // The pair last found to be the same: comparing is work with many lanes, and this loop turns often, to notice the process's end.
        (RouterConfiguration? Wanted, RouterConfiguration? Served) same = default;
        while (true)
        {
            if (!RouterAdminClient.Runs(router))
            {
                throw new IOException($"its process {router.Pid} has ended");
            }
            var wanted = _wanted;
            var served = _inForce.Configuration;
            if (wanted is not null && !ReferenceEquals(wanted, refused) && !(ReferenceEquals(same.Wanted, wanted) && ReferenceEquals(same.Served, served))
                && (served is null || !told || !RouterPlan.SameService(served, wanted)))
            {
                told = true;
                refused = await PutAsync(router, wanted, cancellation) ? null : wanted;
                readBack = _time.GetTimestamp();
            }
            else if (_time.GetElapsedTime(readBack) > AgentLimits.ReportEvery)
            {
                // Whoever else has changed it, or a refusal that may have been of the moment (a port in use): look and try again.
                await ReadBackAsync(router, refused is null ? null : _inForce.Failure, cancellation);
                readBack = _time.GetTimestamp();
                refused = null;
            }
            else
            {
                same = (wanted, served);
            }
            await _wake.WaitAsync(AgentLimits.RouterPoll, _time, cancellation);
        }
    }

    /// <returns>False when the router refuses it.</returns>
    private async Task<bool> PutAsync(RouterAdmin router, RouterConfiguration wanted, CancellationToken cancellation)
    {
        // Above the one in force, whoever put it there: so the sequence rises across restarts of agent and router without being kept twice.
        _putting = wanted;
        var sequence = (_inForce.Configuration?.Sequence ?? 0) + 1;
        string? failure = null;
        IReadOnlyDictionary<string, int>? ports = null;
        switch (await admin.PutConfigurationAsync(router, wanted with { Sequence = sequence }, cancellation))
        {
            case RouterPut.Refused no:
                AgentLog.RouterRefuses(logger, sequence, no.Why);
                failure = "the router refuses the configuration: " + no.Why;
                break;
            case RouterPut.Applied applied:
                ports = applied.Ports;
                break;
            case RouterPut.Stale:
                break;
        }
        await ReadBackAsync(router, failure, cancellation, ports);
        _putting = null;
        return failure is null;
    }

    /// <param name="ports">As the router has just told them; null: it is asked, for which it tells all that it counted too.</param>
    private async Task ReadBackAsync(RouterAdmin router, string? failure, CancellationToken cancellation, IReadOnlyDictionary<string, int>? ports = null)
    {
        var served = await admin.GetConfigurationAsync(router, cancellation);
        ports ??= (await admin.GetCountsAsync(router, null, AgentLimits.RouterCall, cancellation))?.Ports;
        Show(new(router.Incarnation, served, ports ?? RouterInForce.Nothing.Ports, failure));
    }

    private void Show(RouterInForce now)
    {
        _inForce = now;
        changed();
    }

    public void Dispose() => _wake.Dispose();
}
