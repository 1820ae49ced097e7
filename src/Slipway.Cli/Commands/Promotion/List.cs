using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Connection;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Promotion;

internal static class List
{
    public static Command From(CommandContext context)
    {
        var service = Common.ServiceIfAny();
        var environment = Common.Environment("One environment alone");
        var active = new Option<bool>("--active") { Description = "Only those that have not ended" };
        var limit = Common.Limit();
        return new CliCommand(context, "list", "List promotions, newest first", "slipway promotion list storefront --env prod").Taking(service, environment, active, limit).Runs(async run =>
        {
            var page = await Pages.Read(
                after => run.Client.Promotions(run.Get(service), run.Get(environment), run.Get(active) ? true : null, after, cancel: run.Cancel), run.Get(limit));
            run.Answer(page, ApiClientJson.Default.PagePromotionView, () =>
            {
                if (page.Items.Count == 0)
                {
                    run.Out.WriteLine("No promotions. Start one: slipway promote SERVICE --to ENV");
                    return;
                }

                var table = run.Table("ID", "RELEASE", "TO", "STATE", "ASKED", "BY", "REASON");
                foreach (var promotion in page.Items)
                {
                    table.Row(
                        promotion.Id, new($"{promotion.Service}@{promotion.Version}", Tone.Strong), promotion.Environment, Tones.Cell(promotion.State),
                        Words.When(promotion.RequestedAt, run.Now), promotion.RequestedBy, Texts.InBrief(promotion.Reason));
                }

                table.WriteTo(run.Out);
                Texts.More(run, page.Next);
            });
        });
    }
}
