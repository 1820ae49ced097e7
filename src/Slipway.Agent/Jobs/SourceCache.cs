using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Slipway.Agent.Instances;
using Slipway.Client.Agents;

namespace Slipway.Agent.Jobs;

/// <summary>
/// The services' repositories on this agent: one bare one for each, fetched into for every job, from which checkouts are made. A checkout has files and an index of its own and
/// borrows the objects, which the sandbox shows it read-only; so it is made in no time, has the whole history and the tags, and no step can write into what the next job uses.
/// </summary>
internal sealed partial class SourceCache(AgentPaths paths, JobServer server, TimeProvider time, ILogger logger)
{
    private const string CommitPrefix = "refs/slipway/";
    private readonly AgentGit _git = new(time);
    private readonly ConcurrentDictionary<string, Source> _sources = new(StringComparer.Ordinal);

    /// <summary>Makes the checkout of a job's commit.</summary>
    /// <param name="say">Takes what the log should have of it.</param>
    /// <returns>Keeps the objects where they are; disposed when no step needs them any more.</returns>
    /// <exception cref="JobFaultException">It cannot be made.</exception>
    public async Task<SourceLease> CheckOutAsync(WantedJob job, AttemptFolder attempt, Action<string> say, CancellationToken cancellation)
    {
        var source = _sources.GetOrAdd(job.Service, service => new(Path.Combine(paths.Sources, service + ".git")));
        await FetchAsync(source, job, attempt, say, cancellation);
        var lease = new SourceLease(source, Path.Combine(source.Repository, "objects"));
        try
        {
            await MakeWorkspaceAsync(source, job, attempt, cancellation);
            return lease;
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>Removes what no job has needed for long, and packs together what came in many pieces.</summary>
    public async Task CleanAsync(CancellationToken cancellation)
    {
        foreach (var repository in Directory.EnumerateDirectories(paths.Sources, "*.git"))
        {
            var source = _sources.GetOrAdd(Path.GetFileNameWithoutExtension(repository), _ => new(repository));
            await source.Turn.WaitAsync(cancellation);
            try
            {
                if (source.Users == 0 && time.GetUtcNow() - Directory.GetLastWriteTimeUtc(repository) > AgentLimits.UnusedSourceKept)
                {
                    AgentLog.SourceRemoved(logger, repository);
                    await FolderRemoval.RemoveAsync(repository, cancellation);
                }
                else if (Directory.Exists(Path.Combine(repository, "objects", "pack")) && Directory.EnumerateFiles(Path.Combine(repository, "objects", "pack"), "*.pack").Skip(AgentLimits.SourcePacks).Any())
                {
                    // Every commit that a job was made of has a name of its own, so nothing that a running one borrows is lost by it.
                    await _git.RunAsync(repository, ["repack", "-a", "-d", "--quiet"], AgentLimits.GitFetch, paths.Sources, cancellation);
                }
            }
            finally
            {
                source.Turn.Release();
            }
        }
    }

    private async Task FetchAsync(Source source, WantedJob job, AttemptFolder attempt, Action<string> say, CancellationToken cancellation)
    {
        var asked = time.GetTimestamp();
        await source.Turn.WaitAsync(cancellation);
        try
        {
            if (source.Broken && source.Users == 0)
            {
                await FolderRemoval.RemoveAsync(source.Repository, cancellation);
                source.Broken = false;
            }
            if (!File.Exists(Path.Combine(source.Repository, "HEAD")))
            {
                Directory.CreateDirectory(source.Repository);
                Need(await _git.RunAsync(source.Repository, ["init", "--bare", "--quiet", "--template=", "--initial-branch=none"], AgentLimits.GitCall, attempt.Root, cancellation), source, "init");
            }
            // A fetch that began after this job came has brought all that it needs: jobs that come together are served by one.
            if (source.FetchBegan <= asked || !await HasAsync(source, job.Commit, attempt, cancellation))
            {
                source.FetchBegan = time.GetTimestamp();
                await FetchFromServerAsync(source, job, attempt, say, cancellation);
            }
            Directory.SetLastWriteTimeUtc(source.Repository, time.GetUtcNow().UtcDateTime);
            source.Enter();
        }
        finally
        {
            source.Turn.Release();
        }
    }

    private async Task FetchFromServerAsync(Source source, WantedJob job, AttemptFolder attempt, Action<string> say, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        for (var failures = 1; ; failures++)
        {
            (string, string)[] access = server.Authorization is { } header ? [("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "http.extraHeader"), ("GIT_CONFIG_VALUE_0", header)] : [];
            var fetched = await _git.RunAsync(
                source.Repository,
                ["fetch", "--quiet", "--force", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--", server.SourceOf(job.Service).AbsoluteUri, "+refs/tags/*:refs/tags/*", $"+{job.Commit}:{CommitPrefix}{job.Commit}"],
                AgentLimits.GitFetch, attempt.Root, cancellation, access);
            if (fetched.ExitCode == 0)
            {
                return;
            }
            if (NoSpace().IsMatch(fetched.Error))
            {
                throw new JobFaultException($"the disk that holds {paths.Sources} is full: free space there");
            }
            if (await HasAsync(source, job.Commit, attempt, cancellation))
            {
                say($"the server's repository cannot be read now ({LastOf(fetched)}); the commit is here already, tags may be missing");
                return;
            }
            if (NoCommit().IsMatch(fetched.Error))
            {
                throw new JobFaultException($"the server has no commit {job.Commit} of {job.Service}: it may have gone with a forced push; start a run of a commit that is there");
            }
            if (NoAccess().IsMatch(fetched.Error))
            {
                throw new JobFaultException($"the server does not give {job.Service}'s repository to this agent ({LastOf(fetched)}): see that the service still has a repository, and that the agent's token is valid");
            }
            if (time.GetElapsedTime(began) > AgentLimits.JobPatience)
            {
                throw new JobFaultException($"{job.Service}'s repository could not be fetched from the server in {AgentLimits.JobPatience.TotalMinutes:0} minutes ({LastOf(fetched)}): see that the agent reaches the server, and run the job again");
            }
            say($"the repository could not be fetched ({LastOf(fetched)}); trying again");
            await Task.Delay(RestartPolicy.Backoff(failures), time, cancellation);
        }
    }

    private async Task<bool> HasAsync(Source source, string commit, AttemptFolder attempt, CancellationToken cancellation) =>
        (await _git.RunAsync(source.Repository, ["rev-parse", "--verify", "--quiet", $"{CommitPrefix}{commit}^{{commit}}"], AgentLimits.GitCall, attempt.Root, cancellation)).ExitCode == 0;

    private async Task MakeWorkspaceAsync(Source source, WantedJob job, AttemptFolder attempt, CancellationToken cancellation)
    {
        var workspace = attempt.Seen.Workspace;
        var own = Path.Combine(workspace, ".git");
        Need(await _git.RunAsync(workspace, ["init", "--quiet", "--template=", "--initial-branch=none"], AgentLimits.GitCall, attempt.Root, cancellation), source, "init");
        // Links stay the small text files as which they were checked out, also for the git of a step.
        await File.AppendAllTextAsync(Path.Combine(own, "config"), "[core]\n\tsymlinks = false\n[gc]\n\tauto = 0\n", cancellation);
        var tags = Need(await _git.RunAsync(source.Repository, ["for-each-ref", "--format=%(objectname) %(refname)", "refs/tags"], AgentLimits.GitCall, attempt.Root, cancellation), source, "for-each-ref");
        await File.WriteAllTextAsync(Path.Combine(own, "packed-refs"), tags.Output, cancellation);
        Need(await _git.RunAsync(
            workspace, ["checkout", "--quiet", "--detach", "--force", job.Commit], AgentLimits.GitFetch, attempt.Root, cancellation,
            ("GIT_ALTERNATE_OBJECT_DIRECTORIES", Path.Combine(source.Repository, "objects"))), source, "checkout");
        // Written last: the path is that inside the sandbox, and means nothing outside.
        Directory.CreateDirectory(Path.Combine(own, "objects", "info"));
        await File.WriteAllTextAsync(Path.Combine(own, "objects", "info", "alternates"), JobSandbox.ObjectsPath + "\n", cancellation);
        if (ServiceFolder.Find(workspace, job.Path) is null)
        {
            throw new JobFaultException($"the commit has no folder '{job.Path}', where the service is said to lie: mend the service's path, or the commit");
        }
    }

    /// <summary>A repository that git cannot work with is made anew, as soon as nothing borrows from it.</summary>
    private GitEnd Need(GitEnd end, Source source, string what)
    {
        if (end.ExitCode == 0)
        {
            return end;
        }
        if (NoSpace().IsMatch(end.Error))
        {
            throw new JobFaultException($"the disk that holds {paths.Root} is full: free space there");
        }
        source.Broken = true;
        throw new JobFaultException($"git {what} failed on this agent's copy of the repository ({LastOf(end)}): the copy is made anew for the next job; run it again");
    }

    private static string LastOf(GitEnd end) =>
        end.Error.Split('\n').Select(line => line.Trim()).LastOrDefault(line => line.StartsWith("fatal:", StringComparison.Ordinal) || line.StartsWith("error:", StringComparison.Ordinal)) ?? $"status {end.ExitCode} {end.Error.Split('\n')[^1]}".Trim();

    [GeneratedRegex("No space left on device|Disk quota exceeded", RegexOptions.NonBacktracking)]
    private static partial Regex NoSpace();

    [GeneratedRegex("not our ref|couldn't find remote ref|unadvertised object|no such remote ref", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex NoCommit();

    [GeneratedRegex("error: 40[0134]|HTTP 40[0134]|repository '.*' not found|Authentication failed|could not read Username", RegexOptions.NonBacktracking)]
    private static partial Regex NoAccess();

    /// <summary>One repository. What is told of it changes only while its turn is held, but for <see cref="Users"/>.</summary>
    internal sealed class Source(string repository)
    {
        private int _users;

        public string Repository => repository;

        /// <summary>One fetch at a time: two would wait for each other's locks, or fail on them.</summary>
        public SemaphoreSlim Turn { get; } = new(1, 1);
        public long FetchBegan { get; set; } = long.MinValue;
        public volatile bool Broken;

        /// <summary>Checkouts that borrow its objects.</summary>
        public int Users => Volatile.Read(ref _users);

        public void Enter() => Interlocked.Increment(ref _users);

        public void Leave() => Interlocked.Decrement(ref _users);
    }
}

/// <summary>A checkout's hold on the objects that it borrows.</summary>
/// <param name="objects">Shown read-only at <see cref="JobSandbox.ObjectsPath"/>.</param>
internal sealed class SourceLease(SourceCache.Source source, string objects) : IDisposable
{
    private int _left;

    public string Objects => objects;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0)
        {
            source.Leave();
        }
    }
}
