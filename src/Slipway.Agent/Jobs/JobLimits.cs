using System.Globalization;
using Slipway.Client.Agents;

namespace Slipway.Agent.Jobs;

/// <summary>What a job may have of its machine.</summary>
/// <param name="Cpu">Processors' worth of time; null: all there is.</param>
/// <param name="Memory">Bytes.</param>
/// <param name="Processes">At a time, threads counted.</param>
internal sealed record JobLimits(double? Cpu, long Memory, int Processes)
{
    /// <summary>What a job gets, which has at most what this one is.</summary>
    /// <exception cref="JobFaultException">It asks for more.</exception>
    public JobLimits For(WantedResources? asked) =>
        asked?.Memory > Memory ? throw new JobFaultException($"the job asks for {Words(asked.Memory.Value)} of memory; a job on this agent has at most {Words(Memory)}: ask for less, or start the agent with --job-memory, or choose another one by labels")
        : asked?.Processes > Processes ? throw new JobFaultException($"the job asks for {Number(asked.Processes.Value)} processes; a job on this agent has at most {Number(Processes)}: ask for fewer, or start the agent with --job-processes, or choose another one by labels")
        : new(asked?.Cpu, asked?.Memory ?? Memory, asked?.Processes ?? Processes);

    public static string Words(long bytes) =>
        bytes >= 1L << 30 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.#} GiB") : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.#} MiB");

    public static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
