using System.Diagnostics;
using Slipway.Cli.CommandLine;

namespace Slipway.Cli.Hosting;

/// <summary>
/// Keeps an agent running as a process in a session of its own, so that neither a Ctrl-C for the server nor its death reaches it. An agent that an earlier supervisor left
/// behind is replaced: what it runs stays, and the new one adopts it.
/// </summary>
internal sealed class AgentSupervisor(IReadOnlyList<string> command, string dataDirectory, string logFile, TimeProvider time)
{
    /// <summary>An agent needs far less to leave what it runs behind; then it is ended.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10), FirstPause = TimeSpan.FromMilliseconds(200), LongestPause = TimeSpan.FromSeconds(10), LivedLong = TimeSpan.FromSeconds(30);

    /// <summary>An agent that the server refuses (it was removed, or another one took its place) is not soon wanted again.</summary>
    private static readonly TimeSpan RefusedPause = TimeSpan.FromMinutes(1);

    private readonly string identityFile = Path.Combine(dataDirectory, "agent.pid");

    /// <summary>Runs until cancelled; then the agent is stopped, and what it runs goes on.</summary>
    /// <param name="died">Told each time that it ended by itself: its exit status, and how long until the next start.</param>
    public async Task Run(Action<int, TimeSpan> died, CancellationToken cancel)
    {
        if (ChildIdentity.Read(identityFile) is { Runs: true } earlier)
        {
            await earlier.Stop(Patience, time);
        }

        var pause = FirstPause;
        while (!cancel.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            using var agent = Start();
            var identity = ChildIdentity.Of(agent.Id);
            identity?.Write(identityFile);
            try
            {
                await agent.WaitForExitAsync(cancel);
                if (agent.ExitCode == ExitCodes.NotAllowed)
                {
                    pause = RefusedPause;
                }
                else if (time.GetElapsedTime(began) > LivedLong)
                {
                    pause = FirstPause;
                }

                died(agent.ExitCode, pause);
                await Task.Delay(pause, time, cancel);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            catch (OperationCanceledException)
            {
                // Asked to end. The exit is awaited below, which also reaps the process.
                await (identity?.Stop(Patience, time) ?? Task.CompletedTask);
                await agent.WaitForExitAsync(CancellationToken.None);
            }
        }

        File.Delete(identityFile);
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
