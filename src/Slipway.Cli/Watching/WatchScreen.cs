using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Cli.Commands;
using Slipway.Cli.Commands.Rollout;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Watching;

/// <summary>Shows what is followed: a block that lives on a terminal, a line for each change where output is piped, a JSON document for each with <c>--json</c>.</summary>
internal abstract class WatchScreen
{
    public static WatchScreen For(Invocation run) => run.Json ? new JsonLines(run) : run.Shell.OutIsTerminal ? new Block(run) : new Lines(run);

    /// <param name="end">Not null: it is the last time.</param>
    public abstract void Show(WatchSnapshot snapshot, WatchEnd? end);

    public abstract void Unreachable(ServerUnreachableException exception);

    private static void PrintEnd(Invocation run, WatchEnd end)
    {
        run.Out.WriteLine(run.Ink.Paint(end.Sentence, end.ExitCode switch { ExitCodes.Done => Tone.Good, ExitCodes.WaitsForAPerson => Tone.Warn, _ => Tone.Bad }));
        if (end.NextStep is { } next)
        {
            run.Out.WriteLine($"  → {Hint.Of(next)}");
        }

        run.Out.Flush();
    }

    private sealed class JsonLines(Invocation run) : WatchScreen
    {
        private object? shown;

        public override void Show(WatchSnapshot snapshot, WatchEnd? end)
        {
            if (!snapshot.Key.Equals(shown) || end is not null)
            {
                shown = snapshot.Key;
                var document = new JsonObject { ["promotion"] = JsonSerializer.SerializeToNode(snapshot.Promotion, ApiClientJson.Default.PromotionView) };
                if (snapshot.Rollout is { } rollout)
                {
                    document["rollout"] = JsonSerializer.SerializeToNode(rollout, ApiClientJson.Default.RolloutView);
                }

                run.Stream(document, ApiClientJson.Default.JsonObject, "");
            }
        }

        public override void Unreachable(ServerUnreachableException exception)
        {
        }
    }

    private sealed class Lines(Invocation run) : WatchScreen
    {
        /// <summary>Nobody should wonder longer than this whether it still goes on.</summary>
        private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);
        private readonly DateTimeOffset began = run.Now;
        private object? shown;
        private string said = "";
        private long saidAt = run.Shell.Time.GetTimestamp(), sameSince = run.Shell.Time.GetTimestamp();
        private bool told;

        public override void Show(WatchSnapshot snapshot, WatchEnd? end)
        {
            told = false;
            var rollout = snapshot.Rollout;
            var state = rollout is null ? Words.Prose(snapshot.Promotion.State) : Words.Prose(rollout.State);
            var reason = snapshot.Reason == state ? "" : snapshot.Reason;
            var text = $"{state,-15} {snapshot.Share,5}  {reason}";
            if (!snapshot.Key.Equals(shown))
            {
                shown = snapshot.Key;
                sameSince = run.Shell.Time.GetTimestamp();
                if (text != said)
                {
                    said = text;
                    Line(text);
                }
            }
            else if (end is null && run.Shell.Time.GetElapsedTime(saidAt) >= LongestSilence)
            {
                said = text;
                Line($"still {state}, {Words.Span(run.Shell.Time.GetElapsedTime(sameSince))}{(rollout is null ? "" : $", {snapshot.Share}")}".With(reason));
            }

            if (end is not null)
            {
                PrintEnd(run, end);
            }
        }

        public override void Unreachable(ServerUnreachableException exception)
        {
            if (!told)
            {
                told = true;
                Line($"the server does not answer ({exception.Reason}); trying again");
            }
        }

        private void Line(string text)
        {
            saidAt = run.Shell.Time.GetTimestamp();
            run.Out.WriteLine($"{Words.After(run.Now - began),6}  {text}".TrimEnd());
            run.Out.Flush();
        }
    }

    private sealed class Block(Invocation run) : WatchScreen
    {
        private const int BarWidth = 30, MostSteps = 12;
        private readonly LiveBlock block = new(run.Out, run.Ink, () => run.Shell.Width);
        private IReadOnlyList<IReadOnlyList<Cell>> last = [];

        public override void Show(WatchSnapshot snapshot, WatchEnd? end)
        {
            last = [.. Draw(snapshot)];
            block.Draw(last);
            if (end is not null)
            {
                PrintEnd(run, end);
            }
        }

        public override void Unreachable(ServerUnreachableException exception) =>
            block.Draw([.. last, [new($"The server does not answer ({exception.Reason}); trying again.", Tone.Warn)]]);

        private IEnumerable<IReadOnlyList<Cell>> Draw(WatchSnapshot snapshot)
        {
            var (promotion, rollout) = (snapshot.Promotion, snapshot.Rollout);
            var state = rollout is null ? Tones.Cell(promotion.State) : Tones.Cell(rollout.State);
            yield return [new(Texts.Passage(promotion), Tone.Strong), "  ", state, new(promotion.FromVersion is { } from ? $"  instead of {from}" : "", Tone.Quiet)];
            if (rollout is null)
            {
                foreach (var gate in promotion.Gates)
                {
                    yield return ["  ", new(gate.Name.PadRight(10), Tone.Quiet), Tones.Cell(gate.State), new($"  {gate.Why}")];
                }

                yield return ["  ", promotion.Reason];
                yield break;
            }

            var first = Math.Clamp(snapshot.CurrentStep - MostSteps / 2, 0, Math.Max(0, rollout.Steps.Count - MostSteps));
            foreach (var step in rollout.Steps.Skip(first).Take(MostSteps))
            {
                var (mark, tone) = RolloutFacts.Mark(step.State);
                var took = step.StartedAt is { } started ? Words.Span((step.EndedAt ?? run.Now) - started) : "";
                yield return ["  ", new(mark, tone), " ", new(step.Title.PadRight(20), step.State == StepStateView.Pending ? Tone.Quiet : Tone.Plain), new(took, Tone.Quiet)];
            }

            var shares = rollout.Weights.Select(weight => (Of: weight.Version, weight.Weight));
            if (rollout.Weights.Count == 0)
            {
                shares = rollout.Rings.Select(ring => (Of: $"{rollout.Version} in {ring.Name}", ring.Weight));
            }

            foreach (var (of, weight) in shares)
            {
                var filled = (weight * BarWidth + 50) / 100;
                yield return ["  ", of.PadRight(20), new(new string('█', filled)), new(new string('░', BarWidth - filled), Tone.Quiet), $" {weight,3} %"];
            }

            foreach (var check in rollout.Analysis?.Checks ?? [])
            {
                yield return ["  ", new(Words.Of(check.Verdict), Tones.Of(check.Verdict)), $": {check.Text}"];
            }

            yield return ["  ", rollout.Reason];
        }
    }
}
