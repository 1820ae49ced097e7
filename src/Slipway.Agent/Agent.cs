using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Slipway.Agent.Artifacts;
using Slipway.Agent.Connection;
using Slipway.Agent.Instances;
using Slipway.Agent.Jobs;
using Slipway.Agent.Traffic;
using Slipway.Client.Agents;
using Slipway.Client.Traffic;

namespace Slipway.Agent;

/// <summary>
/// One agent at work: what is wanted on one side, keepers of instances and of the router on the other, and between them one loop that makes the second follow
/// the first. It can be killed at any moment; the next one goes on from the disk and from what runs.
/// </summary>
internal sealed partial class Agent : IConnectedAgent, IDisposable
{
    private readonly AgentOptions _options;
    private readonly AgentPaths _paths;
    private readonly ILogger _logger;
    private readonly WantedStore _wantedStore;
    private readonly InstanceStore _instances;
    private readonly ArtifactCache _artifacts;
    private readonly InstanceSurroundings _around;
    private readonly RouterKeeper? _router;
    private readonly JobKeeper _jobs;
    private readonly AgentHello _hello;
    private readonly ServerConnection _connection;
    private readonly WakeUp _look = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, InstanceKeeper> _keepers = [];
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null });
    private readonly HttpMessageInvoker _local = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null });
    private volatile WantedState _wanted;

    // Why instances that are wanted cannot even be made; null when they can.
    private volatile InstanceFailure? _fault;

    public Agent(AgentOptions options, AgentPaths paths)
    {
        _options = options;
        _paths = paths;
        _logger = options.LoggerFactory.CreateLogger("Slipway.Agent");
        _wantedStore = new(paths, _logger);
        _instances = new(paths, _logger);
        _artifacts = new(options, paths, _http, _logger);
        _router = options.RouterPort is null ? null : new(options, new(paths.Router, _local, options.Time), _logger, OnChange);
        _jobs = new(options, paths, _http, _logger, OnChange);
        _connection = new(options, this, _logger);
        _around = new(options.Name, options.Time, _logger, _instances, new(options.FirstInstancePort, options.LastInstancePort, paths.Root), _artifacts, new(), new(paths.Root),
            _router is null ? (_, _, _, _) => Task.CompletedTask : _router.LeaveAsync, OnChange, (options.FirstInstancePort, options.LastInstancePort));
        var records = _instances.LoadAll();
        _wanted = _wantedStore.Load(records, _jobs.Known);
        foreach (var record in records.Where(record => record.Phase != InstancePhase.Stopped))
        {
            _keepers.Add(record.Id, new(record, _around));
        }
        _hello = new()
        {
            ProtocolVersion = AgentProtocol.Version,
            Agent = options.Name,
            Program = "slipway " + typeof(Agent).Assembly.GetName().Version?.ToString(3),
            Labels = options.Labels,
            Incarnation = $"{ProcFs.BootId[..8]}-{Environment.ProcessId}-{ProcFs.Read(Environment.ProcessId)?.StartTime}",
            RouterPort = options.RouterPort,
        };
    }

    public AgentHello Hello => _hello with { JobCapacity = _jobs.Capacity, NoJobsBecause = _jobs.WhyNoJobs, JobLimits = _jobs.Limits.Held, JobLimitsMissing = _jobs.Limits.Missing };

    public bool HasWork => Keepers().Count > 0 || _wanted.Jobs.Count > 0 || _wanted.VersionSets.Values.Any(set => set.Count > 0);

    /// <returns>Why the server refuses the agent for good. Otherwise it runs until it is cancelled; instances and router are left as they are.</returns>
    public async Task<string> RunAsync(CancellationToken cancellation)
    {
        AgentLog.Started(_logger, _options.Name, _paths.Root, _keepers.Count);
        _artifacts.RemoveLeftovers();
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // Before anything is added: what ran keeps its place, its port above all.
        foreach (var keeper in _keepers.Values)
        {
            keeper.Begin(leave.Token);
        }
        var router = _router?.RunAsync(leave.Token) ?? Task.Delay(Timeout.InfiniteTimeSpan, _options.Time, leave.Token);
        var follow = FollowAsync(leave.Token);
        var housekeeping = KeepHouseAsync(leave.Token);
        var connection = ConnectAsync(leave.Token);
        var jobs = _jobs.KeepHouseAsync(_connection.Renew, leave.Token);
        Task[] parts = [connection, router, follow, housekeeping, jobs];
        var first = await Task.WhenAny(parts);
        await leave.CancelAsync();
        // The others end because the first one did; what it says is what counts. Keepers leave their instances as they are (a keeper's fault ends the loop above).
        await Task.WhenAll([.. parts, .. Keepers().Select(keeper => keeper.Life)]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _jobs.Lives.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
        return await connection;
    }

    private async Task<string> ConnectAsync(CancellationToken leave)
    {
        // The hello says whether jobs can run here.
        await _jobs.LookAsync(leave);
        return await _connection.RunAsync(leave);
    }

    public void Want(ServerWanted wanted)
    {
        var (next, remarks) = _wanted.Accept(wanted, Runs);
        foreach (var remark in remarks)
        {
            if (remark.WhyRefused is { } why)
            {
                AgentLog.WantedRefused(_logger, remark.Resource, why);
            }
            else
            {
                AgentLog.WantedMissing(_logger, remark.Resource);
            }
        }
        // On disk before it is acted upon: a fence that was passed must hold for the next agent too.
        try
        {
            _wantedStore.Save(next);
        }
        catch (IOException notSaved)
        {
            // Up to the connection: it breaks, and the next one begins with the whole wanted state again.
            _fault = FaultOf(notSaved);
            throw;
        }
        _wanted = next;
        OnChange();
    }

    public AgentReport Report()
    {
        var wanted = _wanted;
        var instances = ObservedByVersionSet();
        var names = wanted.VersionSets.Keys.Union(instances.Select(set => set.Key), StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return new()
        {
            VersionSets = [.. names.Select(name => ObserveVersionSet(name, wanted, instances[name])), .. RefusedVersionSets(wanted, instances)],
            Routes = [.. wanted.Routes.Values.Select(route => ObserveRoute(route, wanted))],
            Jobs = [.. _jobs.Observe(), .. RefusedJobs(wanted)],
            DiskFreeBytes = new DriveInfo(_paths.Root).AvailableFreeSpace,
        };
    }

    public AgentAnswer Answer(ServerQuestion question)
    {
        if (question.About != "logs")
        {
            return new() { Question = question.Question, Error = $"this agent knows nothing about '{question.About}'; it answers 'logs'" };
        }
        if (!InstanceId().IsMatch(question.Instance) || !File.Exists(_instances.PathsOf(question.Instance).Record))
        {
            return new() { Question = question.Question, Error = $"there is no instance '{question.Instance}' on this agent; output is kept for {AgentLimits.StoppedInstanceKept.TotalHours:0.#} h after the stop" };
        }
        var bytes = Math.Clamp(question.TailBytes, 0, AgentProtocol.MaxFrameBytes / 2);
        try
        {
            return new() { Question = question.Question, Text = InstanceOutput.Tail(_instances.PathsOf(question.Instance).Output, bytes) };
        }
        catch (IOException unreadable)
        {
            return new() { Question = question.Question, Error = "its output cannot be read: " + unreadable.Message };
        }
    }

    public Task<RouterCounts?> ReadCountsAsync(RouterCounts? since, CancellationToken cancellation) =>
        _router?.ReadCountsAsync(since, cancellation) ?? Task.FromResult<RouterCounts?>(null);

    private void OnChange()
    {
        _look.Set();
        _connection.MarkChanged();
    }

    private async Task FollowAsync(CancellationToken leave)
    {
        while (true)
        {
            var again = AgentLimits.ReportEvery;
            try
            {
                Follow(leave);
                _fault = null;
            }
            catch (IOException fault)
            {
                _fault = FaultOf(fault);
                AgentLog.FollowFailed(_logger, fault);
                again = AgentLimits.CountsEvery;
                _connection.MarkChanged();
            }
            await _look.WaitAsync(again, _options.Time, leave);
        }
    }

    /// <summary>One step towards what is wanted. Safe to repeat: it compares and acts on the difference only.</summary>
    private void Follow(CancellationToken leave)
    {
        var wanted = _wanted;
        lock (_lock)
        {
            foreach (var (id, ended) in _keepers.Where(pair => pair.Value.Record.Phase == InstancePhase.Stopped && pair.Value.Life.IsCompleted).ToList())
            {
                _keepers.Remove(id);
                ended.Dispose();
            }
            foreach (var keeper in _keepers.Values)
            {
                if (keeper.Life.IsFaulted)
                {
                    // A bug: an agent that starts again knows what to do with the instance, this one does not.
                    keeper.Life.GetAwaiter().GetResult();
                }
                if (wanted.VersionSets.TryGetValue(keeper.Record.Definition.VersionSet, out var definition) && !ReferenceEquals(definition, keeper.Record.Definition))
                {
                    keeper.Update(definition);
                }
            }
            var plan = InstancePlan.From(wanted.VersionSets, [.. _keepers.Values.Select(keeper => keeper.Planned)]);
            foreach (var id in plan.Drain)
            {
                _keepers[id].Drain();
            }
            foreach (var versionSet in plan.Start)
            {
                var keeper = new InstanceKeeper(_instances.Create(wanted.VersionSets[versionSet]), _around);
                _keepers.Add(keeper.Record.Id, keeper);
                keeper.Begin(leave);
            }
        }
        _jobs.Follow(wanted.Jobs, leave);
        _router?.Want(RouterPlan.From(wanted.Routes.Values, wanted.VersionSets, ObservedByVersionSet(), sequence: 0));
    }

    private async Task KeepHouseAsync(CancellationToken leave)
    {
        for (long? cleaned = null; ;)
        {
            try
            {
                foreach (var keeper in Keepers())
                {
                    InstanceOutput.Rotate(_instances.PathsOf(keeper.Record.Id).Output);
                }
                InstanceOutput.Rotate(RouterKeeper.OutputOf(_paths.Router));
                if (cleaned is null || _options.Time.GetElapsedTime(cleaned.Value) > AgentLimits.Housekeeping)
                {
                    cleaned = _options.Time.GetTimestamp();
                    var now = _options.Time.GetUtcNow();
                    _instances.Clean(now);
                    _around.Groups.Clean();
                    await _artifacts.CleanAsync(UsedArtifacts(), now, AgentLimits.UnusedArtifactKept, leave);
                }
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                AgentLog.HousekeepingFailed(_logger, fault);
            }
            await Task.Delay(AgentLimits.OutputCheck, _options.Time, leave);
        }
    }

    private HashSet<string> UsedArtifacts() =>
        [.. _wanted.VersionSets.Values.Where(set => set.Count > 0).Select(set => set.ArtifactDigest), .. Keepers().Select(keeper => keeper.Record.Definition.ArtifactDigest)];

    private List<InstanceKeeper> Keepers()
    {
        lock (_lock)
        {
            return [.. _keepers.Values];
        }
    }

    private bool Runs(string versionSet) => Keepers().Exists(keeper => keeper.Record.Definition.VersionSet == versionSet);

    private ILookup<string, ObservedInstance> ObservedByVersionSet() =>
        Keepers().Where(keeper => keeper.Record.Phase != InstancePhase.Stopped).OrderBy(keeper => keeper.Record.Number).ToLookup(
            keeper => keeper.Record.Definition.VersionSet,
            keeper => keeper.Planned.State is var state && state != keeper.Status.State ? keeper.Status with { State = state } : keeper.Status);

    private InstanceFailure FaultOf(IOException fault) => Libc.IsDiskFull(fault) ? InstanceFailures.DiskFull(_paths.Root, fault.Message) : InstanceFailures.AgentFault(fault.Message);

    private ObservedVersionSet ObserveVersionSet(string name, WantedState wanted, IEnumerable<ObservedInstance> instances)
    {
        var observed = instances.ToList();
        var held = wanted.VersionSets.GetValueOrDefault(name);
        return new()
        {
            VersionSet = name,
            Token = held?.Token ?? default,
            Wanted = held?.Count ?? 0,
            Attempt = held?.Attempt ?? 0,
            Instances = observed,
            Failure = wanted.Refused.GetValueOrDefault("versionset/" + name) ?? observed.Select(instance => instance.Failure).FirstOrDefault(ConcernsAll)
                ?? (observed.Count < held?.Count ? _fault : null),
        };
    }

    private IEnumerable<ObservedVersionSet> RefusedVersionSets(WantedState wanted, ILookup<string, ObservedInstance> instances) =>
        wanted.Refused
            .Where(refused => refused.Key.StartsWith("versionset/", StringComparison.Ordinal))
            .Select(refused => refused.Key["versionset/".Length..])
            .Where(name => !wanted.VersionSets.ContainsKey(name) && !instances.Contains(name))
            .Select(name => ObserveVersionSet(name, wanted, []));

    private IEnumerable<ObservedJob> RefusedJobs(WantedState wanted) => wanted.RefusedJobs.Where(refused => !wanted.Jobs.ContainsKey(refused.Key)).Select(refused => refused.Value).Select(refused => new ObservedJob
    {
        Run = refused.Job.Run,
        Job = refused.Job.Job,
        Attempt = refused.Job.Attempt,
        Token = refused.Job.Token,
        StartedAt = _options.Time.GetUtcNow(),
        Outcome = refused.MayHaveRun ? ObservedOutcome.Unknown : ObservedOutcome.InfrastructureFailed,
        Reason = refused.Reason,
    });

    // What is wrong with the artifact, the command or the disk is wrong for every instance of the version set.
    private static bool ConcernsAll(InstanceFailure? failure) => failure is { Code: "artifactMissing" or "artifactCorrupt" or "artifactRefused" or "diskFull" or "commandNotFound" };

    private ObservedRoute ObserveRoute(WantedRoute route, WantedState wanted)
    {
        var inForce = _router?.InForce;
        var served = inForce is { Incarnation: not null } ? inForce.Configuration?.Lanes.FirstOrDefault(lane => lane.Lane == route.Lane) : null;
        return new()
        {
            Lane = route.Lane,
            Token = route.Token,
            Generation = served?.Generation,
            Port = served is null ? null : PortOf(inForce!, served.Host, served.Port),
            PreviewPort = served?.Preview is { } preview ? PortOf(inForce!, preview.Host, preview.Port) : null,
            Failure = wanted.Refused.GetValueOrDefault(WantedState.KeyOf(route))?.Reason ?? (inForce is null ? "this agent has no router" : inForce.Failure),
        };
    }

    private static int? PortOf(RouterInForce inForce, string host, int configured) =>
        inForce.Ports.TryGetValue(host, out var port) ? port : configured > 0 ? configured : null;

    [GeneratedRegex("^[a-z0-9-]{1,100}$")]
    private static partial Regex InstanceId();

    public void Dispose()
    {
        foreach (var keeper in _keepers.Values)
        {
            keeper.Dispose();
        }
        _router?.Dispose();
        _jobs.Dispose();
        _connection.Dispose();
        _artifacts.Dispose();
        _around.Probe.Dispose();
        _look.Dispose();
        _http.Dispose();
        _local.Dispose();
    }
}
