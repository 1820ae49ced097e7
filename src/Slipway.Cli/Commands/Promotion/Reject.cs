using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Promotion;

internal static class Reject
{
    public static Command From(CommandContext context)
    {
        var id = Common.Id("promotion");
        var why = Common.WhyNeeded();
        return new CliCommand(context, "reject", "Reject a promotion that waits for an approval", "slipway promotion reject ID --why \"not before the weekend\"").Taking(id, why).Runs(async run =>
        {
            var promotion = await run.Client.DecideApproval(run.Get(id), new DecideApproval { Decision = ApprovalDecision.Reject, Why = run.Get(why) }, run.Cancel);
            run.Answer(promotion, ApiClientJson.Default.PromotionView, () => run.Out.WriteLine($"Rejected {Texts.Passage(promotion)}."));
        });
    }
}
