using Microsoft.Extensions.Logging;
using Slipway.Agent.Instances;
using Slipway.Agent.Jobs;
using Slipway.Agent.Traffic;

namespace Slipway.Agent;

/// <summary>The agent's role of the program.</summary>
public static class AgentProgram
{
    /// <summary>
    /// Runs an agent until it is cancelled or the server refuses it. Its instances and its router are processes of their own and are left running; the next agent
    /// on the same data directory adopts them.
    /// </summary>
    public static async Task<AgentEnd> RunAsync(AgentOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (WhyNot(options) is { } cannot)
        {
            return cannot;
        }
        var paths = new AgentPaths(options.DataDirectory);
        paths.Create();
        using var only = TryLock(paths);
        if (only is null)
        {
            return InUse(paths);
        }
        using var agent = new Agent(options, paths);
        try
        {
            return new AgentEnd.Refused(await agent.RunAsync(cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new AgentEnd.Stopped();
        }
    }

    /// <summary>
    /// Stops all that agents on this data directory have started and that still runs: the router first, which lets requests under way finish, then the instances,
    /// each with its drain time. Nothing is left behind. Called when no agent uses the directory any more; what was wanted stays on disk, so that the next agent
    /// starts it again.
    /// </summary>
    public static async Task<AgentEnd> StopAllAsync(AgentOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        var paths = new AgentPaths(options.DataDirectory);
        paths.Create();
        using var only = TryLock(paths);
        if (only is null)
        {
            return InUse(paths);
        }
        await StopRouterAsync(options, paths, cancellation);
        var logger = options.LoggerFactory.CreateLogger("Slipway.Agent");
        var store = new InstanceStore(paths, logger);
        var groups = new ControlGroups(paths.Root);
        await Task.WhenAll(store.LoadAll().Where(record => record.Phase != InstancePhase.Stopped).Select(record => StopAsync(record, store, groups, options, logger, cancellation)));
        groups.Clean();
        await Task.WhenAll(Directory.GetDirectories(paths.Jobs).Select(attempt => JobProcesses.EndAsync(new AttemptFolder(attempt), options.Time, cancellation)));
        return new AgentEnd.Stopped();
    }

    /// <summary>Whether the router of an earlier agent on this data directory still runs; the next agent adopts it, with the port that it has.</summary>
    public static bool RouterRuns(string dataDirectory)
    {
        var directory = new AgentPaths(dataDirectory).Router;
        return ProcFs.WithEnvironment(RouterAdminClient.MarkOf(directory)).Count > 0;
    }

    /// <summary>Where that router takes requests; null: none runs, or it has not said so yet.</summary>
    public static int? PortOfRunningRouter(string dataDirectory) => RouterAdminClient.FindRunning(new AgentPaths(dataDirectory).Router)?.HttpPort is > 0 and var port ? port : null;

    private static async Task StopAsync(InstanceRecord record, InstanceStore store, ControlGroups groups, AgentOptions options, ILogger logger, CancellationToken cancellation)
    {
        var paths = store.PathsOf(record.Id);
        var leader = record.Process is { Runs: true } known ? known : InstanceProcess.Find(paths);
        using var process = leader is null ? InstanceProcess.Unknown(paths, groups.Find(record.Id)) : InstanceProcess.Adopt(paths, leader, groups.Find(record.Id));
        await process.StopAsync(record.Definition.Drain, options.Time, cancellation);
        store.Save(record with { Phase = InstancePhase.Stopped, Process = null, Port = null, ProcessWasHealthy = false, StoppedAt = options.Time.GetUtcNow() });
        AgentLog.InstanceStopped(logger, record.Id);
    }

    private static async Task StopRouterAsync(AgentOptions options, AgentPaths paths, CancellationToken cancellation)
    {
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());
        var admin = new RouterAdminClient(paths.Router, http, options.Time);
        var pids = ProcFs.WithEnvironment(admin.Mark).Union(admin.FindRunning() is { } router ? [router.Pid] : []).ToList();
        var identities = pids.Select(ProcFs.Identify).OfType<ProcessIdentity>().ToList();
        foreach (var identity in identities)
        {
            Libc.Signal(identity.Pid, Libc.Terminate);
        }
        var began = options.Time.GetTimestamp();
        while (identities.Find(identity => identity.Runs) is { } still)
        {
            if (options.Time.GetElapsedTime(began) > AgentLimits.RouterStop)
            {
                Libc.Signal(still.Pid, Libc.KillNow);
            }
            await Task.Delay(TimeSpan.FromMilliseconds(20), options.Time, cancellation);
        }
    }

    private static AgentEnd.CannotStart? WhyNot(AgentOptions options)
    {
        if (options.Server.Scheme is not ("http" or "https"))
        {
            return new($"the server's address {options.Server} is neither http nor https", "Give the address that the server prints, such as http://127.0.0.1:7300.");
        }
        if (options.RouterPort is not null && options.RouterCommand.Count == 0)
        {
            return new("a router is wanted, but not how to start one", "Set RouterCommand, or RouterPort to null.");
        }
        if (options.FirstInstancePort < 1024 || options.LastInstancePort > 65535 || options.LastInstancePort < options.FirstInstancePort)
        {
            return new($"the range of instance ports {options.FirstInstancePort}-{options.LastInstancePort} is not within 1024-65535", "Give a range such as 20000-31999.");
        }
        return null;
    }

    private static FileStream? TryLock(AgentPaths paths)
    {
        try
        {
            return new FileStream(paths.Lock, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = AgentPaths.OwnerOnly });
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static AgentEnd.CannotStart InUse(AgentPaths paths) =>
        new($"another agent uses the data directory {paths.Root}", "Stop it first, or give this one a directory of its own with --data.");
}
