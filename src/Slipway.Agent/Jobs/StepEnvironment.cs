using System.Globalization;
using Slipway.Client.Agents;

namespace Slipway.Agent.Jobs;

/// <summary>What a step finds in its environment: nothing of the agent's. Later ones win: the agent's, its caches', the job's, the step's.</summary>
internal static class StepEnvironment
{
    public const string ValuesFile = "slipway-values";
    private const string SystemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <param name="tools">See <see cref="AgentOptions.ToolFolders"/>.</param>
    public static Dictionary<string, string> For(WantedJob job, WantedStep step, IReadOnlyList<string> tools)
    {
        var environment = new Dictionary<string, string>
        {
            ["CI"] = "true",
            ["HOME"] = JobSandbox.HomePath,
            ["PATH"] = string.Join(':', [.. tools.Select(PathIn), SystemPath]),
            ["LANG"] = "C.UTF-8",
            ["TMPDIR"] = "/tmp",
            ["SLIPWAY_RUN"] = job.Run,
            ["SLIPWAY_JOB"] = job.Job,
            ["SLIPWAY_ATTEMPT"] = job.Attempt.ToString(CultureInfo.InvariantCulture),
            ["SLIPWAY_SERVICE"] = job.Service,
            ["SLIPWAY_COMMIT"] = job.Commit,
            ["SLIPWAY_BRANCH"] = job.Branch,
            ["SLIPWAY_VALUES"] = "/tmp/" + ValuesFile,
            ["SLIPWAY_MASKS"] = JobMasks.PathInside,
        };
        foreach (var (name, value) in job.Caches.SelectMany(cache => cache.Env))
        {
            environment[name] = value.Replace("~", JobSandbox.HomePath, StringComparison.Ordinal);
        }
        foreach (var (name, value) in job.Env.Concat(step.Env))
        {
            environment[name] = value;
        }
        return environment;
    }

    private static string PathIn(string tools) => Path.Combine(tools, "bin") is var programs && Directory.Exists(programs) ? programs : tools;
}
