using Slipway.Client.Agents;

namespace Slipway.Agent.Instances;

/// <summary>The sentences that say why an instance does not run, and what to do. An instance is AGENT/ID: they are read where several agents are.</summary>
internal static class InstanceFailures
{
    public const string ExitedCode = "exited";

    public static InstanceFailure NeverListened(string instance, int port, TimeSpan within, string output) => new(
        "neverListened",
        With($"The program runs but did not listen on port {port} within {Seconds(within)} of its start.", output),
        $"Make it listen on $HOST:$PORT, or give it more time with run.health.deadline. Its output: slipway instance logs {instance}");

    public static InstanceFailure WrongPort(int port, IReadOnlyList<int> seen) => new(
        "wrongPort",
        $"The program listens on port {string.Join(", ", seen)}, not on the port {port} that it was given.",
        $"Make it listen on the port in $PORT (it was {port} here) instead of {string.Join(", ", seen)}.");

    public static InstanceFailure PortTaken(int port, int tries) => new(
        "portTaken",
        $"Another program listens on port {port}, which was free when it was given to the instance{(tries > 1 ? $"; so it was with {tries} ports in a row" : "")}.",
        tries > 1
            ? "See who takes the ports with `ss -ltnp`, or give the agent another range of ports; then retry the rollout."
            : "Nothing: the instance is started again on another port. The other program is left alone.");

    public static InstanceFailure NoPort(int first, int last) => new(
        "portTaken", $"Every port from {first} to {last} is in use.", "Free some, or give the agent a wider range of ports.");

    public static InstanceFailure Unhealthy(string instance, string lastProbe, TimeSpan within, string output) => new(
        "unhealthy",
        With($"The program listens but was not healthy within {Seconds(within)}: {lastProbe}.", output),
        $"Make the health path answer 200, or correct run.health. Its output: slipway instance logs {instance}");

    public static InstanceFailure FailsProbes(string instance, string lastProbe) => new(
        "unhealthy",
        $"The program was healthy and is not any more: {lastProbe}.",
        $"See its output: slipway instance logs {instance}. It is started again if it stays so.");

    public static InstanceFailure Exited(string instance, int? code, TimeSpan after, string output) => new(
        ExitedCode,
        With($"The program ended {(after < TimeSpan.FromHours(1) ? Seconds(after) + " after its start" : "after a long time")} {Describe(code)}.", output),
        code is 137
            ? $"Something killed it; see the kernel's log for the out-of-memory killer. Its output: slipway instance logs {instance}"
            : $"See its whole output: slipway instance logs {instance}");

    public static InstanceFailure CommandNotFound(string program, string why) => new(
        "commandNotFound",
        $"The command cannot be started: {why}.",
        $"Correct run.command, put '{program}' into the artifact (executable), or install it on the agent's machine.");

    public static InstanceFailure AgentFault(string what) => new(
        "agentFault", $"The agent could not start the instance: {what}", "See the agent's log; the instance is tried again by itself.");

    public static InstanceFailure DiskFull(string where, string what) => new(
        "diskFull", $"The disk that holds {where} is full: {what}", $"Free space there; the agent tries again by itself.");

    private static string Describe(int? code) => code switch
    {
        null => "without leaving an exit code",
        126 => "with exit code 126 (found, but could not be executed)",
        127 => "with exit code 127 (a command was not found)",
        > 128 and < 193 => $"by signal {code - 128}{SignalName(code.Value - 128)}",
        _ => $"with exit code {code}",
    };

    private static string SignalName(int signal) => signal switch
    {
        6 => " (abort)",
        9 => " (kill)",
        11 => " (segmentation fault)",
        15 => " (terminate)",
        _ => "",
    };

    private static string Seconds(TimeSpan span) => $"{span.TotalSeconds:0.#} s";

    private static string With(string sentence, string output) => output.Length == 0 ? sentence + " It wrote nothing." : $"{sentence} It wrote: {string.Join(" / ", output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).TrimEnd('.')}.";
}
