using System.Globalization;

namespace EndToEnd.Harness;

/// <summary>What runs on this machine, read from /proc.</summary>
internal static class Processes
{
    /// <summary>Processes that name the folder in their command line or work beneath it: pid and command line.</summary>
    public static IReadOnlyDictionary<int, string> Of(string folder)
    {
        var found = new Dictionary<int, string>();
        foreach (var entry in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(entry), CultureInfo.InvariantCulture, out var pid) && Read(entry, folder) is { } line)
            {
                found[pid] = line;
            }
        }

        return found;
    }

    public static bool Runs(int pid) => Directory.Exists($"/proc/{pid}") && !IsZombie(pid);

    /// <summary>SIGKILL, to this one process only.</summary>
    public static void Kill(int pid)
    {
        using var process = System.Diagnostics.Process.GetProcessById(pid);
        process.Kill();
    }

    private static bool IsZombie(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].StartsWith('Z');
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static string? Read(string entry, string folder)
    {
        try
        {
            var line = File.ReadAllText(Path.Combine(entry, "cmdline")).Replace('\0', ' ').Trim();
            var works = new FileInfo(Path.Combine(entry, "cwd")).LinkTarget;
            // A process that is over, but not yet reaped, has neither.
            return line.Length > 0 && (line.Contains(folder, StringComparison.Ordinal) || works?.StartsWith(folder, StringComparison.Ordinal) == true) ? line : null;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
