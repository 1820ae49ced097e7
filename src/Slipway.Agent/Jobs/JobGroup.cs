using System.Globalization;

namespace Slipway.Agent.Jobs;

/// <summary>What of a machine the kernel can limit for a cgroup.</summary>
internal enum Controller
{
    Memory,
    Pids,
    Cpu,
}

/// <summary>How often a job met its limits.</summary>
/// <param name="Killed">Processes that the machine ended for want of memory.</param>
/// <param name="Reached">It has had all that it may have itself; else it was what all jobs may have together.</param>
/// <param name="Refused">Processes that it could not make.</param>
internal sealed record LimitCounts(long Killed, bool Reached, long Refused);

/// <summary>
/// The cgroups of one job: one folder with cgroup v2, one for each controller with v1. All that the job's steps start is in them, whatever it does, since a step enters them
/// before it becomes what it runs and sees nothing of them in its sandbox.
/// </summary>
/// <param name="folders">By folder, what it limits.</param>
/// <param name="limits">Null: they were made by an agent before this one, and are here to be ended.</param>
/// <param name="together">Bytes of memory that all jobs of the agent have together.</param>
internal sealed class JobGroup(IReadOnlyList<(string Folder, bool IsUnified, IReadOnlyList<Controller> Controllers)> folders, JobLimits? limits, long together)
{
    private const int PeriodMicroseconds = 100_000;

    /// <summary>One agent's jobs make and remove the group above theirs.</summary>
    private static readonly Lock Parents = new();

    /// <summary>What a process writes 0 to, to be in the job.</summary>
    public IReadOnlyList<string> Entries => [.. folders.Select(group => Path.Combine(group.Folder, "cgroup.procs"))];

    /// <summary>What an agent has left of an attempt's; null: nothing.</summary>
    public static JobGroup? LeftOf(AttemptFolder attempt) =>
        File.Exists(attempt.Groups) ? new([.. File.ReadLines(attempt.Groups).Select(folder => (folder, false, (IReadOnlyList<Controller>)[]))], null, 0) : null;

    /// <summary>Makes them, with their limits, and notes where they are first: whoever comes after an agent that died finds them.</summary>
    /// <exception cref="IOException">One cannot be made.</exception>
    public void Make(AttemptFolder attempt)
    {
        DurableFile.Replace(attempt.Groups, System.Text.Encoding.UTF8.GetBytes(string.Join('\n', folders.Select(group => group.Folder))), flush: false);
        lock (Parents)
        {
            foreach (var (folder, isUnified, controllers) in folders)
            {
                var parent = Path.GetDirectoryName(folder)!;
                Directory.CreateDirectory(parent);
                if (isUnified)
                {
                    Write(parent, "cgroup.subtree_control", string.Join(' ', controllers.Select(controller => "+" + NameOf(controller))));
                }
                if (controllers.Contains(Controller.Memory))
                {
                    LimitMemory(parent, isUnified, together);
                }
                Directory.CreateDirectory(folder);
                foreach (var controller in controllers)
                {
                    Limit(folder, isUnified, controller);
                }
            }
        }
    }

    public LimitCounts Counts()
    {
        var memory = folders.FirstOrDefault(group => group.Controllers.Contains(Controller.Memory));
        var pids = folders.FirstOrDefault(group => group.Controllers.Contains(Controller.Pids)).Folder;
        return new(
            memory.Folder is null ? 0 : Count(memory.Folder, memory.IsUnified ? "memory.events" : "memory.oom_control", "oom_kill"),
            // The second version counts it. Of the first, what it has had at most tells it: its own count stands still in newer kernels.
            memory.Folder is not null && (memory.IsUnified ? Count(memory.Folder, "memory.events", "oom") > 0 : Number(memory.Folder, "memory.max_usage_in_bytes") >= Number(memory.Folder, "memory.limit_in_bytes")),
            pids is null ? 0 : Count(pids, "pids.events", "max"));
    }

    /// <summary>What the limits did since; null: nothing.</summary>
    public string? WhatHappened(LimitCounts since)
    {
        var now = Counts();
        return now.Killed > since.Killed && now.Reached ? $"a process of it was ended by the machine: it used more than its {JobLimits.Words(limits!.Memory)} of memory"
            : now.Killed > since.Killed ? $"a process of it was ended by the machine: the jobs of this agent used more than their {JobLimits.Words(together)} of memory together"
            : now.Refused > since.Refused ? $"it was refused a process by the machine: it may have {JobLimits.Number(limits!.Processes)} at a time, threads counted"
            : null;
    }

    /// <summary>Ends all that is in them, whatever it does meanwhile; returns when nothing is.</summary>
    /// <exception cref="IOException">Something does not end.</exception>
    public async Task EmptyAsync(TimeProvider time, CancellationToken cancellation)
    {
        var told = time.GetTimestamp();
        while (Members() is { Count: > 0 } still)
        {
            foreach (var (folder, _, _) in folders)
            {
                // Nothing new comes, so that what is killed stays less; and v2 can do it at once.
                WriteWhereThere(folder, "pids.max", "0");
                WriteWhereThere(folder, "cgroup.kill", "1");
            }
            foreach (var pid in still)
            {
                Libc.Signal(pid, Libc.KillNow);
            }
            if (time.GetElapsedTime(told) > AgentLimits.Kill)
            {
                throw new IOException($"process {still[0]} in {folders[0].Folder} does not end");
            }
            await Task.Delay(TimeSpan.FromMilliseconds(2), time, cancellation);
        }
        if (limits is not null && folders.FirstOrDefault(group => group.Controllers.Contains(Controller.Pids)) is { Folder: not null } pids)
        {
            Limit(pids.Folder, pids.IsUnified, Controller.Pids);
        }
    }

    /// <summary>Ends what is in them and takes them away.</summary>
    /// <exception cref="IOException">Something does not end.</exception>
    public async Task RemoveAsync(AttemptFolder attempt, TimeProvider time, CancellationToken cancellation)
    {
        var told = time.GetTimestamp();
        while (true)
        {
            await EmptyAsync(time, cancellation);
            try
            {
                lock (Parents)
                {
                    foreach (var (folder, _, _) in folders.Where(group => Directory.Exists(group.Folder)))
                    {
                        Directory.Delete(folder);
                        RemoveWhereEmpty(Path.GetDirectoryName(folder)!);
                    }
                }
                break;
            }
            catch (IOException) when (time.GetElapsedTime(told) < AgentLimits.Kill)
            {
                // The kernel still takes leave of the last process.
                await Task.Delay(TimeSpan.FromMilliseconds(10), time, cancellation);
            }
        }
        File.Delete(attempt.Groups);
    }

    public static string NameOf(Controller controller) => controller switch
    {
        Controller.Memory => "memory",
        Controller.Pids => "pids",
        Controller.Cpu => "cpu",
        _ => throw new ArgumentOutOfRangeException(nameof(controller), controller, null),
    };

    private List<int> Members() => [.. folders
        .Select(group => Path.Combine(group.Folder, "cgroup.procs"))
        .Where(File.Exists)
        // 0: in no namespace of ours, and no business of ours.
        .SelectMany(file => File.ReadLines(file)).Select(line => int.Parse(line, CultureInfo.InvariantCulture)).Where(pid => pid > 1).Distinct()];

    private void Limit(string folder, bool isUnified, Controller controller)
    {
        switch (controller)
        {
            case Controller.Memory:
                LimitMemory(folder, isUnified, limits!.Memory);
                break;
            case Controller.Pids:
                Write(folder, "pids.max", Text(limits!.Processes));
                break;
            case Controller.Cpu when limits!.Cpu is { } cpu && isUnified:
                Write(folder, "cpu.max", $"{Text((long)(cpu * PeriodMicroseconds))} {Text(PeriodMicroseconds)}");
                break;
            case Controller.Cpu when limits!.Cpu is { } cpu:
                Write(folder, "cpu.cfs_period_us", Text(PeriodMicroseconds));
                Write(folder, "cpu.cfs_quota_us", Text((long)(cpu * PeriodMicroseconds)));
                break;
        }
    }

    /// <summary>Memory that was moved to disk is memory too, or a hog would live on in it and slow the whole machine.</summary>
    private static void LimitMemory(string folder, bool isUnified, long bytes)
    {
        Write(folder, isUnified ? "memory.max" : "memory.limit_in_bytes", Text(bytes));
        if (isUnified)
        {
            WriteWhereThere(folder, "memory.swap.max", "0");
        }
        else
        {
            WriteWhereThere(folder, "memory.memsw.limit_in_bytes", Text(bytes));
        }
    }

    private static long Count(string folder, string file, string name) => File.ReadLines(Path.Combine(folder, file)).Select(line => line.Split(' '))
        .Where(parts => parts is [var key, _] && key == name).Select(parts => long.Parse(parts[1], CultureInfo.InvariantCulture)).FirstOrDefault();

    private static long Number(string folder, string file) => long.Parse(File.ReadAllText(Path.Combine(folder, file)), CultureInfo.InvariantCulture);

    private static void WriteWhereThere(string folder, string file, string text)
    {
        if (File.Exists(Path.Combine(folder, file)))
        {
            Write(folder, file, text);
        }
    }

    private static void Write(string folder, string file, string text) => File.WriteAllText(Path.Combine(folder, file), text);

    private static void RemoveWhereEmpty(string parent)
    {
        // Groups are folders; the files in them are the kernel's.
        if (Directory.GetDirectories(parent).Length == 0)
        {
            Directory.Delete(parent);
        }
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
