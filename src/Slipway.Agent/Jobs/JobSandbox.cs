using System.ComponentModel;
using System.Diagnostics;

namespace Slipway.Agent.Jobs;

/// <summary>The folders of a job that its steps see.</summary>
/// <param name="Workspace">The checkout; at <see cref="JobSandbox.WorkspacePath"/> inside.</param>
/// <param name="Home">The home directory; at <see cref="JobSandbox.HomePath"/> inside.</param>
/// <param name="Temporary">At <c>/tmp</c> inside.</param>
internal sealed record JobFolders(string Workspace, string Home, string Temporary)
{
    /// <summary>Objects of the repository that the checkout borrows; read-only at <see cref="JobSandbox.ObjectsPath"/> inside; null: there are none.</summary>
    public string? Objects { get; init; }

    /// <summary>See <see cref="AgentOptions.ToolFolders"/>; read-only at the same place inside.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];

    /// <summary>The file that takes what the log must not show; at <see cref="JobMasks.PathInside"/> inside, where nothing else can take its place. Null: there is none.</summary>
    public string? Masks { get; init; }

    /// <summary>A folder of the machine that steps must not see wherever it lies, such as the agent's own below <c>/opt</c>.</summary>
    public string? Hidden { get; init; }
}

/// <summary>
/// Steps run by bubblewrap: namespaces of their own (processes, network unless it is declared, host name, IPC), no capability, a read-only system, and nothing of the machine's
/// files but the job's folders. Where bubblewrap is missing or the kernel forbids it, that is said, and no step runs.
/// </summary>
internal sealed class JobSandbox
{
    public const string WorkspacePath = "/workspace", HomePath = "/home/build", ObjectsPath = "/run/source/objects";

    private static readonly string[] SystemFolders = ["/usr", "/opt"];
    private static readonly string[] SystemLinks = ["/bin", "/sbin", "/lib", "/lib64", "/lib32"];
    private static readonly string[] Settings = ["/etc/ssl", "/etc/ca-certificates", "/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/alternatives", "/etc/ld.so.cache", "/etc/localtime", "/etc/java-17-openjdk", "/etc/maven", "/etc/dotnet"];
    private static readonly string[] NetworkSettings = ["/etc/resolv.conf", "/etc/hosts", "/etc/gai.conf"];

    /// <summary>Why steps cannot be kept in a sandbox here; null: they can.</summary>
    public static async Task<string?> WhyNotAsync(CancellationToken cancel)
    {
        try
        {
            using var trial = Process.Start(new ProcessStartInfo("bwrap", ["--unshare-all", "--new-session", "--cap-drop", "ALL", "--ro-bind", "/usr", "/usr", .. Links(), "--proc", "/proc", "--dev", "/dev", "true"])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            })!;
            try
            {
                var said = await trial.StandardError.ReadToEndAsync(cancel);
                await trial.WaitForExitAsync(cancel);
                return trial.ExitCode == 0 ? null : $"bubblewrap cannot make a sandbox here: {said.Trim()}";
            }
            finally
            {
                trial.Kill(entireProcessTree: true);
            }
        }
        catch (Win32Exception)
        {
            return "bubblewrap is not installed (apt-get install bubblewrap)";
        }
    }

    /// <summary>The command line that runs a command in the sandbox. What it starts ends with it: its process namespace has one root.</summary>
    /// <param name="directory">Below the workspace; null: the workspace itself.</param>
    /// <param name="status">An open file descriptor for bubblewrap's report on the child, as JSON lines.</param>
    public static List<string> CommandLine(JobFolders folders, string? directory, bool network, IReadOnlyDictionary<string, string> environment, int status, IReadOnlyList<string> command)
    {
        List<string> line = ["bwrap", "--unshare-all", "--new-session", "--cap-drop", "ALL", "--clearenv", "--hostname", "job", "--json-status-fd", status.ToString()];
        if (network)
        {
            line.Add("--share-net");
        }

        foreach (var folder in SystemFolders.Where(Directory.Exists))
        {
            line.AddRange(["--ro-bind", folder, folder]);
        }

        line.AddRange(Links());
        foreach (var file in Settings.Concat(network ? NetworkSettings : []).Where(Path.Exists))
        {
            line.AddRange(["--ro-bind", Resolved(file), file]);
        }

        line.AddRange(["--proc", "/proc", "--dev", "/dev", "--bind", folders.Temporary, "/tmp", "--bind", folders.Home, HomePath, "--bind", folders.Workspace, WorkspacePath]);
        // Behind the folders of the job, which may lie over where they are.
        foreach (var tools in folders.Tools)
        {
            line.AddRange(["--ro-bind", tools, tools]);
        }

        if (folders.Hidden is { } hidden && SystemFolders.Concat(folders.Tools).Any(folder => hidden.StartsWith(folder + "/", StringComparison.Ordinal)))
        {
            line.AddRange(["--tmpfs", hidden]);
        }

        if (folders.Objects is { } objects)
        {
            line.AddRange(["--ro-bind", objects, ObjectsPath]);
        }

        if (folders.Masks is { } masks)
        {
            line.AddRange(["--bind", masks, JobMasks.PathInside]);
        }

        line.AddRange(["--chdir", directory is null or "." ? WorkspacePath : $"{WorkspacePath}/{directory}"]);
        foreach (var (name, value) in environment)
        {
            line.AddRange(["--setenv", name, value]);
        }

        line.Add("--");
        line.AddRange(command);
        return line;
    }

    /// <summary>On a merged system <c>/bin</c> and its like are links into <c>/usr</c>; elsewhere they are folders.</summary>
    private static IEnumerable<string> Links() => SystemLinks.Where(Path.Exists).SelectMany(path =>
        new DirectoryInfo(path).LinkTarget is { } target ? new[] { "--symlink", target, path } : ["--ro-bind", path, path]);

    private static string Resolved(string file) => File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file;
}
