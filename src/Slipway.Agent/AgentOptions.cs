using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Slipway.Agent;

/// <summary>How one agent runs.</summary>
public sealed record AgentOptions
{
    /// <summary>As the server lists it.</summary>
    public required string Name { get; init; }

    /// <summary>The server's address, http or https.</summary>
    public required Uri Server { get; init; }

    /// <summary>Presented as a bearer token; null: <see cref="TokenFile"/> is read instead, anew for every connection, so that a renewed token is found.</summary>
    public string? Token { get; init; }
    public string? TokenFile { get; init; }

    /// <summary>All that the agent keeps: wanted state, artifacts, instances, the router's files. One agent at a time uses it.</summary>
    public required string DataDirectory { get; init; }
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The port of this agent's router; null: it has none.</summary>
    public int? RouterPort { get; init; } = 7380;

    /// <summary>Starts a router when <c>--data DIR --port N</c> is appended, such as <c>["/opt/slipway/slipway", "router"]</c>.</summary>
    public IReadOnlyList<string> RouterCommand { get; init; } = [];

    /// <summary>How many jobs it runs at a time, where it has a sandbox for them; 0: none.</summary>
    public int JobCapacity { get; init; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>Bytes of memory that a job has at most, and has unless it says less; null: all that jobs may have together, <see cref="AgentLimits.JobsShareOfMemory"/> of the machine's.</summary>
    public long? JobMemory { get; init; }

    /// <summary>Processes that a job has at most at a time, and has unless it says fewer; threads count.</summary>
    public int JobProcesses { get; init; } = 4096;

    /// <summary>Folders of tools outside the system's, such as an SDK in a home directory, that steps of jobs may read; absolute. A folder's <c>bin</c>, else itself, is on their PATH.</summary>
    public IReadOnlyList<string> ToolFolders { get; init; } = [];

    /// <summary>Ports for instances, both inclusive. Below the kernel's ephemeral range, so that no outgoing connection takes one.</summary>
    public int FirstInstancePort { get; init; } = 20000;
    public int LastInstancePort { get; init; } = 31999;
    public TimeProvider Time { get; init; } = TimeProvider.System;
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Opens the file that a download is written to; a test puts a full disk in its place.</summary>
    internal Func<string, Stream> CreateDownload { get; init; } = path =>
        new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = AgentPaths.OwnerOnly });

    /// <summary>Why there is no sandbox for jobs, and how often that is asked again; a test puts a machine without one in its place.</summary>
    internal Func<CancellationToken, Task<string?>> WhyNoSandbox { get; init; } = Jobs.JobSandbox.WhyNotAsync;

    /// <summary>Where the kernel says in which cgroups this process is; a test puts another machine in its place.</summary>
    internal string ProcSelf { get; init; } = "/proc/self";
    internal TimeSpan SandboxLook { get; init; } = AgentLimits.SandboxLook;

    internal string? ReadToken() => Token ?? (TokenFile is null ? null : File.ReadAllText(TokenFile).Trim());
}

/// <summary>How an agent ended.</summary>
public abstract record AgentEnd
{
    private AgentEnd() { }

    /// <summary>It was asked to. What it started runs on.</summary>
    public sealed record Stopped : AgentEnd;

    /// <summary>The server will not have it and trying again cannot help. What it started runs on.</summary>
    public sealed record Refused(string Reason) : AgentEnd;

    /// <summary>It never began.</summary>
    public sealed record CannotStart(string Reason, string NextStep) : AgentEnd;
}
