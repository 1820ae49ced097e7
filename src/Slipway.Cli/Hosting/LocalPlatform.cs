using System.Net;
using Microsoft.Extensions.Logging;
using Slipway.Agent;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Connection;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;
using Slipway.Core.Access;
using Slipway.Server;

namespace Slipway.Cli.Hosting;

/// <summary>What <c>slipway up</c> is told.</summary>
internal sealed record LocalPlatformOptions
{
    /// <summary>Absolute.</summary>
    public required string DataDirectory { get; init; }
    public int Port { get; init; } = 7300;
    public int RouterPort { get; init; } = 7380;

    /// <summary>How many jobs its agent runs at a time.</summary>
    public required int Jobs { get; init; }

    /// <summary>What a job has at most, as it was written; null: the agent's default.</summary>
    public string? JobMemory { get; init; }

    /// <summary>Of its agent, as they are written: <c>key=value</c>.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];
    public required int JobProcesses { get; init; }

    /// <summary>Folders of tools that steps may use; absolute.</summary>
    public required IReadOnlyList<string> ToolFolders { get; init; }

    /// <summary>What a new data directory gets as platform.yaml; null: what every server writes.</summary>
    public string? DefaultPlatform { get; init; }
}

/// <summary>
/// A whole platform on this machine: the server in this process, the agent beside it as a process of its own, and what the agent runs (instances and the router), which
/// outlives both.
/// </summary>
internal sealed class LocalPlatform : IAsyncDisposable
{
    /// <summary>The server gives no more at once.</summary>
    private const int MostAgents = 200;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan KeptRouterPatience = TimeSpan.FromSeconds(10);
    private readonly LocalPlatformOptions options;
    private readonly Shell shell;
    private readonly FileStream only;
    private readonly SlipwayServer server;
    private readonly ILoggerFactory log;
    private readonly CancellationTokenSource stop = new();
    private readonly Task agent;

    private LocalPlatform(LocalPlatformOptions options, Shell shell, FileStream only, SlipwayServer server, ILoggerFactory log)
    {
        this.options = options;
        this.shell = shell;
        this.only = only;
        this.server = server;
        this.log = log;
        // An agent that nobody stops runs on, and so does all that it runs.
        shell.Interruption.AnswerWith("Slipway is still stopping; it takes some seconds.");
        agent = new AgentSupervisor(
            [
                .. OwnProgram.Command, "agent", "--server", Url.AbsoluteUri, "--name", DataDirectory.LocalAgent, "--data", AgentDirectory,
                "--token-file", DataDirectory.AgentTokenIn(options.DataDirectory), "--router-port", options.RouterPort.ToString(), "--log", AgentLog,
                "--jobs", options.Jobs.ToString(), "--job-processes", options.JobProcesses.ToString(), .. options.JobMemory is { } memory ? new[] { "--job-memory", memory } : [], .. options.ToolFolders.SelectMany(folder => new[] { "--tools", folder }), .. options.Labels.SelectMany(label => new[] { "--label", label }),
            ],
            options.DataDirectory, AgentLog, shell.Time).Run(AgentDied, stop.Token);
    }

    public Uri Url => server.Url;
    public string TokenFile => DataDirectory.AdminTokenIn(options.DataDirectory);

    /// <summary>Which server other commands speak with from now on.</summary>
    public TakenOver Commands { get; private set; } = new(null, null);

    /// <summary>Cancelled when the server has ended by itself.</summary>
    public CancellationToken ServerEnded => server.Stopping;
    public string ServerLog => LogFile(options, "server");
    public string AgentLog => LogFile(options, "agent");
    private ContextFile Context => new(Url, TokenFile);

    /// <summary>
    /// Starts everything and writes the context file, so that later commands find it, unless it names a server that runs. A platform that was here before is taken up again.
    /// </summary>
    /// <exception cref="CliException">It cannot start, and why.</exception>
    public static async Task<LocalPlatform> Start(LocalPlatformOptions options, Shell shell, CancellationToken cancel)
    {
        MakeDataDirectory(options, shell);
        var only = Lock(options);
        ILoggerFactory? log = null;
        try
        {
            await CheckRouterPort(options, shell.Time, cancel);
            log = FileLog.Create(LogFile(options, "server"), shell.Time);
            var server = await StartServer(
                new ServerOptions
                {
                    DataDirectory = options.DataDirectory,
                    Port = options.Port,
                    RouterPort = options.RouterPort,
                    DefaultPlatform = options.DefaultPlatform,
                    Time = shell.Time,
                    Logging = log,
                },
                shell, cancel);
            var platform = new LocalPlatform(options, shell, only, server, log);
            try
            {
                platform.Commands = await platform.Context.TakeOver(shell, cancel);
                return platform;
            }
            catch
            {
                // Else its agent would outlive it.
                await platform.DisposeAsync();
                throw;
            }
        }
        catch
        {
            log?.Dispose();
            await only.DisposeAsync();
            throw;
        }
    }

    /// <exception cref="CliException">It cannot start, and why.</exception>
    public static async Task<SlipwayServer> StartServer(ServerOptions options, Shell shell, CancellationToken cancel)
    {
        try
        {
            return await SlipwayServer.StartAsync(options, cancel);
        }
        catch (ServerStartException refused)
        {
            throw Refusal(shell, refused);
        }
    }

    /// <summary>Prints what is wrong in files, and gives the exception that ends the command.</summary>
    public static CliException Refusal(Shell shell, ServerStartException refused)
    {
        foreach (var problem in refused.Problems)
        {
            shell.Error.WriteLine(problem);
        }

        return new CliException(refused.Problems.Count > 0 || refused.IsWrongUsage ? ExitCodes.Usage : ExitCodes.Failed, refused.Message, refused.NextStep);
    }

    /// <summary>Makes an identity with that role on the server, and a token of it, which is also in the data directory's <c>IDENTITY-token</c>.</summary>
    public Task<string> IssueToken(string identity, Role role, TimeSpan life, CancellationToken cancel) =>
        server.IssueTokenAsync(Path.Combine(options.DataDirectory, $"{identity}-token"), identity, role, life, cancel);

    /// <summary>Speaks with the server as its admin.</summary>
    public async Task<SlipwayClient> Admin(CancellationToken cancel) =>
        new ServerAddress(Url, (await File.ReadAllTextAsync(TokenFile, cancel)).Trim(), "").Connect(shell.Time);

    /// <summary>Waits until the agent is connected, without which nothing can run; false: it is not after this time.</summary>
    public async Task<bool> AgentConnects(TimeSpan patience, CancellationToken cancel)
    {
        using var admin = await Admin(cancel);
        var began = shell.Time.GetTimestamp();
        while (true)
        {
            if ((await admin.Agents(limit: MostAgents, cancel: cancel)).Items.Any(agent => agent.Connected && agent.Name == DataDirectory.LocalAgent))
            {
                return true;
            }

            if (shell.Time.GetElapsedTime(began) >= patience)
            {
                return false;
            }

            await Task.Delay(BetweenLooks, shell.Time, cancel);
        }
    }

    /// <summary>Stops the router and every instance, after the server and the agent have been stopped.</summary>
    public async Task StopWhatRuns()
    {
        await DisposeAsync();
        var end = await AgentProgram.StopAllAsync(
            new AgentOptions { Name = DataDirectory.LocalAgent, Server = Url, DataDirectory = AgentDirectory, Time = shell.Time }, CancellationToken.None);
        if (end is AgentEnd.CannotStart cannot)
        {
            throw new CliException(ExitCodes.Failed, $"What runs could not be stopped: {cannot.Reason}.", cannot.NextStep);
        }
    }

    /// <summary>Stops server and agent; what the agent runs goes on.</summary>
    public async ValueTask DisposeAsync()
    {
        if (stop.IsCancellationRequested)
        {
            return;
        }

        await stop.CancelAsync();
        // While the port is still this one's: an `up` that comes after it writes its own.
        ForgetContext();
        await agent;
        await server.DisposeAsync();
        log.Dispose();
        await only.DisposeAsync();
        stop.Dispose();
    }

    private void ForgetContext()
    {
        try
        {
            Context.Remove(shell);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Failures.Write(shell, $"{ContextFile.PathIn(shell)} still names this server, for it could not be removed: {fault.Message}", "The next `slipway up` writes it anew.");
        }
    }

    private static string LogFile(LocalPlatformOptions options, string of) => Path.Combine(options.DataDirectory, "logs", $"{of}.log");

    private string AgentDirectory => AgentDirectoryIn(options.DataDirectory);

    private static string AgentDirectoryIn(string dataDirectory) => Path.Combine(dataDirectory, "agent");

    private static void MakeDataDirectory(LocalPlatformOptions options, Shell shell)
    {
        try
        {
            DataDirectory.Make(options.DataDirectory);
        }
        catch (ServerStartException refused)
        {
            throw Refusal(shell, refused);
        }
    }

    /// <summary>A port that this platform's own router has from before is no obstacle: it is adopted.</summary>
    private static async Task CheckRouterPort(LocalPlatformOptions options, TimeProvider time, CancellationToken cancel)
    {
        if (options.RouterPort != 0 && options.RouterPort == options.Port)
        {
            throw CliException.Usage($"--port and --router-port are both {options.Port}.", "Give the router another one with --router-port.");
        }

        if (options.RouterPort != 0 && await PortOfKeptRouter(options, time, cancel) is { } kept && kept != options.RouterPort)
        {
            throw new CliException(
                ExitCodes.Failed, $"The router that was kept running takes requests on port {kept}, not {options.RouterPort}.",
                $"Start with --router-port {kept}; without --keep, Ctrl-C then ends the router too, and the next start may choose another port.");
        }

        if (!ListeningPort.IsFree(IPAddress.Loopback, options.RouterPort) && !AgentProgram.RouterRuns(AgentDirectoryIn(options.DataDirectory)))
        {
            throw new CliException(
                ExitCodes.Failed, $"The router's port {options.RouterPort} is taken by another program.", "Stop that program, or choose another port with --router-port.");
        }
    }

    /// <summary>Null: none runs. One that the platform before started just before its end has yet to say its port.</summary>
    private static async Task<int?> PortOfKeptRouter(LocalPlatformOptions options, TimeProvider time, CancellationToken cancel)
    {
        var (directory, began) = (AgentDirectoryIn(options.DataDirectory), time.GetTimestamp());
        while (true)
        {
            if (AgentProgram.PortOfRunningRouter(directory) is { } port)
            {
                return port;
            }

            if (!AgentProgram.RouterRuns(directory) || time.GetElapsedTime(began) > KeptRouterPatience)
            {
                return null;
            }

            await Task.Delay(BetweenLooks, time, cancel);
        }
    }

    private static FileStream Lock(LocalPlatformOptions options)
    {
        try
        {
            return OwnFiles.Open(Path.Combine(options.DataDirectory, "up.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new CliException(ExitCodes.Failed, $"Another `slipway up` runs on {options.DataDirectory}.", "End it with Ctrl-C, or choose another directory with --data.");
        }
    }

    private void AgentDied(int? status, TimeSpan pause)
    {
        var again = $"it is started again in {pause.TotalSeconds:0.#} s. What it runs goes on.";
        if (status == ExitCodes.NotAllowed)
        {
            Failures.Write(shell, $"The server lets its agent in no more (it was removed, or another one came under its name); {again}", "Stop `slipway up` and start it again: that lets its agent in anew.");
        }
        else
        {
            Failures.Write(shell, $"The agent ended{(status is { } known ? $" with status {known}" : "")}; {again}", $"Its log is {AgentLog}.");
        }
    }
}
