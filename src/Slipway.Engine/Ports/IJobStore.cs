using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;
using Slipway.Core.Rollouts;

namespace Slipway.Engine.Ports;

/// <summary>Attempts of jobs between "may run" and "over", in the store. Every write returns only when it is durable; faults are as in <see cref="IStore"/>.</summary>
public interface IJobStore
{
    /// <summary>Puts an attempt at the end of the queue, in the place of an older attempt of the same job. Nothing changes once <paramref name="by"/> is no longer leased to the caller, or when this attempt or a newer one is there.</summary>
    Task QueueAsync(OutboxEffect by, QueuedJob job, CancellationToken cancel);

    /// <summary>Takes an attempt, and older ones of the same job, out of the queue and off every agent. Nothing changes once <paramref name="by"/> is no longer leased to the caller.</summary>
    Task WithdrawAsync(OutboxEffect by, string run, string job, int attempt, CancellationToken cancel);

    /// <summary>Each set of labels that waiting jobs ask for, once.</summary>
    Task<IReadOnlyList<string>> WaitingLabelsAsync(CancellationToken cancel);

    /// <summary>
    /// Waiting jobs that ask for one of these sets of labels, in the order in which they get agents: what a rollout waits for comes first; then services take turns, and one that has jobs running comes after those that
    /// have fewer; within a service the longest waiting first.
    /// </summary>
    Task<IReadOnlyList<QueuedJob>> NextAsync(IReadOnlyList<string> labels, int max, CancellationToken cancel);

    /// <summary>How many jobs each agent has that has any.</summary>
    Task<IReadOnlyDictionary<string, int>> RunningAsync(CancellationToken cancel);

    /// <summary>Gives an attempt to an agent: it leaves the queue, the row is wanted and the event is in the run's inbox, all or nothing. False: it does not wait any more.</summary>
    Task<bool> AssignAsync(QueuedJob job, WantedRow row, NewMessage assigned, CancellationToken cancel);

    /// <summary>How many jobs come before a waiting one; null: it does not wait.</summary>
    Task<int?> BeforeAsync(string run, string job, CancellationToken cancel);
}

/// <param name="Run">The name of the run, or of the command, that it belongs to.</param>
/// <param name="Job">Unique in the run.</param>
/// <param name="Labels">Canonical JSON of the labels that its agent must have.</param>
public sealed record QueuedJob(string Run, string Job, int Attempt, string Service, string Labels)
{
    /// <summary>The wanted row of an attempt on its agent.</summary>
    public string Resource => $"{ResourcePrefix}{Run}/{Attempt}/{Job}";

    /// <summary>What all such rows begin with.</summary>
    public const string ResourcePrefix = "job/";

    public ProcessId Owner => OwnerOf(Run);

    /// <summary>The process that hears of the jobs of a run or a command.</summary>
    public static ProcessId OwnerOf(string run) => CommandFlow.IsCommand(run) ? CommandFlow.ProcessOf(run) : RunFlow.ProcessOf(run);
}
