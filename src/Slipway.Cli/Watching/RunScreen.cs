using Slipway.Cli.Commands;
using Slipway.Cli.Commands.Run;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Watching;

/// <summary>Shows a run that is followed: a block that lives on a terminal, a line for each change where output is piped, a JSON document for each with <c>--json</c>.</summary>
internal abstract class RunScreen
{
    public static RunScreen For(Invocation run) => run.Json ? new JsonLines(run) : run.Shell.OutIsTerminal ? new Block(run) : new Lines(run);

    /// <summary>The last time it has ended.</summary>
    public abstract void Show(RunView view);

    public abstract void Unreachable(ServerUnreachableException exception);

    /// <summary>What counts as a change worth telling: where its jobs and their steps stand, not the words of a reason.</summary>
    private static string KeyOf(RunView view) =>
        $"{view.State} {string.Join(' ', view.Jobs.Select(job => $"{job.State}{job.Attempt}{job.Agent} {string.Join(' ', job.Steps.Select(step => $"{step.State}{step.Tries}"))}"))}";

    private static void PrintEnd(Invocation run, RunView view)
    {
        var isGood = view.State == RunStateView.Succeeded;
        run.Out.WriteLine(run.Ink.Paint($"{view.Id}: {Texts.Told(Words.Prose(view.State), view.Reason)}", isGood ? Tone.Good : Tone.Bad));
        if (!isGood && view.Jobs.FirstOrDefault(job => job.State == JobStateView.Failed) is { } failed)
        {
            run.Out.WriteLine($"  → {Hint.Of($"slipway run logs {view.Id} {(failed.Name.Contains(' ') ? $"'{failed.Name}'" : failed.Name)}")}");
        }

        run.Out.Flush();
    }

    private sealed class JsonLines(Invocation run) : RunScreen
    {
        private string? shown;

        public override void Show(RunView view)
        {
            var key = KeyOf(view);
            if (key != shown)
            {
                shown = key;
                run.Stream(view, ApiClientJson.Default.RunView, "");
            }
        }

        public override void Unreachable(ServerUnreachableException exception)
        {
        }
    }

    private sealed class Lines(Invocation run) : RunScreen
    {
        /// <summary>Nobody should wonder longer than this whether it still goes on.</summary>
        private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);
        private readonly DateTimeOffset began = run.Now;
        private readonly Dictionary<string, string> said = new(StringComparer.Ordinal);
        private long saidAt = run.Shell.Time.GetTimestamp();
        private bool told;

        public override void Show(RunView view)
        {
            told = false;
            foreach (var (what, text) in Facts(view))
            {
                if (said.GetValueOrDefault(what) != text)
                {
                    said[what] = text;
                    Line(what, text);
                }
            }

            if (view.EndedAt is not null)
            {
                PrintEnd(run, view);
            }
            else if (run.Shell.Time.GetElapsedTime(saidAt) >= LongestSilence)
            {
                Line(view.Id, $"still {Words.Prose(view.State)}: {view.Reason}");
            }
        }

        public override void Unreachable(ServerUnreachableException exception)
        {
            if (!told)
            {
                told = true;
                Line("", $"the server does not answer ({exception.Reason}); trying again");
            }
        }

        /// <summary>Jobs that have something to say, and their steps that have begun.</summary>
        private static IEnumerable<(string What, string Text)> Facts(RunView view)
        {
            foreach (var job in view.Jobs.Where(job => job.State != JobStateView.Waiting))
            {
                var steps = job.Steps.Where(step => step.State is RunStepStateView.Running or RunStepStateView.Succeeded or RunStepStateView.Failed or RunStepStateView.Cancelled).Select(step => ($"{job.Name} › {step.Name}", TextOf(step)));
                // A job begins before its steps and ends after them.
                foreach (var fact in job.State == JobStateView.Running ? steps.Prepend((job.Name, TextOf(job))) : steps.Append((job.Name, TextOf(job))))
                {
                    yield return fact;
                }
            }

            if (view.State == RunStateView.Releasing)
            {
                yield return (view.Id, view.Reason);
            }
        }

        private static string TextOf(RunStepView step) =>
            $"{Words.Prose(step.State)}{(step.Tries > 1 ? $", try {step.Tries}" : "")}{(step is { StartedAt: { } from, EndedAt: { } to } ? $", {Words.Span(to - from)}" : "")}{(step.Note is { } note ? $": {note}" : "")}";

        private static string TextOf(RunJobView job)
        {
            var attempt = job.Attempt > 1 ? $", attempt {job.Attempt}" : "";
            return job.State switch
            {
                // What a queued job waits for counts itself down.
                JobStateView.Queued => $"queued{attempt}",
                JobStateView.Running => $"running on {job.Agent}{attempt}",
                _ => $"{Words.Prose(job.State)}{attempt}".With(job.Reason),
            };
        }

        private void Line(string what, string text)
        {
            saidAt = run.Shell.Time.GetTimestamp();
            run.Out.WriteLine($"{Words.After(run.Now - began),6}  {(what.Length > 0 ? $"{what}: " : "")}{text}");
            run.Out.Flush();
        }
    }

    private sealed class Block(Invocation run) : RunScreen
    {
        /// <summary>A block that is higher than the terminal could not be drawn over.</summary>
        private const int MostLines = 20;
        private readonly LiveBlock block = new(run.Out, run.Ink, () => run.Shell.Width);
        private IReadOnlyList<IReadOnlyList<Cell>> last = [];

        public override void Show(RunView view)
        {
            last = [.. Draw(view)];
            block.Draw(last);
            if (view.EndedAt is not null)
            {
                PrintEnd(run, view);
            }
        }

        public override void Unreachable(ServerUnreachableException exception) =>
            block.Draw([.. last, [new($"The server does not answer ({exception.Reason}); trying again.", Tone.Warn)]]);

        private IEnumerable<IReadOnlyList<Cell>> Draw(RunView view)
        {
            yield return [new(view.Id, Tone.Strong), "  ", Tones.Cell(view.State), new($"  {view.Commit[..12]} {view.Subject}", Tone.Quiet)];
            var lines = view.Jobs.SelectMany(job => JobLines(job)).ToList();
            if (lines.Count > MostLines)
            {
                // What goes on or failed is what somebody looks for.
                lines = [.. view.Jobs.OrderBy(job => job.State switch { JobStateView.Running => 0, JobStateView.Failed => 1, JobStateView.Queued => 2, _ => 3 }).SelectMany(JobLines).Take(MostLines - 1), [new($"  … {view.Jobs.Count} jobs in all", Tone.Quiet)]];
            }

            foreach (var line in lines)
            {
                yield return line;
            }

            yield return ["  ", view.Reason];
        }

        private IEnumerable<IReadOnlyList<Cell>> JobLines(RunJobView job)
        {
            var took = job.StartedAt is { } started ? Words.Span((job.EndedAt ?? run.Now) - started) : "";
            var reason = job.Reason ?? (job.State == JobStateView.Running ? $"on {job.Agent}" : "");
            yield return ["  ", new(job.Name.PadRight(20)), " ", Tones.Cell(job.State), $"  {took}  {reason}".TrimEnd()];
            foreach (var step in job.State is JobStateView.Running or JobStateView.Failed ? job.Steps : [])
            {
                var (mark, tone) = RunFacts.Mark(step.State);
                var lasted = step.StartedAt is { } since ? Words.Span((step.EndedAt ?? run.Now) - since) : "";
                yield return ["    ", new(mark, tone), " ", new(step.Name.PadRight(20), step.State == RunStepStateView.Waiting ? Tone.Quiet : Tone.Plain), new($"{lasted}  {step.Note}".TrimEnd(), Tone.Quiet)];
            }
        }
    }
}
