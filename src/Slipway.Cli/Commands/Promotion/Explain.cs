using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Promotion;

internal static class Explain
{
    public static Command From(CommandContext context)
    {
        var id = Common.Id("promotion");
        return new CliCommand(context, "explain", "Say what a promotion waits for or how it ended, and what you may do about it", "slipway promotion explain ID").Taking(id).Runs(async run =>
        {
            var promotion = await run.Client.Promotion(run.Get(id), run.Cancel);
            run.Answer(promotion, ApiClientJson.Default.PromotionView, () => Print(run, promotion));
        });
    }

    private static void Print(Invocation run, PromotionView promotion)
    {
        run.Out.WriteLine($"{run.Ink.Paint(Texts.Passage(promotion), Tone.Strong)}: {run.Ink.Paint(Words.Prose(promotion.State), Tones.Of(promotion.State))}");
        if (promotion.Reason is { } reason && reason != Words.Prose(promotion.State))
        {
            run.Out.WriteLine(reason);
        }

        if (promotion.WaitsFor is { } before)
        {
            run.Out.WriteLine($"The one before it: {before.NextStep ?? $"slipway rollout show {before.Id}"}");
        }

        PromotionFacts.PrintGates(run, promotion);
        PromotionFacts.PrintApprovals(run, promotion);
        if (promotion.Rollout is { } rollout)
        {
            run.Out.WriteLine($"Its rollout: slipway rollout explain {rollout}");
        }

        foreach (var action in promotion.Actions)
        {
            run.Out.WriteLine($"You may {action}: slipway promotion {action} {promotion.Id}{(action == "reject" ? " --why TEXT" : "")}");
        }

        foreach (var (action, why) in promotion.ActionsRefused ?? new Dictionary<string, string>())
        {
            run.Out.WriteLine($"You may not {action}: {why}");
        }
    }
}
