using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Promotion;

internal static class Cancel
{
    public static Command From(CommandContext context)
    {
        var id = Common.Id("promotion");
        var why = Common.Why();
        return new CliCommand(context, "cancel", "Cancel a promotion that waits at its gates (what rolls out is aborted: `rollout abort`)", "slipway promotion cancel ID").Taking(id, why).Runs(async run =>
        {
            var promotion = await run.Client.CancelPromotion(run.Get(id), run.Get(why), run.Cancel);
            run.Answer(promotion, ApiClientJson.Default.PromotionView, () => run.Out.WriteLine($"Cancelled {Texts.Passage(promotion)}."));
        });
    }
}
