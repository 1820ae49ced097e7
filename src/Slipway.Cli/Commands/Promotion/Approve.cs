using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Client.Api;

namespace Slipway.Cli.Commands.Promotion;

internal static class Approve
{
    public static Command From(CommandContext context)
    {
        var id = Common.Id("promotion");
        var why = Common.Why();
        var inputs = new Option<string?>("--inputs") { HelpName = "HASH", Description = "Approve only if these are still its inputs (as `promotion show --json` gave them)" };
        var watch = Common.Watch();
        var timeout = Durations.Timeout();
        return new CliCommand(context, "approve", "Approve a promotion that waits for it", "slipway promotion approve ID --why \"looked at the numbers\"")
            .Taking(id, why, inputs, watch, timeout)
            .Runs(async run =>
            {
                var promotion = await run.Client.DecideApproval(
                    run.Get(id), new DecideApproval { Decision = ApprovalDecision.Approve, Why = run.Get(why), InputsHash = run.Get(inputs) }, run.Cancel);
                return await Started.Promotion(run, promotion, run.Get(watch) || run.Has(timeout), run.Get(timeout));
            });
    }
}
