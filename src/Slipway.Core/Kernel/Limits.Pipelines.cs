namespace Slipway.Core.Kernel;

public static partial class Limits
{
    /// <summary>How often a run with jobs on agents asks whether those agents are there.</summary>
    public static readonly TimeSpan AgentRecheck = TimeSpan.FromSeconds(15);

    /// <summary>An agent that has been away for this long has lost its jobs. Longer than one takes to come back after a restart of the server.</summary>
    public static readonly TimeSpan AgentPatience = TimeSpan.FromMinutes(1);

    /// <summary>What an attempt may take beyond its timeout: checkout, outputs of other jobs, packing its own.</summary>
    public static readonly TimeSpan JobMargin = TimeSpan.FromMinutes(15);

    /// <summary>How often an attempt that ended by nobody's fault is made again.</summary>
    public const int Mishaps = 2;

    /// <summary>Jobs of one run, every combination of a matrix counted.</summary>
    public const int Jobs = 200;

    /// <summary>Steps of one job.</summary>
    public const int Steps = 100;

    /// <summary>Caches of one job.</summary>
    public const int JobCaches = 20;

    /// <summary>A kept state that was used is noted to have been when the last such note is this old, so that not every job writes one.</summary>
    public static readonly TimeSpan CacheUseNoted = TimeSpan.FromMinutes(1);
}
