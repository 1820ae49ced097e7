using Slipway.Core.Kernel;

namespace Slipway.Core.Pipelines;

/// <summary>
/// A pipeline's passage over one commit: wait for its turn → queue each job whose needs have ended well → hear from agents how they go → try again what may be tried again →
/// when all have ended well, make the release. Everything that runs is pinned to the one commit.
/// </summary>
public sealed class RunFlow() : Machine<RunState, RunEvent>(ProcessKind, 1, RunJson.Default.RunState, RunJson.Default.RunEvent, new RunTimeCame())
{
    public const string ProcessKind = "run";

    public static ProcessId ProcessOf(string run) => new(ProcessKind, run);

    public override Decision<RunState> Decide(ProcessId process, RunState? state, RunEvent @event, DateTimeOffset at)
    {
        if (state is null)
        {
            return @event is RunRequested requested
                ? Request(process.Key, requested, at)
                : throw new InvalidOperationException($"{process} got {@event.GetType().Name} before it was requested.");
        }

        var turn = new RunTurn(process.Key, state, at);
        turn.PutAsideUnseen();
        switch (@event)
        {
            case RerunAsked e when state.HasEnded:
                turn.Rerun(e);
                break;
            case RunAdmitted when state.Phase == RunPhase.Queued:
                turn.Admit();
                break;
            case JobAssigned e:
                turn.Assign(e);
                break;
            case JobReported e when !state.HasEnded:
                turn.Hear(e.Report);
                break;
            case RunCancelled e when !state.HasEnded:
                turn.Cancel(e);
                break;
            case ReleaseMade e when state.Phase == RunPhase.Releasing:
                turn.Released(e.Version);
                break;
            case ReleaseRefused e when state.Phase == RunPhase.Releasing:
                turn.NotReleased(e.Why);
                break;
            case RunTimeCame when !state.HasEnded:
                turn.LookAround();
                break;
        }

        return turn.Decision();
    }

    private static Decision<RunState> Request(string run, RunRequested e, DateTimeOffset at)
    {
        var state = new RunState
        {
            Inputs = e.Inputs,
            RequestedBy = e.By,
            RequestedAt = at,
            Why = e.Why,
            Phase = RunPhase.Queued,
            Reason = "waits for its turn",
            Jobs = [.. e.Inputs.Pipeline.Jobs.SelectMany(JobExpansion.Of).Select(job => new JobState { Name = job.Name, Job = job.Definition.Name, Matrix = job.Values })],
        };
        var turn = new RunTurn(run, state, at);
        turn.Requested(e);
        return turn.Decision();
    }
}
