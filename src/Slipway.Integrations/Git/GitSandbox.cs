using System.ComponentModel;
using System.Diagnostics;

namespace Slipway.Integrations.Git;

/// <summary>
/// Keeps git, while it talks with another host, from everything on this machine but the mirror that it fills: by bubblewrap, with a read-only system, no capabilities, and processes
/// of its own. What a host could make of a fault of git or ssh stays in there. Where bubblewrap is missing or the kernel forbids it, git runs without.
/// </summary>
internal static class GitSandbox
{
    private static readonly string[] Folders = ["/usr", "/opt"];
    private static readonly string[] Links = ["/bin", "/sbin", "/lib", "/lib64", "/lib32"];

    /// <summary>What tells names of hosts and users, and whom to believe.</summary>
    private static readonly string[] Settings =
    [
        "/etc/ssl", "/etc/ca-certificates", "/etc/pki", "/etc/crypto-policies", "/etc/ssh/ssh_config", "/etc/ssh/ssh_config.d", "/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/resolv.conf", "/etc/hosts", "/etc/gai.conf",
        "/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime", "/run/nscd",
    ];

    private static readonly Lazy<string?> Trial = new(Try);

    /// <summary>Null: git is kept in a sandbox. Else why not.</summary>
    public static string? WhyNot => Trial.Value;

    /// <summary>What stands before git's own command line.</summary>
    /// <param name="mirror">The one folder that it may write to, and is in; null: none.</param>
    /// <param name="readable">Further files and folders that it may read; those that are not there are left out.</param>
    public static IEnumerable<string> Before(string? mirror, IEnumerable<string> readable)
    {
        List<string> line = ["--unshare-all", "--share-net", "--new-session", "--cap-drop", "ALL"];
        foreach (var folder in Folders.Where(Directory.Exists))
        {
            line.AddRange(["--ro-bind", folder, folder]);
        }

        foreach (var link in Links.Where(Path.Exists))
        {
            line.AddRange(new DirectoryInfo(link).LinkTarget is { } target ? ["--symlink", target, link] : ["--ro-bind", link, link]);
        }

        line.AddRange(["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]);
        foreach (var path in Settings.Concat(readable).Where(Path.Exists))
        {
            line.AddRange(["--ro-bind", Resolved(path), path]);
        }

        return [.. line, .. mirror is null ? new[] { "--chdir", "/tmp" } : ["--bind", mirror, mirror, "--chdir", mirror], "--"];
    }

    private static string Resolved(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;

    private static string? Try()
    {
        try
        {
            using var trial = Process.Start(new ProcessStartInfo("bwrap", [.. Before(null, []), "git", "--version"]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            var said = trial.StandardError.ReadToEnd();
            trial.WaitForExit();
            return trial.ExitCode == 0 ? null : $"bubblewrap cannot make a sandbox for git here: {said.Trim()}";
        }
        catch (Win32Exception)
        {
            return "bubblewrap is not installed";
        }
    }
}
