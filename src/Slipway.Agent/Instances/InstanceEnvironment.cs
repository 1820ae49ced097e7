using System.Globalization;
using Slipway.Client.Agents;

namespace Slipway.Agent.Instances;

/// <summary>What an instance finds in its environment: little of the agent's (never its token), the definition's, and where it shall listen.</summary>
internal static class InstanceEnvironment
{
    private static readonly string[] Kept = ["PATH", "LANG", "LC_ALL", "TZ", "DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64"];
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The agent's own variables that any program needs to be found and to run.</summary>
    public static Dictionary<string, string> Base(string home)
    {
        var environment = new Dictionary<string, string> { ["PATH"] = DefaultPath };
        foreach (var name in Kept)
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            {
                environment[name] = value;
            }
        }
        environment["HOME"] = home;
        return environment;
    }

    /// <param name="port">Null: one that listens nowhere.</param>
    public static Dictionary<string, string> For(WantedVersionSet set, string instance, int? port, string home)
    {
        var environment = Base(home);
        foreach (var (name, value) in set.Env)
        {
            environment[name] = value;
        }
        if (port is { } given)
        {
            environment["HOST"] = "127.0.0.1";
            environment["PORT"] = given.ToString(CultureInfo.InvariantCulture);
        }
        environment["SLIPWAY_SERVICE"] = set.Service;
        environment["SLIPWAY_VERSION"] = set.Version;
        environment["SLIPWAY_ENVIRONMENT"] = set.Environment;
        environment["SLIPWAY_INSTANCE"] = instance;
        return environment;
    }

    /// <summary>Finds the program of a command as the shell will: by path below the artifact, or along PATH.</summary>
    /// <returns>Why it cannot be run; null when it can.</returns>
    public static string? WhyNotRunnable(string program, string workingDirectory, string path)
    {
        if (program.Contains('/'))
        {
            var full = Path.Combine(workingDirectory, program);
            return !File.Exists(full) ? $"there is no file '{program}' in the artifact"
                : !IsExecutable(full) ? $"the file '{program}' in the artifact is not executable" : null;
        }
        return path.Split(':').Any(directory => directory.Length > 0 && File.Exists(Path.Combine(directory, program)) && IsExecutable(Path.Combine(directory, program)))
            ? null
            : $"there is no program '{program}' on this agent's PATH ({path})";
    }

    private static bool IsExecutable(string file) =>
        (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}
