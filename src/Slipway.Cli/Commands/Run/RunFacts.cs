using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;

namespace Slipway.Cli.Commands.Run;

/// <summary>A run as the commands print it.</summary>
internal static class RunFacts
{
    public static void Print(Invocation run, RunView view)
    {
        new Facts(run.Ink)
            .Add("run", view.Id, Tone.Strong)
            .Add("commit", $"{view.Commit[..12]}{(view.Branch.Length > 0 ? $" of {view.Branch}" : view.Tag is { } tag ? $", tagged {tag}" : "")}: {view.Subject}")
            .Add("version", view.Version)
            .Add("template", string.Join('\n', view.Templates.Select(Template)), view.Templates.Any(t => t.Deprecated is not null) ? Tone.Warn : Tone.Plain)
            .Add("state", Tones.Cell(view.State))
            .Add("reason", view.Reason)
            .Add("asked for", $"{Words.When(view.RequestedAt, run.Now)} by {view.RequestedBy}{(view.Why is { } why ? $": {why}" : "")}")
            .Add("took", view.StartedAt is { } started ? Words.Span((view.EndedAt ?? run.Now) - started) : null)
            .WriteTo(run.Out);
        run.Out.WriteLine();
        var table = run.WrappingTable("JOB", "STATE", ">ATTEMPT", "AGENT", ">TOOK", "REASON");
        foreach (var job in view.Jobs)
        {
            var took = job.StartedAt is { } began ? Words.Span((job.EndedAt ?? run.Now) - began) : "";
            table.Row(new(job.Name, Tone.Strong), Tones.Cell(job.State), job.Attempt > 0 ? job.Attempt.ToString() : "", job.Agent, took, Reason(job));
            foreach (var cache in job.Caches)
            {
                table.Row(new($"  {(cache.Hit ? "+" : "-")} cache {cache.Name}", Tone.Quiet), "", "", "", cache.Seconds is { } seconds ? Words.Span(TimeSpan.FromSeconds(seconds)) : "", CacheNote(cache));
            }

            foreach (var step in job.Steps)
            {
                var (mark, tone) = Mark(step.State);
                var lasted = step.StartedAt is { } since ? Words.Span((step.EndedAt ?? run.Now) - since) : "";
                table.Row(new($"  {mark} {step.Name}", tone), "", step.Tries > 1 ? $"try {step.Tries}" : "", "", lasted, Note(step));
            }
        }

        table.WriteTo(run.Out);
        if (view.State == RunStateView.Failed && view.Jobs.FirstOrDefault(job => job.State == JobStateView.Failed) is { } failed)
        {
            // Of a matrix a job's name has spaces and brackets.
            var name = failed.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? failed.Name : $"'{failed.Name.Replace("'", "'\\''")}'";
            run.Out.WriteLine();
            run.Out.WriteLine($"→ {Hint.Of($"slipway run logs {view.Id} {name}")}");
        }
    }

    private static string Template(TemplateUseView use) =>
        $"{use.Template}@{use.Version}{(use.Job is null ? "" : $" for {use.Job}")}: {use.Reason}{(use.Deprecated is null ? "" : $"; {use.Deprecated}")}";

    private static string Reason(RunJobView job) => job.Reason ?? (job.Outcome is { } outcome && outcome != JobOutcomeView.Succeeded ? Words.Prose(outcome) : "");

    private static string CacheNote(RunCacheView cache)
    {
        var size = cache.Bytes is { } bytes ? Words.Bytes(bytes) : "";
        return cache.Hit ? $"{size} of {cache.From}"
            : cache.Saved == true ? $"{cache.Why}; saved {size}"
            : cache.WhyNotSaved is { } why ? $"{cache.Why}; not saved: {why}"
            : cache.Why ?? "";
    }

    private static string Note(RunStepView step)
    {
        // The note begins with the exit status where that is all there is to say of the end, and may explain it.
        var status = step.ExitCode is { } code and not 0 && step.Note?.Contains($"exit status {code}", StringComparison.Ordinal) != true ? $"exit status {code}" : null;
        var cancelled = step.State == RunStepStateView.Cancelled ? "cancelled" : null;
        return string.Join(", ", new[] { cancelled, status, step.Note }.OfType<string>());
    }

    public static (string Mark, Tone Tone) Mark(RunStepStateView state) => state switch
    {
        RunStepStateView.Succeeded => ("✓", Tone.Good),
        RunStepStateView.Running => ("●", Tone.Warn),
        RunStepStateView.Failed => ("✗", Tone.Bad),
        RunStepStateView.Skipped => ("–", Tone.Quiet),
        RunStepStateView.Cancelled => ("■", Tone.Quiet),
        _ => ("○", Tone.Quiet),
    };
}
