using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Connection;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Rollout;

internal static class List
{
    public static Command From(CommandContext context)
    {
        var service = Common.ServiceIfAny();
        var environment = Common.Environment("One environment alone");
        var active = new Option<bool>("--active") { Description = "Only those that have not ended" };
        var limit = Common.Limit();
        return new CliCommand(context, "list", "List rollouts, newest first", "slipway rollout list --active").Taking(service, environment, active, limit).Runs(async run =>
        {
            var page = await Pages.Read(
                after => run.Client.Rollouts(run.Get(service), run.Get(environment), run.Get(active) ? true : null, after, cancel: run.Cancel), run.Get(limit));
            run.Answer(page, ApiClientJson.Default.PageRolloutView, () =>
            {
                if (page.Items.Count == 0)
                {
                    run.Out.WriteLine("No rollouts. One begins with a promotion: slipway promote SERVICE --to ENV");
                    return;
                }

                var table = run.Table("ID", "RELEASE", "TO", "STATE", ">NEW", "STARTED", "REASON");
                foreach (var rollout in page.Items)
                {
                    table.Row(
                        rollout.Id, new($"{rollout.Service}@{rollout.Version}", Tone.Strong), rollout.Environment, Tones.Cell(rollout.State),
                        RolloutFacts.Share(rollout), Words.When(rollout.StartedAt, run.Now), Texts.InBrief(rollout.Reason));
                }

                table.WriteTo(run.Out);
                Texts.More(run, page.Next);
            });
        });
    }
}
