using System.Net;
using System.Text.Json.Serialization;
using Slipway.Cli.CommandLine;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Run;

/// <summary>Reads logs of a run's jobs and prints them; several at a time share the terminal line by line.</summary>
internal sealed class LogReader(Invocation run, RunView view, LogStyle style)
{
    private readonly Lock turn = new();

    /// <summary>What there is of a job's log.</summary>
    /// <param name="isOnly">Nothing else is printed: that there is none is said.</param>
    public async Task Print(RunJobView job, int? attempt, bool isOnly)
    {
        Stream log;
        try
        {
            log = await run.Client.JobLog(view.Id, job.Name, attempt, run.Cancel);
        }
        catch (SlipwayApiException none) when (!isOnly && none.Status == HttpStatusCode.NotFound)
        {
            return;
        }

        var (printer, steps) = (Printer(job, isOnly), StepsOf(job));
        await using (log)
        {
            using var lines = new StreamReader(log);
            while (await lines.ReadLineAsync(run.Cancel) is { } line)
            {
                printer.Print(JobLogEvent.Line.Parse(line), attempt ?? job.Attempt, steps);
            }
        }
    }

    /// <summary>A job's log as it comes, also of the attempts that follow, up to the job's end.</summary>
    /// <param name="attempt">This one alone; null: the one that goes on or comes.</param>
    public async Task Follow(RunJobView job, int? attempt, bool isOnly)
    {
        var printer = Printer(job, isOnly);
        int? next = attempt ?? AttemptOf(job);
        while (next is { } number)
        {
            var following = await Follow(job, number, printer, isOnly);
            next = attempt is null ? following : null;
        }
    }

    /// <summary>The attempt that goes on, or the next where none has begun.</summary>
    private static int AttemptOf(RunJobView job) => job.State == JobStateView.Waiting || job.Attempt == 0 ? job.Attempt + 1 : job.Attempt;

    /// <returns>The attempt that follows; null: none.</returns>
    private async Task<int?> Follow(RunJobView job, int attempt, LogPrinter printer, bool isOnly)
    {
        // The names of steps are known once it has begun; they are asked for again at most once for each.
        var (steps, asked) = (StepsOf(job), -1);
        try
        {
            await using var events = run.Client.FollowJobLog(view.Id, job.Name, attempt, run.Cancel).GetAsyncEnumerator(run.Cancel);
            while (true)
            {
                var coming = events.MoveNextAsync();
                if (!coming.IsCompleted)
                {
                    // Nothing more for now: what there is should be seen.
                    lock (turn)
                    {
                        run.Out.Flush();
                    }
                }

                if (!await coming)
                {
                    return null;
                }

                switch (events.Current)
                {
                    case JobLogEvent.Line line:
                        if (line.Step >= steps.Length && line.Step > asked && !run.Json)
                        {
                            asked = line.Step;
                            steps = StepsOf((await run.Client.Run(view.Id, run.Cancel)).Jobs.FirstOrDefault(each => each.Name == job.Name) ?? job);
                        }

                        lock (turn)
                        {
                            printer.Print(line, attempt, steps);
                        }

                        break;
                    case JobLogEvent.Ended ended:
                        return ended.End.Next;
                }
            }
        }
        catch (SlipwayApiException none) when (none.Status == HttpStatusCode.NotFound && !isOnly)
        {
            // It never ran, or its log is kept no more.
            return null;
        }
    }

    private LogPrinter Printer(RunJobView job, bool isOnly) => new(
        run, isOnly ? "" : $"{job.Name.PadRight(view.Jobs.Max(other => other.Name.Length))} │ ", style,
        (line, attempt) => run.StreamUnflushed(new JobLogLine(view.Id, job.Name, attempt, line.At, line.Step, line.Text), JobLogLineJson.Default.JobLogLine));

    private static string[] StepsOf(RunJobView job) => [.. job.Steps.Select(step => step.Name)];
}

/// <summary>A line as <c>--json</c> prints it.</summary>
internal sealed record JobLogLine(string Run, string Job, int Attempt, DateTimeOffset At, int Step, string Text);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JobLogLine))]
internal sealed partial class JobLogLineJson : JsonSerializerContext;
