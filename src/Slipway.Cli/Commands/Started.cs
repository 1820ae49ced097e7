using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Cli.Watching;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands;

/// <summary>What a command answers that has set a promotion going.</summary>
internal static class Started
{
    public static async Task<int> Promotion(Invocation run, PromotionView promotion, bool watch, TimeSpan? timeout)
    {
        if (watch)
        {
            return await new PromotionWatch(run, run.Client, promotion.Id, WatchUntil.AllTraffic, timeout).Follow();
        }

        run.Answer(promotion, ApiClientJson.Default.PromotionView, () =>
        {
            run.Out.WriteLine($"{Texts.Passage(promotion)}: {run.Ink.Paint(Words.Prose(promotion.State), Tones.Of(promotion.State))}{(promotion.Reason is { } reason ? $", {reason}" : "")}");
            if (Texts.WayOn(promotion) is { } way)
            {
                run.Out.WriteLine($"Next: {way}");
            }

            if (promotion.EndedAt is null)
            {
                run.Out.WriteLine($"Follow it: slipway rollout watch {promotion.Id}");
            }
        });
        return ExitCodes.Done;
    }
}
