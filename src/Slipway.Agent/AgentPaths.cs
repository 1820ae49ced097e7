namespace Slipway.Agent;

/// <summary>Where things lie in the agent's data directory.</summary>
internal sealed class AgentPaths(string dataDirectory)
{
    /// <summary>Files that only the agent's user reads and writes.</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Root { get; } = Path.GetFullPath(dataDirectory);
    public string Lock => Path.Combine(Root, "agent.lock");
    public string Wanted => Path.Combine(Root, "wanted.json");
    public string Artifacts => Path.Combine(Root, "artifacts");
    public string Instances => Path.Combine(Root, "instances");
    public string Counter => Path.Combine(Root, "instance-counter");
    public string Jobs => Path.Combine(Root, "jobs");

    /// <summary>Bare repositories, from which checkouts are made.</summary>
    public string Sources => Path.Combine(Root, "sources");

    /// <summary>Packed states of jobs' caches, by digest.</summary>
    public string Caches => Path.Combine(Root, "caches");
    public string Router => Path.Combine(Root, "router");

    public void Create()
    {
        foreach (var directory in (string[])[Root, Artifacts, Instances, Jobs, Sources, Caches, Router])
        {
            Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);
        }
    }
}
