using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;
using Slipway.Core.Rollouts;
using Slipway.Engine.Ports;
using Slipway.Engine.Targets;

namespace Slipway.Engine.Pipelines;

/// <summary>Carries out what sources and runs ask for.</summary>
public delegate Task<EffectOutcome> RunPipelineEffect(OutboxEffect outbox, Effect effect, CancellationToken cancel);

/// <summary>Writes the last line of an attempt's log, when its agent does not; the same line twice is written once.</summary>
public delegate Task EndJobLog(string run, string job, int attempt, string text, CancellationToken cancel);

/// <summary>The one implementation of <see cref="RunPipelineEffect"/>.</summary>
public sealed class PipelineEffects(IStore store, IJobStore queue, JobDispatcher dispatcher, WantedSignal wanted, AgentRegistry agents, CommitReader commits, RunReleases releases, EndJobLog endLog, TimeProvider time)
{
    private readonly long startedAt = time.GetTimestamp();

    /// <exception cref="NotSupportedException">It is none of theirs.</exception>
    public async Task<EffectOutcome> RunAsync(OutboxEffect outbox, Effect effect, CancellationToken cancel)
    {
        switch (effect)
        {
            case QueueJob e:
                await queue.QueueAsync(outbox, new QueuedJob(e.Run, e.Job, e.Attempt, e.Service, JobDispatcher.LabelsText(e.Labels)), cancel);
                dispatcher.Wake();
                return new EffectOutcome.Done(null);
            case WithdrawJob e:
                await queue.WithdrawAsync(outbox, e.Run, e.Job, e.Attempt, cancel);
                wanted.Pulse();
                dispatcher.Wake();
                if (e.LogEnd is { } last)
                {
                    // It is withdrawn: its agent writes nothing behind this any more.
                    await endLog(e.Run, e.Job, e.Attempt, last, cancel);
                }

                return new EffectOutcome.Done(null);
            case LookForAgent e:
                return new EffectOutcome.Done(Away(e.Agent) is { } why ? Lost(e, why) : null);
            case ReadCommit e:
                return await commits.ReadAsync(e, outbox.Tries, cancel);
            case MakeRelease e:
                return new EffectOutcome.Done(await releases.MakeAsync(e, cancel));
            default:
                throw new NotSupportedException($"Nobody carries out {effect.GetType().Name}.");
        }
    }

    private object Lost(LookForAgent e, string why)
    {
        var report = new JobReport(e.Job, e.Attempt, e.Agent, JobOutcome.AgentLost, why, store.Now, [], null, NoValues);
        return CommandFlow.IsCommand(e.Run) ? new CommandReported(report) : new JobReported(report);
    }

    private static readonly IReadOnlyDictionary<string, string> NoValues = new Dictionary<string, string>();

    /// <summary>Why an agent is held to be lost; null: it is there, or may come back. A server that has just started has heard of nobody yet. By a clock that nobody sets: a wall clock that leaps loses no agent.</summary>
    private string? Away(string agent)
    {
        var presence = agents.Find(agent);
        var away = time.GetElapsedTime(presence?.SeenStamp ?? startedAt);
        return presence is { Connected: true } || away < Limits.AgentPatience ? null : $"the agent {agent} has been away for {Words.Of(away)}; how far the job came is not known";
    }
}
