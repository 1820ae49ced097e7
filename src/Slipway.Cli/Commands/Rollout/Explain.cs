using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Connection;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Rollout;

internal static class Explain
{
    public static Command From(CommandContext context)
    {
        var id = Common.Id("rollout");
        var ring = Ring();
        return new CliCommand(context, "explain", "Say what a rollout does or how it ended, in numbers, and what happened when", "slipway rollout explain ID", "slipway rollout explain ID --ring inner").Taking(id, ring).Runs(async run =>
        {
            var rollout = await RolloutFacts.Read(run, run.Get(id));
            if (run.Json)
            {
                run.Answer(await run.Client.Analysis(rollout.Id, run.Get(ring), run.Cancel), ApiClientJson.Default.AnalysisView, () => { });
                return;
            }

            // Asked for before anything is printed: of a ring that there is not, only that is said.
            var whole = rollout.Analysis is not null || run.Get(ring) is not null ? await run.Client.Analysis(rollout.Id, run.Get(ring), run.Cancel) : null;
            var told = new Told();
            var passage = run.Ink.Paint(Texts.Passage(rollout.Service, rollout.Version, rollout.Environment), Tone.Strong);
            var place = rollout.Rings.FirstOrDefault(each => each.Name == run.Get(ring));
            run.Out.WriteLine(place is null ? $"{passage}: {run.Ink.Paint(Words.Prose(rollout.State), Tones.Of(rollout.State))}" : $"{passage}, {RolloutFacts.RingOf(place)}");
            if (place is null or { State: RingStateView.Current or RingStateView.Failed })
            {
                // Of a ring that is done, or whose turn is to come, the rollout's reason says nothing.
                run.Out.WriteLine(rollout.Reason);
                told.Add(rollout.Reason, RolloutFacts.Above);
            }

            RolloutFacts.PrintSteps(run, place is null ? rollout : rollout with { Steps = [.. rollout.Steps.Where(step => RolloutFacts.IsOf(step, place.Name))] }, told);
            AskedFacts.Print(run, rollout, told);
            if (whole is not null)
            {
                if ((whole.Latest ?? (run.Get(ring) is null ? rollout.Analysis : null)) is { } analysis)
                {
                    RolloutFacts.PrintAnalysis(run, rollout, analysis, told, whole.Checks);
                }
                else
                {
                    run.Out.WriteLine($"\nNothing was judged in {whole.Ring}.");
                }
            }

            var entries = await Pages.Read(
                after => run.Client.LedgerEntries(new LedgerFilter(Promotion: rollout.Id), after is null ? null : long.Parse(after), cancel: run.Cancel), most: 1000);
            if (entries.Items.Count > 0)
            {
                run.Out.WriteLine();
                var table = run.WrappingTable(">AT", "WHAT HAPPENED");
                foreach (var entry in entries.Items)
                {
                    table.Row(entry.At.UtcDateTime.ToString("HH:mm:ss"), told.Once(entry.Text, Texts.Parts(entry), RolloutFacts.Above));
                }

                table.WriteTo(run.Out);
            }
        });
    }

    public static Option<string?> Ring() => new("--ring") { HelpName = "NAME", Description = "Of a rollout by rings, the one that is meant (default: what was judged last)" };
}
