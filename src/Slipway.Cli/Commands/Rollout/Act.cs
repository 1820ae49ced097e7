using System.CommandLine;
using System.Globalization;
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

    public static Command Approve(CommandContext context) => From(context, "approve", "Approve the step that waits for it", step: null, async (run, id, why) => new(await run.Client.ApproveStep(id, why, run.Cancel)));

    private static CliCommand From(CommandContext context, RolloutAction action, string description)
    {
        var step = action is RolloutAction.Skip or RolloutAction.Resume or RolloutAction.Retry
            ? new Option<string?>("--step") { HelpName = "STEP", Description = "Only while it is at this step: its title, or its number from 1" } : null;
        return From(context, Words.Of(action), description, step, async (run, id, why) =>
        {
            var meant = step is null ? null : run.Get(step);
            if (action == RolloutAction.Skip)
            {
                // Named always, so that what is skipped is what is said to be, also where it goes on by itself meanwhile.
                meant ??= (await run.Client.Rollout(id, run.Cancel)).Step?.ToString(CultureInfo.InvariantCulture);
            }

            var rollout = await run.Client.ActOnRollout(id, new ActOnRollout { Action = action, Why = why, Step = meant }, run.Cancel);
            return new(rollout, action == RolloutAction.Skip ? SkippedOf(rollout, meant) : null);
        });
    }

    private static CliCommand From(CommandContext context, string word, string description, Option<string?>? step, Func<Invocation, string, string?, Task<Acted>> act)
    {
        var id = Common.Id("rollout");
        var why = Common.Why();
        var command = new CliCommand(context, word, description, $"slipway rollout {word} ID --why \"found on the dashboard\"").Taking(id, why);
        return (step is null ? command : command.Taking(step)).Runs(async run =>
        {
            var (rollout, skipped) = await act(run, run.Get(id), run.Get(why));
            run.Answer(rollout, ApiClientJson.Default.RolloutView, () => run.Out.WriteLine(
                $"{Texts.Passage(rollout.Service, rollout.Version, rollout.Environment)}: {(skipped is null ? "" : $"{skipped} is skipped; ")}{run.Ink.Paint(Words.Prose(rollout.State).With(rollout.Reason), Tones.Of(rollout.State))}"));
        });
    }

    private static string? SkippedOf(RolloutView rollout, string? meant) =>
        rollout.Steps.Where((step, index) => step is { State: StepStateView.Skipped, StartedAt: not null } && (step.Title == meant || (index + 1).ToString(CultureInfo.InvariantCulture) == meant)).LastOrDefault()?.Title;

    /// <param name="Skipped">The step that was left out by it; null: none was.</param>
    private sealed record Acted(RolloutView Rollout, string? Skipped = null);
}
