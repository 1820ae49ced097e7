using Microsoft.Extensions.Logging;
using Slipway.Agent.Connection;
using Slipway.Client.Agents;

namespace Slipway.Agent.Jobs;

/// <summary>
/// Keeps this agent's jobs as they are wanted: begins what is wanted and was never begun, ends and forgets what is not wanted any more, and tells of each how far it is. It compares
/// and acts on the difference, so it may be called at any time and any number of times.
/// </summary>
internal sealed class JobKeeper : IDisposable
{
    // Values of all outcomes told at once, as JSON at its longest; a report has other things to say too.
    private const int MostValueBytes = AgentProtocol.MaxFrameBytes / 2, JsonBytesPerCharacter = 6;
    private readonly AgentOptions _options;
    private readonly AgentPaths _paths;
    private readonly ILogger _logger;
    private readonly JobStore _store;
    private readonly SourceCache _sources;
    private readonly JobSurroundings _around;
    private readonly AgentGit _git;
    private readonly SemaphoreSlim _places;
    private readonly JobGroups _groups;
    private readonly TaskCompletionSource _looked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, JobRun> _runs = new(StringComparer.Ordinal);

    // Folders whose record cannot be read.
    private readonly HashSet<string> _unreadable;
    private bool _followed;
    private volatile string? _whyNoJobs;

    public JobKeeper(AgentOptions options, AgentPaths paths, HttpMessageInvoker http, ILogger logger, Action changed)
    {
        (_options, _paths, _logger) = (options, paths, logger);
        var server = new JobServer(options, http);
        _store = new(paths, logger);
        _sources = new(paths, server, options.Time, logger);
        _git = new(options.Time);
        _places = new(Math.Max(1, options.JobCapacity));
        var states = new KeptStates(paths, options.Time, logger);
        states.RemoveLeftovers();
        _groups = JobGroups.Look(options, paths);
        _around = new(paths, options.ToolFolders, options.Time, logger, _store, _sources, server, states, _groups, WhyNoJobsAsync, _places, changed);
        var found = _store.LoadAll();
        _unreadable = [.. found.Where(attempt => attempt.Record is null).Select(attempt => attempt.Folder.Root)];
        foreach (var record in found.Select(attempt => attempt.Record).OfType<JobRecord>())
        {
            _runs[WantedState.NameOf(record.Wanted)] = new(record, isNew: false, _around);
        }
    }

    /// <summary>Why no job runs on this agent; null: they do. Until the first look it is not known, and none is begun.</summary>
    public string? WhyNoJobs => _whyNoJobs;
    public int Capacity => _looked.Task.IsCompleted && _whyNoJobs is null ? _options.JobCapacity : 0;

    /// <summary>What of the machine jobs are held to, and what not and why.</summary>
    public (string? Held, string? Missing) Limits => (_groups.Held, _groups.Missing);

    /// <summary>Attempts that were begun here.</summary>
    public IReadOnlyList<WantedJob> Known => [.. Runs().Select(run => run.Wanted)];

    /// <summary>Ends when all attempts have ended or been left.</summary>
    public Task Lives => Task.WhenAll(Runs().Select(run => run.Life));

    /// <summary>Looks whether jobs can run here.</summary>
    /// <returns>Whether the answer has changed.</returns>
    public async Task<bool> LookAsync(CancellationToken cancellation)
    {
        var (before, first) = (_whyNoJobs, !_looked.Task.IsCompleted);
        _whyNoJobs = _options.JobCapacity <= 0 ? "it is set to run none" : await TrySandboxAsync(cancellation);
        _looked.TrySetResult();
        if (_whyNoJobs is { } why && (first || why != before))
        {
            AgentLog.NoJobs(_logger, why);
        }
        if (first && _whyNoJobs is null && _groups.Missing is { } missing)
        {
            AgentLog.JobsNotLimited(_logger, missing);
        }
        return first || before != _whyNoJobs;
    }

    /// <summary>Looks after what jobs need; never ends.</summary>
    /// <param name="changed">Called when jobs can run that could not.</param>
    public async Task KeepHouseAsync(Action changed, CancellationToken leave)
    {
        while (true)
        {
            await Task.Delay(_options.SandboxLook, _options.Time, leave);
            if (_whyNoJobs is not null && await LookAsync(leave))
            {
                changed();
            }
            try
            {
                await RemoveOrphansAsync(leave);
                await _sources.CleanAsync(leave);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JobFaultException)
            {
                AgentLog.HousekeepingFailed(_logger, fault);
            }
        }
    }

    /// <summary>One step towards what is wanted.</summary>
    /// <param name="wanted">By <see cref="WantedState.NameOf"/>.</param>
    /// <param name="leave">Cancelled when the agent ends.</param>
    public void Follow(IReadOnlyDictionary<string, WantedJob> wanted, CancellationToken leave)
    {
        lock (_lock)
        {
            if (!_followed)
            {
                _followed = true;
                foreach (var run in _runs.Values)
                {
                    run.Begin(leave);
                }
            }
            foreach (var (name, run) in _runs.ToList())
            {
                if (run.Life.IsFaulted)
                {
                    // A bug: the next agent knows what to do with the attempt, this one does not.
                    run.Life.GetAwaiter().GetResult();
                }
                if (run.Life.IsCompleted && run.IsRemoved)
                {
                    _runs.Remove(name);
                    run.Dispose();
                }
                else if (!run.IsWithdrawn && (!wanted.TryGetValue(name, out var job) || !run.IsOf(job)))
                {
                    run.Withdraw();
                }
            }
            foreach (var job in wanted.Where(pair => !_runs.ContainsKey(pair.Key)).Select(pair => pair.Value))
            {
                Begin(job, leave);
            }
        }
    }

    /// <summary>What is told of the attempts. An outcome for whose values there is no room in this report comes in a later one, when others have been taken back.</summary>
    public IReadOnlyList<ObservedJob> Observe()
    {
        var room = MostValueBytes;
        var all = new List<ObservedJob>();
        foreach (var job in Runs().Where(run => !run.IsWithdrawn).Select(run => run.Observed))
        {
            var bytes = job.Values.Sum(pair => (pair.Key.Length + pair.Value.Length) * JsonBytesPerCharacter);
            all.Add(bytes <= room ? job : job with { Outcome = null, Reason = null, Outputs = null, Values = new Dictionary<string, string>() });
            room -= bytes <= room ? bytes : 0;
        }
        return all;
    }

    public void Dispose()
    {
        foreach (var run in Runs())
        {
            run.Dispose();
        }
        _places.Dispose();
    }

    private void Begin(WantedJob job, CancellationToken leave)
    {
        var folder = _store.FolderOf(job).Root;
        var record = new JobRecord { Wanted = job, StartedAt = _options.Time.GetUtcNow() };
        var isNew = !_unreadable.Remove(folder);
        if (!isNew)
        {
            record = record with { Outcome = ObservedOutcome.Unknown, Reason = "the agent's record of it cannot be read: how far it came is not known" };
        }
        try
        {
            // Before anything is done: an agent that dies is followed by one that knows of the attempt.
            _store.Save(record, flush: true);
        }
        catch (IOException fault)
        {
            AgentLog.JobFault(_logger, fault, job.Run, job.Job, job.Attempt);
            record = record with
            {
                Outcome = record.Outcome ?? ObservedOutcome.InfrastructureFailed,
                Reason = record.Reason ?? (Libc.IsDiskFull(fault) ? $"the disk that holds {_paths.Root} is full: free space there" : $"the agent cannot write its records ({fault.Message}): see what its machine lacks"),
            };
        }
        var run = new JobRun(record, isNew, _around);
        _runs.Add(WantedState.NameOf(job), run);
        run.Begin(leave);
    }

    private async Task<string?> TrySandboxAsync(CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(AgentLimits.SandboxTrial, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            if (await _options.WhyNoSandbox(either.Token) is { } why)
            {
                return why;
            }
            var git = await _git.RunAsync(_paths.Sources, ["--version"], AgentLimits.SandboxTrial, _paths.Sources, cancellation);
            return git.ExitCode == 0 ? null : $"git cannot be run: {git.Error}";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"bubblewrap made no sandbox in {AgentLimits.SandboxTrial.TotalSeconds:0} s";
        }
        catch (JobFaultException noGit)
        {
            return noGit.Message;
        }
    }

    private async Task<string?> WhyNoJobsAsync(CancellationToken cancellation)
    {
        await _looked.Task.WaitAsync(cancellation);
        return _whyNoJobs;
    }

    /// <summary>Folders of attempts that nobody wants and nobody runs, from an agent that died while it made or removed them.</summary>
    private async Task RemoveOrphansAsync(CancellationToken leave)
    {
        // Listed first: a folder that is made meanwhile is not in the list.
        var folders = Directory.GetDirectories(_paths.Jobs);
        List<string> orphans;
        lock (_lock)
        {
            orphans = _followed ? [.. folders.Except(_runs.Values.Select(run => run.Folder))] : [];
        }
        foreach (var orphan in orphans)
        {
            await JobProcesses.EndAsync(new(orphan), _options.Time, leave);
            await FolderRemoval.RemoveAsync(orphan, leave);
        }
    }

    private List<JobRun> Runs()
    {
        lock (_lock)
        {
            return [.. _runs.Values];
        }
    }
}
