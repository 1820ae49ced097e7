using System.Globalization;
using System.Text;

namespace Slipway.Agent.Instances;

/// <summary>One process as /proc/PID/stat tells it.</summary>
/// <param name="StartTime">Clock ticks since boot: with pid and boot id it names a process for ever.</param>
internal readonly record struct ProcessStat(int Pid, char State, int Parent, int Group, int Session, long StartTime)
{
    /// <summary>A zombie has ended, though signals still reach it.</summary>
    public bool HasEnded => State is 'Z' or 'X' or 'x';
}

/// <summary>Names a process beyond the reuse of its pid.</summary>
internal sealed record ProcessIdentity(int Pid, long StartTime, string BootId)
{
    public bool Runs => BootId == ProcFs.BootId && ProcFs.Read(Pid) is { HasEnded: false } stat && stat.StartTime == StartTime;
}

/// <summary>Reads what the kernel says about processes.</summary>
internal static class ProcFs
{
    public static string BootId { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    public static ProcessStat? Read(int pid) => TryReadText($"/proc/{pid}/stat") is { } text ? Parse(pid, text) : null;

    /// <summary>The command's name is in parentheses and may itself hold parentheses, spaces and newlines: fields count from the last one that closes.</summary>
    public static ProcessStat? Parse(int pid, string text)
    {
        var end = text.LastIndexOf(')');
        if (end < 0)
        {
            return null;
        }
        var fields = text[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length < 20
            ? null
            : new(pid, fields[0][0], int.Parse(fields[1], CultureInfo.InvariantCulture), int.Parse(fields[2], CultureInfo.InvariantCulture),
                int.Parse(fields[3], CultureInfo.InvariantCulture), long.Parse(fields[19], CultureInfo.InvariantCulture));
    }

    public static ProcessIdentity? Identify(int pid) => Read(pid) is { HasEnded: false } stat ? new(pid, stat.StartTime, BootId) : null;

    public static IEnumerable<ProcessStat> All()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && Read(pid) is { HasEnded: false } stat)
            {
                yield return stat;
            }
        }
    }

    /// <summary>Whether a process was started with an environment variable; false too when it is somebody else's and cannot be read.</summary>
    public static bool HasEnvironment(int pid, string assignment)
    {
        var wanted = Encoding.UTF8.GetBytes(assignment);
        var environment = TryReadBytes($"/proc/{pid}/environ").AsSpan();
        while (!environment.IsEmpty)
        {
            var end = environment.IndexOf((byte)0);
            var one = end < 0 ? environment : environment[..end];
            if (one.SequenceEqual(wanted))
            {
                return true;
            }
            environment = end < 0 ? [] : environment[(end + 1)..];
        }
        return false;
    }

    /// <summary>Pids of the processes that were started with an environment variable.</summary>
    public static IReadOnlyList<int> WithEnvironment(string assignment) => [.. All().Where(stat => HasEnvironment(stat.Pid, assignment)).Select(stat => stat.Pid)];

    /// <summary>Inodes of the sockets that a process holds.</summary>
    public static IEnumerable<long> SocketsOf(int pid)
    {
        string[] descriptors;
        try
        {
            descriptors = Directory.GetFiles($"/proc/{pid}/fd");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            yield break;
        }
        foreach (var descriptor in descriptors)
        {
            string? target;
            try
            {
                target = new FileInfo(descriptor).LinkTarget;
            }
            catch (Exception closed) when (closed is IOException or UnauthorizedAccessException)
            {
                continue;
            }
            const string prefix = "socket:[";
            if (target is not null && target.StartsWith(prefix, StringComparison.Ordinal)
                && long.TryParse(target.AsSpan(prefix.Length, target.Length - prefix.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var inode))
            {
                yield return inode;
            }
        }
    }

    // A process may end between two looks at it; that is no error but an answer.
    private static string? TryReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static byte[] TryReadBytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
