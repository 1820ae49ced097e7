using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Rollout;

internal static class Show
{
    public static Command From(CommandContext context)
    {
        var id = Common.Id("rollout");
        return new CliCommand(context, "show", "Show one rollout: steps, traffic, instances, judgement", "slipway rollout show ID").Taking(id).Runs(async run =>
        {
            var rollout = await RolloutFacts.Read(run, run.Get(id));
            run.Answer(rollout, ApiClientJson.Default.RolloutView, () =>
            {
                RolloutFacts.Print(run, rollout);
                var told = new Told();
                told.Add(rollout.Reason, RolloutFacts.Above);
                RolloutFacts.PrintSteps(run, rollout, told);
                AskedFacts.Print(run, rollout, told);
                if (rollout.Analysis is { } analysis)
                {
                    RolloutFacts.PrintAnalysis(run, rollout, analysis, told, inFull: null);
                }

                if (rollout.Instances.Count > 0)
                {
                    run.Out.WriteLine();
                    Instance.InstanceTable.Print(run, rollout.Instances);
                }

                if (rollout.Actions.Count > 0)
                {
                    run.Out.WriteLine();
                    run.Out.WriteLine($"You may {string.Join(", ", rollout.Actions)}: slipway rollout {rollout.Actions[0]} {rollout.Id}");
                    foreach (var action in rollout.Actions.Where(rollout.ActionsInWords.ContainsKey))
                    {
                        run.Out.WriteLine($"  {action,-8}{rollout.ActionsInWords[action]}");
                    }
                }
            });
        });
    }
}
