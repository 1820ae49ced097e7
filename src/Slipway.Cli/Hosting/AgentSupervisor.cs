using System.Diagnostics;
using Slipway.Cli.CommandLine;

namespace Slipway.Cli.Hosting;

/// <summary>
/// Keeps an agent running as a process in a session of its own, so that neither a Ctrl-C for the server nor its death reaches it. An agent that an earlier supervisor left
/// behind is kept if it is just what would be started now, so that its jobs go on; else it is replaced: what it runs stays, and the new one adopts it.
/// </summary>
internal sealed class AgentSupervisor(IReadOnlyList<string> command, string dataDirectory, string logFile, TimeProvider time)
{
    /// <summary>An agent needs far less to leave what it runs behind; then it is ended.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10), FirstPause = TimeSpan.FromMilliseconds(200), LongestPause = TimeSpan.FromSeconds(10), LivedLong = TimeSpan.FromSeconds(30);

    /// <summary>An agent that the server refuses (it was removed, or another one took its place) is not soon wanted again.</summary>
    private static readonly TimeSpan RefusedPause = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    private readonly string identityFile = Path.Combine(dataDirectory, "agent.pid");

    /// <summary>Runs until cancelled; then the agent is stopped, and what it runs goes on.</summary>
    /// <param name="died">Told each time that it ended by itself: its exit status, if that is known, and how long until the next start.</param>
    public async Task Run(Action<int?, TimeSpan> died, CancellationToken cancel)
    {
        var kept = await KeptFromBefore();
        var pause = FirstPause;
        while (!cancel.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            using var agent = kept is null ? Start() : null;
            var identity = agent is null ? kept : ChildIdentity.Of(agent.Id);
            kept = null;
            identity?.Write(identityFile);
            try
            {
                var status = await End(agent, identity, cancel);
                if (status == ExitCodes.NotAllowed)
                {
                    pause = RefusedPause;
                }
                else if (time.GetElapsedTime(began) > LivedLong)
                {
                    pause = FirstPause;
                }

                died(status, pause);
                await Task.Delay(pause, time, cancel);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            catch (OperationCanceledException)
            {
                // Asked to end. The exit is awaited below, which also reaps the process.
                await (identity?.Stop(Patience, time) ?? Task.CompletedTask);
                await (agent?.WaitForExitAsync(CancellationToken.None) ?? Task.CompletedTask);
            }
        }

        File.Delete(identityFile);
    }

    /// <summary>The agent of an earlier supervisor, if it runs and may stay.</summary>
    private async Task<ChildIdentity?> KeptFromBefore()
    {
        if (ChildIdentity.Read(identityFile) is not { Runs: true } earlier)
        {
            return null;
        }

        if (earlier.Command is { } running && running.SequenceEqual(command))
        {
            return earlier;
        }

        await earlier.Stop(Patience, time);
        return null;
    }

    /// <returns>Its exit status; null for one that is no child of this process.</returns>
    private async Task<int?> End(Process? agent, ChildIdentity? kept, CancellationToken cancel)
    {
        if (agent is not null)
        {
            await agent.WaitForExitAsync(cancel);
            return agent.ExitCode;
        }

        while (kept is { Runs: true })
        {
            await Task.Delay(Glance, time, cancel);
        }

        return null;
    }

    private Process Start()
    {
        // Made here, for the shell would make it readable to others.
        OwnFiles.Touch(logFile);
        var start = new ProcessStartInfo("setsid", ["sh", "-c", "exec \"$@\" >>\"$SLIPWAY_AGENT_OUTPUT\" 2>&1 </dev/null", "sh", .. command]);
        start.Environment["SLIPWAY_AGENT_OUTPUT"] = logFile;
        return Process.Start(start)!;
    }
}
