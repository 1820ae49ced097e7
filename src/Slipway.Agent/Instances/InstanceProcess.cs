using System.Diagnostics;
using System.Globalization;

namespace Slipway.Agent.Instances;

/// <summary>
/// The processes of one instance: a session of its own, led by a small shell that runs the program, sends its output to a file and writes its exit code to another.
/// It lives on when the agent dies. All its processes carry a mark in their environment (<see cref="MarkVariable"/>), by which a restarted agent finds them.
/// </summary>
internal sealed class InstanceProcess : IDisposable
{
    public const string MarkVariable = "SLIPWAY_INSTANCE_DIR";

    // The shell outlives SIGTERM to the group, to write the code of a program that ends because of it. It catches the signal with an empty action instead of
    // ignoring it, since what is ignored stays ignored in the program. Its own remarks ("Terminated") are not the program's output.
    private const string Wrapper = """
        dir=$1; group=$2; shift 2
        trap : TERM INT HUP QUIT
        exec >/dev/null 2>&1 </dev/null
        [ -z "$group" ] || echo $$ >"$group/cgroup.procs"
        (exec "$@" >>"$dir/output.log" 2>&1)
        code=$?
        echo "$code" >"$dir/exit.tmp" && mv "$dir/exit.tmp" "$dir/exit"
        exit "$code"
        """;

    private readonly InstancePaths _paths;
    private readonly string? _group;
    private readonly Process? _child;

    private InstanceProcess(InstancePaths paths, ProcessIdentity? leader, string? group, Process? child)
    {
        (_paths, Leader, _group, _child) = (paths, leader, group, child);
    }

    /// <summary>Leads the session; null: only what carries the mark is known.</summary>
    public ProcessIdentity? Leader { get; }

    /// <exception cref="System.ComponentModel.Win32Exception">No process could be made.</exception>
    /// <exception cref="IOException">The disk is full.</exception>
    public static InstanceProcess Start(InstancePaths paths, IReadOnlyList<string> command, string workingDirectory, IReadOnlyDictionary<string, string> environment, string? group)
    {
        File.Delete(paths.Exit);
        // The shell could not say that its output file cannot be made; we can.
        InstanceOutput.Touch(paths.Output);
        var start = new ProcessStartInfo("setsid") { WorkingDirectory = workingDirectory, UseShellExecute = false };
        foreach (var argument in (string[])["sh", "-c", Wrapper, "slipway-instance", paths.Root, group ?? "", .. command])
        {
            start.ArgumentList.Add(argument);
        }
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        start.Environment[MarkVariable] = paths.Root;
        var child = Process.Start(start) ?? throw new IOException("the system made no process");
        // A child that has ended is kept by the kernel until it is waited for, so it is still there to be identified.
        var stat = ProcFs.Read(child.Id);
        return new(paths, new(child.Id, stat?.StartTime ?? 0, ProcFs.BootId), group, child);
    }

    /// <summary>One that another agent process started.</summary>
    public static InstanceProcess Adopt(InstancePaths paths, ProcessIdentity leader, string? group) => new(paths, leader, group, null);

    /// <summary>Whatever may be left of an instance.</summary>
    public static InstanceProcess Unknown(InstancePaths paths, string? group = null) => new(paths, null, group, null);

    /// <summary>Looks for the session leader of an instance by its mark: it was started just before the agent died.</summary>
    public static ProcessIdentity? Find(InstancePaths paths)
    {
        foreach (var stat in ProcFs.All())
        {
            if (stat.Pid == stat.Session && ProcFs.HasEnvironment(stat.Pid, $"{MarkVariable}={paths.Root}") && IsWrapper(stat.Pid))
            {
                return new(stat.Pid, stat.StartTime, ProcFs.BootId);
            }
        }
        return null;
    }

    public bool Runs => Leader is { Runs: true };

    /// <summary>The program itself, for people; the leader when it is not to be seen.</summary>
    public static int ProgramOf(ProcessIdentity leader) => ProcFs.All().Where(stat => stat.Parent == leader.Pid).Select(stat => (int?)stat.Pid).FirstOrDefault() ?? leader.Pid;

    public async Task WaitForExitAsync(TimeProvider time, CancellationToken cancellation)
    {
        if (_child is not null)
        {
            await _child.WaitForExitAsync(cancellation);
            return;
        }
        while (Runs)
        {
            await Task.Delay(AgentLimits.AdoptedPoll, time, cancellation);
        }
    }

    /// <summary>The program's exit code; 128 + n after signal n; null when the wrapper could not write it.</summary>
    public int? ExitCode => File.Exists(_paths.Exit) && int.TryParse(File.ReadAllText(_paths.Exit), NumberStyles.Integer, CultureInfo.InvariantCulture, out var code) ? code : null;

    /// <summary>Pids of everything that belongs to the instance.</summary>
    public IReadOnlyList<int> Members()
    {
        // A session's number is reused only when nobody is in it, so it is ours for certain while its leader lives. After that, the mark alone tells.
        var session = Runs ? Leader!.Pid : -1;
        var mark = $"{MarkVariable}={_paths.Root}";
        return [.. ProcFs.All().Where(stat => stat.Session == session || ProcFs.HasEnvironment(stat.Pid, mark)).Select(stat => stat.Pid)];
    }

    /// <summary>SIGTERM to everything, and SIGKILL to what is left when the leader has ended or the drain time is over.</summary>
    public async Task StopAsync(TimeSpan drain, TimeProvider time, CancellationToken cancellation)
    {
        foreach (var pid in Members())
        {
            Libc.Signal(pid, Libc.Terminate);
        }
        using var late = new CancellationTokenSource(drain, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            await WaitForExitAsync(time, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // It ignores SIGTERM or needs too long.
        }
        // What the kernel cannot end yet (waiting for a disk) is not waited for longer: it has been told.
        var told = time.GetTimestamp();
        while (!KillAll() && time.GetElapsedTime(told) < AgentLimits.Kill)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellation);
        }
    }

    /// <summary>SIGKILL to everything, again until nothing is left: a process may be forking meanwhile.</summary>
    /// <returns>Whether nothing is left.</returns>
    public bool KillAll()
    {
        if (_group is not null && Directory.Exists(_group))
        {
            File.WriteAllText(Path.Combine(_group, "cgroup.kill"), "1");
        }
        for (var round = 0; round < 20; round++)
        {
            var members = Members();
            if (members.Count == 0)
            {
                return true;
            }
            foreach (var pid in members)
            {
                Libc.Signal(pid, Libc.KillNow);
            }
        }
        return false;
    }

    public void Dispose() => _child?.Dispose();

    private static bool IsWrapper(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Contains("\0slipway-instance\0", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
