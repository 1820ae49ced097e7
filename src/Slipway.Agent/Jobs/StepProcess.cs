using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using System.Text.RegularExpressions;
using Slipway.Agent.Instances;

namespace Slipway.Agent.Jobs;

/// <summary>How a step's process ended.</summary>
/// <param name="ExitCode">Null: it was ended, or bubblewrap could not start it.</param>
/// <param name="TimedOut">It took longer than it may.</param>
internal sealed record StepEnd(int? ExitCode, bool TimedOut, string? Fault);

/// <summary>One try of a step, in the sandbox. Its standard output and error are one stream.</summary>
internal static partial class StepProcess
{
    /// <summary>Between the polite and the certain end.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private const string EnterAndRun = """
        exec 3>"$1" 2>&1 </dev/null; shift
        while [ "$1" != -- ]; do echo 0 >"$1" || exit; shift; done
        shift; exec env --default-signal "$@"
        """;

    /// <param name="statusFile">Gets bubblewrap's report; in a folder that the step does not see.</param>
    /// <param name="group">Where it runs; null: where the agent does.</param>
    /// <param name="output">Gets what the step writes, as it comes. While it waits, the step waits too.</param>
    public static async Task<StepEnd> RunAsync(
        Func<int, List<string>> commandLine, string statusFile, string mark, JobGroup? group, TimeSpan timeout, Func<ReadOnlyMemory<byte>, ValueTask> output, TimeProvider time, CancellationToken cancel)
    {
        File.Delete(statusFile);

        // The shell enters the job's groups (0 is itself), opens the status file as descriptor 3 and becomes bubblewrap; both streams go into the one pipe. What this runtime starts ignores SIGPIPE, which a shell cannot
        // undo: a program before `head` would then complain or go on for ever, so every signal is set back to what programs expect.
        var start = new ProcessStartInfo("sh", ["-c", EnterAndRun, "slipway-step", statusFile, .. group?.Entries ?? [], "--", .. commandLine(3)])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin";
        start.Environment[InstanceProcess.MarkVariable] = mark;
        using var process = Process.Start(start) ?? throw new IOException("the system made no process");
        process.StandardInput.Close();
        var written = (PipeStream)process.StandardOutput.BaseStream;
        Libc.WidenPipe(written.SafePipeHandle, AgentLimits.StepPipeBytes);
        using var late = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        var pumping = PumpAsync(written, output, CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            await AskToEndAsync(process, statusFile, time);
        }

        // The step's own process has ended; what it left in the background has not. With the namespace's root all of it goes, and with it the last writer of the pipe.
        await KillRootAsync(statusFile, mark, time);
        if (group is not null)
        {
            await group.EmptyAsync(time, CancellationToken.None);
        }
        await pumping;
        cancel.ThrowIfCancellationRequested();
        var code = ExitCodeIn(statusFile);
        return new StepEnd(late.IsCancellationRequested ? null : code, late.IsCancellationRequested, late.IsCancellationRequested || code is not null ? null : "bubblewrap could not start it");
    }

    private static async Task PumpAsync(Stream from, Func<ReadOnlyMemory<byte>, ValueTask> output, CancellationToken cancel)
    {
        var buffer = new byte[AgentLimits.StepReadBytes];
        while (await from.ReadAsync(buffer, cancel) is var count and > 0)
        {
            await output(buffer.AsMemory(0, count));
        }
    }

    /// <summary>Asks all that the step runs to end, and waits for it for the grace.</summary>
    private static async Task AskToEndAsync(Process process, string statusFile, TimeProvider time)
    {
        if (ChildIn(statusFile) is { } root)
        {
            foreach (var pid in ProcFs.All().Where(p => IsBelow(p.Pid, root)).Select(p => p.Pid))
            {
                Libc.Signal(pid, Libc.Terminate);
            }

            using var grace = new CancellationTokenSource(Grace, time);
            await process.WaitForExitAsync(grace.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    /// <summary>
    /// Ends the first process of the step's namespace, which ends every other one of it; the kernel lets it go only after them, so nothing of the step runs when this returns, and what
    /// it left can be looked at. Its mark tells it from a stranger that got its number since.
    /// </summary>
    /// <exception cref="IOException">It does not end.</exception>
    private static async Task KillRootAsync(string statusFile, string mark, TimeProvider time)
    {
        if (ChildIn(statusFile) is not { } pid || ProcFs.Identify(pid) is not { } root || !ProcFs.HasEnvironment(pid, $"{InstanceProcess.MarkVariable}={mark}"))
        {
            return;
        }
        Libc.Signal(pid, Libc.KillNow);
        var told = time.GetTimestamp();
        while (root.Runs)
        {
            if (time.GetElapsedTime(told) > AgentLimits.Kill)
            {
                throw new IOException($"process {pid} of a step does not end");
            }
            await Task.Delay(TimeSpan.FromMilliseconds(1), time);
        }
    }

    private static bool IsBelow(int pid, int root)
    {
        for (var depth = 0; depth < 64 && pid > 1; depth++)
        {
            var parent = ProcFs.Read(pid)?.Parent;
            if (parent == root)
            {
                return true;
            }

            pid = parent ?? 0;
        }

        return false;
    }

    private static int? ChildIn(string statusFile) => Read(statusFile, ChildPid());

    private static int? ExitCodeIn(string statusFile) => Read(statusFile, ExitCode());

    private static int? Read(string statusFile, Regex member) =>
        File.Exists(statusFile) && member.Match(File.ReadAllText(statusFile)) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : null;

    // The report is a series of small JSON objects, on one line each or on several as bubblewrap pleases.
    [GeneratedRegex("\"child-pid\"\\s*:\\s*(\\d+)")]
    private static partial Regex ChildPid();

    [GeneratedRegex("\"exit-code\"\\s*:\\s*(\\d+)")]
    private static partial Regex ExitCode();
}
