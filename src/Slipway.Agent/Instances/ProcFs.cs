using System.Globalization;
using System.IO.Enumeration;
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
    /// <summary>Behind the command's name, up to the start time.</summary>
    private const int Fields = 20;

    public static string BootId { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    private static readonly EnumerationOptions OneLevel = new() { AttributesToSkip = 0, RecurseSubdirectories = false };

    public static ProcessStat? Read(int pid) => Libc.ReadKernelFile($"/proc/{pid}/stat", text => Parse(pid, text));

    /// <summary>The command's name is in parentheses and may itself hold parentheses, spaces and newlines: fields count from the last one that closes.</summary>
    public static ProcessStat? Parse(int pid, ReadOnlySpan<byte> text)
    {
        var end = text.LastIndexOf((byte)')');
        if (end < 0)
        {
            return null;
        }
        var fields = text[(end + 1)..];
        Span<long> numbers = stackalloc long[Fields];
        var (state, field) = ('?', 0);
        foreach (var range in fields.Split((byte)' '))
        {
            var one = fields[range];
            if (one.IsEmpty || field == Fields)
            {
                continue;
            }
            if (field == 0)
            {
                state = (char)one[0];
            }
            else if (!long.TryParse(one, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out numbers[field]) && field <= 3)
            {
                return null;
            }
            field++;
        }
        return field < Fields ? null : new(pid, state, (int)numbers[1], (int)numbers[2], (int)numbers[3], numbers[19]);
    }

    public static ProcessIdentity? Identify(int pid) => Read(pid) is { HasEnded: false } stat ? new(pid, stat.StartTime, BootId) : null;

    public static IEnumerable<ProcessStat> All()
    {
        var pids = new FileSystemEnumerable<int>("/proc", (ref entry) => int.Parse(entry.FileName, NumberStyles.None, CultureInfo.InvariantCulture), OneLevel)
        {
            ShouldIncludePredicate = (ref entry) => !entry.FileName.ContainsAnyExceptInRange('0', '9'),
        };
        foreach (var pid in pids)
        {
            if (Read(pid) is { HasEnded: false } stat)
            {
                yield return stat;
            }
        }
    }

    /// <summary>Whether a process was started with an environment variable; false too when it is somebody else's and cannot be read.</summary>
    public static bool HasEnvironment(int pid, string assignment)
    {
        var wanted = Encoding.UTF8.GetBytes(assignment);
        return Libc.ReadKernelFile($"/proc/{pid}/environ", environment => Holds(environment, wanted));
    }

    private static bool Holds(ReadOnlySpan<byte> environment, ReadOnlySpan<byte> wanted)
    {
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
}
