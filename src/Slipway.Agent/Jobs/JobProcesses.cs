using Slipway.Agent.Instances;

namespace Slipway.Agent.Jobs;

/// <summary>What may still run of an attempt that nobody looks after.</summary>
internal static class JobProcesses
{
    /// <summary>
    /// Ends all that carries the attempt's mark: git and its helpers, and of a step bubblewrap itself, inside and outside of the namespace. The one inside is the namespace's
    /// first process: with it the kernel ends every other, marked or not. Where the attempt has cgroups, whatever is still in them ends too, and they go.
    /// </summary>
    /// <exception cref="IOException">Something does not end.</exception>
    public static async Task EndAsync(AttemptFolder attempt, TimeProvider time, CancellationToken cancellation)
    {
        var mark = $"{InstanceProcess.MarkVariable}={attempt.Root}";
        var began = time.GetTimestamp();
        while (ProcFs.WithEnvironment(mark) is { Count: > 0 } still)
        {
            foreach (var pid in still)
            {
                Libc.Signal(pid, Libc.KillNow);
            }
            if (time.GetElapsedTime(began) > AgentLimits.Kill)
            {
                throw new IOException($"process {still[0]} of {attempt.Root} does not end");
            }
            await Task.Delay(TimeSpan.FromMilliseconds(10), time, cancellation);
        }
        if (JobGroup.LeftOf(attempt) is { } group)
        {
            await group.RemoveAsync(attempt, time, cancellation);
        }
    }
}
