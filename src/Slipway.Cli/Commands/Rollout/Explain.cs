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
        var named = Ring("the one in which it is paused, else what was judged last");
        return new CliCommand(context, "explain", "Say what a rollout does or how it ended, in numbers, and what happened when", "slipway rollout explain ID", "slipway rollout explain ID --ring inner").Taking(id, named).Runs(async run =>
        {
            var rollout = await RolloutFacts.Read(run, run.Get(id));
            var asked = run.Get(named);
            var place = asked is null ? PausedAt(rollout) : rollout.Rings.FirstOrDefault(each => each.Name == asked);
            var ring = place?.Name ?? asked;
            if (run.Json)
            {
                run.Answer(await run.Client.Analysis(rollout.Id, ring, run.Cancel), ApiClientJson.Default.AnalysisView, () => { });
                return;
            }

            // Asked for before anything is printed: of a ring that there is not, only that is said.
            var whole = rollout.Analysis is not null || ring is not null ? await run.Client.Analysis(rollout.Id, ring, run.Cancel) : null;
            var told = new Told();
            var passage = run.Ink.Paint(Texts.Passage(rollout.Service, rollout.Version, rollout.Environment), Tone.Strong);
            var state = run.Ink.Paint(Words.Prose(rollout.State), Tones.Of(rollout.State));
            run.Out.WriteLine(place is null ? $"{passage}: {state}" : asked is null ? $"{passage}: {state}, in the ring {RolloutFacts.RingOf(place)}" : $"{passage}, {RolloutFacts.RingOf(place)}");
            if (place is null or { State: RingStateView.Current or RingStateView.Failed } || place == PausedAt(rollout))
            {
                // Of a ring that is done, or whose turn is to come, the rollout's reason says nothing.
                run.Out.WriteLine(rollout.Reason);
                told.Add(rollout.Reason, RolloutFacts.Above);
            }

            RolloutFacts.PrintSteps(run, place is null ? rollout : rollout with { Steps = [.. rollout.Steps.Where(step => RolloutFacts.IsOf(step, place.Name))] }, told);
            if (place is not null && asked is null)
            {
                run.Out.WriteLine($"of the other rings: slipway rollout show {rollout.Id}");
            }

            AskedFacts.Print(run, rollout, told);
            if (whole is not null)
            {
                if ((whole.Latest ?? (ring is null ? rollout.Analysis : null)) is { } analysis)
                {
                    RolloutFacts.PrintAnalysis(run, rollout, analysis, told, whole.Checks);
                }
                else
                {
                    var last = asked is null && rollout.Analysis?.Ring is { } before && before != whole.Ring ? $" What {before} was judged by: slipway rollout explain {rollout.Id} --ring {before}" : "";
                    run.Out.WriteLine($"\nNothing was judged in {whole.Ring}.{last}");
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

    public static Option<string?> Ring(string byDefault = "what was judged last") => new("--ring") { HelpName = "NAME", Description = $"Of a rollout by rings, the one that is meant (default: {byDefault})" };

    /// <summary>The ring whose turn it is in a rollout that waits for a person: whoever asks wants to know about that one. Null: it does not wait, or not in a ring.</summary>
    private static RingView? PausedAt(RolloutView rollout) => rollout.State == RolloutStateView.Paused
        && rollout.Rings.Where(ring => ring.State is RingStateView.Current or RingStateView.Failed or RingStateView.Returned).ToList() is [var only] ? only : null;
}
