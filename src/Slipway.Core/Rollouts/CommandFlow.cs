using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;

namespace Slipway.Core.Rollouts;

/// <summary>
/// A command of a rollout, as a job of one attempt: queue it → an agent takes it → hear how it ended → tell the rollout. It is never run a second time: where nobody knows how it ended, that is
/// what the rollout is told, and it asks for another command or none.
/// </summary>
public sealed class CommandFlow() : Machine<CommandState, CommandEvent>(ProcessKind, 1, CommandJson.Default.CommandState, CommandJson.Default.CommandEvent, new CommandTimeCame())
{
    public const string ProcessKind = "command";

    /// <summary>What the keys of commands begin with. No run's name does: a service's has no dot.</summary>
    public const string Prefix = "command.";

    /// <summary>The only attempt.</summary>
    public const int Attempt = 1;

    public static ProcessId ProcessOf(string command) => new(ProcessKind, command);

    /// <summary>Whether a job belongs to a command rather than to a run, by the name of what it belongs to.</summary>
    public static bool IsCommand(string run) => run.StartsWith(Prefix, StringComparison.Ordinal);

    public override Decision<CommandState> Decide(ProcessId process, CommandState? state, CommandEvent @event, DateTimeOffset at)
    {
        if (state is null)
        {
            return @event is CommandAsked asked
                ? Queue(process.Key, asked.Spec, at)
                : throw new InvalidOperationException($"{process} got {@event.GetType().Name} before it was asked for.");
        }

        if (state.LookAt is { } due && state.Phase == CommandPhase.Running && at - due is var unseen && unseen > Limits.AgentPatience)
        {
            // In this time nobody could have heard of its end: it is not held against it.
            state = state with { Unseen = state.Unseen + unseen };
        }

        return (state.Phase, @event) switch
        {
            (CommandPhase.Queued, CommandAssigned e) => Goes(state with { Phase = CommandPhase.Running, Agent = e.Agent, StartedAt = at, Reason = $"runs on {e.Agent}" }, at),
            (CommandPhase.Ended, CommandAssigned e) => Goes(state, at, Withdraw(process.Key, state with { Agent = e.Agent }, null)),
            (CommandPhase.Running, CommandReported { Report: { Outcome: not null } report } e) when report.Agent == state.Agent => End(process.Key, state, report, e.Output, at),
            (CommandPhase.Queued or CommandPhase.Running, CommandCancelled e) => GiveUp(process.Key, state, e.Why, at),
            (CommandPhase.Queued, CommandTimeCame) when at >= state.AskedAt + Limits.CommandPatience => Unbegun(process.Key, state, at),
            (CommandPhase.Running, CommandTimeCame) => LookAround(process.Key, state, at),
            _ => Goes(state, at),
        };
    }

    private static Decision<CommandState> Queue(string key, CommandSpec spec, DateTimeOffset at)
    {
        var state = new CommandState { Spec = spec, Phase = CommandPhase.Queued, AskedAt = at, Reason = "waits for an agent" };
        var labels = spec.VersionSet is { } set ? new Dictionary<string, string>(spec.Labels) { [spec.IsWorker ? WorkerLabel : VersionSetLabel] = set } : spec.Labels;
        return Goes(state, at, new QueueJob(key, spec.Lane.Service, spec.Job, Attempt, labels));
    }

    /// <summary>The value of the job that a metric's command leaves its answer in.</summary>
    public const string AnswerName = "SLIPWAY_ANSWER";

    /// <summary>A label that no agent gives itself: it stands for whoever has instances of a version set.</summary>
    public const string VersionSetLabel = "/versionSet";

    /// <summary>The same of a worker's version set, whose instances no router knows.</summary>
    public const string WorkerLabel = "/worker";

    private static Decision<CommandState> LookAround(string key, CommandState state, DateTimeOffset at)
    {
        if (at < state.StartedAt!.Value + state.Spec.Timeout + Limits.JobMargin + state.Unseen)
        {
            return Goes(state with { LookAt = null }, at, new LookForAgent(key, state.Spec.Job, Attempt, state.Agent!));
        }

        // The agent ends what takes too long by itself; one that says nothing of it cannot be relied on.
        var why = $"{state.Agent} has told no end of it in {Words.Of(at - state.StartedAt.Value - state.Unseen)}";
        return End(key, state, new JobReport(state.Spec.Job, Attempt, state.Agent!, JobOutcome.AgentLost, why, state.StartedAt.Value, [], null, new Dictionary<string, string>()), null, at);
    }

    private static Decision<CommandState> End(string key, CommandState state, JobReport report, string? output, DateTimeOffset at)
    {
        var outcome = report.Outcome!.Value;
        var exit = report.Steps.LastOrDefault(s => s.ExitCode is not null)?.ExitCode;
        var how = outcome == JobOutcome.Succeeded ? "exit status 0" : outcome == JobOutcome.BuildFailed && exit is { } status ? $"exit status {status}" : report.Reason ?? JsonWords.Of(outcome);
        var detail = output is null ? how : $"{how}: {output}";
        var ended = state with
        {
            Phase = CommandPhase.Ended, Outcome = outcome, Reason = state.Spec.Purpose == CommandPurpose.Metric ? detail : how, EndedAt = at, LookAt = null,
            Answer = state.Spec.Purpose == CommandPurpose.Metric && outcome == JobOutcome.Succeeded ? report.Values.GetValueOrDefault(AnswerName) : null,
        };
        return new()
        {
            State = ended,
            Effects = [Withdraw(key, ended, outcome == JobOutcome.AgentLost ? how : null)],
            Messages = Told(state.Spec, outcome, exit, detail),
        };
    }

    private static Decision<CommandState> Unbegun(string key, CommandState state, DateTimeOffset at)
    {
        var why = $"no agent{(state.Spec.VersionSet is null ? "" : $" that has instances of {state.Spec.Version}")} took it within {Words.Of(Limits.CommandPatience)}: see whether one runs jobs (slipway agent list)";
        var ended = state with { Phase = CommandPhase.Ended, Outcome = JobOutcome.InfrastructureFailed, Reason = why, EndedAt = at, LookAt = null };
        return new() { State = ended, Effects = [Withdraw(key, ended, null)], Messages = Told(state.Spec, JobOutcome.InfrastructureFailed, null, why) };
    }

    private static Decision<CommandState> GiveUp(string key, CommandState state, string why, DateTimeOffset at)
    {
        var ended = state with { Phase = CommandPhase.Ended, Reason = why, EndedAt = at, LookAt = null };
        return new() { State = ended, Effects = [Withdraw(key, ended, state.Phase == CommandPhase.Running ? why : null)] };
    }

    private static IReadOnlyList<Message> Told(CommandSpec spec, JobOutcome outcome, int? exit, string detail)
    {
        if (spec.Purpose == CommandPurpose.Metric)
        {
            // Who asked looks at its state.
            return [];
        }

        // Of one that nobody saw end it is not known whether it passed.
        bool? passed = outcome is JobOutcome.AgentLost or JobOutcome.Unknown ? null : outcome == JobOutcome.Succeeded;
        RolloutEvent told = spec.Purpose switch
        {
            CommandPurpose.Verification => new VerificationFinished(spec.AttemptId, spec.Name, passed, detail),
            CommandPurpose.Hook => new HookAnswered(spec.AttemptId, passed == true ? HookDecision.Go : exit == RolloutTurn.NotYet && outcome == JobOutcome.BuildFailed ? HookDecision.Wait : HookDecision.Failed, detail),
            _ => throw new InvalidOperationException($"Nobody waits for a command that is a {spec.Purpose}."),
        };
        return [new Message(RolloutFlow.ProcessOf(spec.Rollout), told)];
    }

    private static WithdrawJob Withdraw(string key, CommandState state, string? logEnd) => new(key, state.Spec.Job, Attempt, state.Agent, logEnd);

    private static Decision<CommandState> Goes(CommandState state, DateTimeOffset at, params Effect[] effects)
    {
        DateTimeOffset? due = state.Phase switch
        {
            CommandPhase.Queued => state.AskedAt + Limits.CommandPatience,
            CommandPhase.Running => state.LookAt > at ? state.LookAt : at + Limits.AgentRecheck,
            _ => null,
        };
        return new() { State = state with { LookAt = state.Phase == CommandPhase.Running ? due : null }, Effects = effects, DueAt = due };
    }
}
