using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Rollout;

/// <summary><c>pause</c>, <c>resume</c>, <c>skip</c>, <c>abort</c>, <c>retry</c>, <c>approve</c>: one command for each action, alike but for the words.</summary>
internal static class Act
{
    public static Command Pause(CommandContext context) => From(context, RolloutAction.Pause, "Stay at the traffic of now until somebody resumes; a failure still takes it back");

    public static Command Resume(CommandContext context) => From(context, RolloutAction.Resume, "Go on after a pause: behind a pause step; with an analysis that found nothing once the judge says passed, which gets as long again; else with the step anew");

    public static Command Skip(CommandContext context) => From(context, RolloutAction.Skip, "Leave out the rest of the step, whatever it would have found, and go on with the next");

    public static Command Abort(CommandContext context) => From(context, RolloutAction.Abort, "Stop, and return everything to stable, whatever it waits for");

    public static Command Retry(CommandContext context) => From(context, RolloutAction.Retry, "Begin the step at which it failed or paused anew, and the judge from nothing; of a ring that was held, the ring. Instances that gave up are started again");

    public static Command Approve(CommandContext context) => From(context, "approve", "Approve the step that waits for it", (run, id, why) => run.Client.ApproveStep(id, why, run.Cancel));

    private static CliCommand From(CommandContext context, RolloutAction action, string description) =>
        From(context, Words.Of(action), description, (run, id, why) => run.Client.ActOnRollout(id, new ActOnRollout { Action = action, Why = why }, run.Cancel));

    private static CliCommand From(CommandContext context, string word, string description, Func<Invocation, string, string?, Task<RolloutView>> act)
    {
        var id = Common.Id("rollout");
        var why = Common.Why();
        return new CliCommand(context, word, description, $"slipway rollout {word} ID --why \"found on the dashboard\"").Taking(id, why).Runs(async run =>
        {
            var rollout = await act(run, run.Get(id), run.Get(why));
            run.Answer(rollout, ApiClientJson.Default.RolloutView, () => run.Out.WriteLine(
                $"{Texts.Passage(rollout.Service, rollout.Version, rollout.Environment)}: {run.Ink.Paint(Words.Prose(rollout.State).With(rollout.Reason), Tones.Of(rollout.State))}"));
        });
    }
}
