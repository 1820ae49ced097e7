using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Promotion;

internal static class Show
{
    public static Command From(CommandContext context)
    {
        var id = Common.Id("promotion");
        return new CliCommand(context, "show", "Show one promotion with its gates", "slipway promotion show ID").Taking(id).Runs(async run =>
        {
            var promotion = await run.Client.Promotion(run.Get(id), run.Cancel);
            run.Answer(promotion, ApiClientJson.Default.PromotionView, () =>
            {
                PromotionFacts.Print(run, promotion);
                PromotionFacts.PrintGates(run, promotion);
                PromotionFacts.PrintApprovals(run, promotion);
            });
        });
    }
}
