using System.Globalization;

namespace Slipway.Cli.Hosting;

/// <summary>A process that cannot be taken for another one: pids come again, pids with their start time (in clock ticks since boot) do not until the next boot.</summary>
/// <param name="Boot">The kernel's boot id.</param>
internal sealed record ChildIdentity(int Pid, long StartTime, string Boot)
{
    private static readonly string ThisBoot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    public bool Runs => Boot == ThisBoot && StartTimeOf(Pid) == StartTime;

    /// <summary>The command line that it runs; null: it has ended.</summary>
    public IReadOnlyList<string>? Command
    {
        get
        {
            try
            {
                var line = File.ReadAllText($"/proc/{Pid}/cmdline");
                return Runs && line.Length > 0 ? line.TrimEnd('\0').Split('\0') : null;
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    /// <summary>Null: it has ended.</summary>
    public static ChildIdentity? Of(int pid) => StartTimeOf(pid) is { } start ? new(pid, start, ThisBoot) : null;

    /// <summary>Null: there is no such file, or nothing that it could mean.</summary>
    public static ChildIdentity? Read(string file) =>
        File.Exists(file) && File.ReadAllText(file).Split(' ', StringSplitOptions.TrimEntries) is [var pid, var start, var boot]
        && int.TryParse(pid, CultureInfo.InvariantCulture, out var number) && long.TryParse(start, CultureInfo.InvariantCulture, out var time)
            ? new(number, time, boot)
            : null;

    public void Write(string file)
    {
        OwnFiles.Touch(file + ".new");
        File.WriteAllText(file + ".new", $"{Pid} {StartTime} {Boot}");
        File.Move(file + ".new", file, overwrite: true);
    }

    /// <summary>Asks it to end, and ends it when it has not after <paramref name="patience"/>.</summary>
    public async Task Stop(TimeSpan patience, TimeProvider time)
    {
        var began = time.GetTimestamp();
        for (var signal = Libc.Terminate; Runs; signal = time.GetElapsedTime(began) > patience ? Libc.KillNow : 0)
        {
            if (signal != 0)
            {
                // It may have ended in between; then there is nothing to signal, and the loop sees that.
                _ = Libc.Signal(Pid, signal);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), time);
        }
    }

    /// <summary>Field 22 of /proc/PID/stat, counted after the name's closing parenthesis; null for what has ended, zombies too.</summary>
    private static long? StartTimeOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
