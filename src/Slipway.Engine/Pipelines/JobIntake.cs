using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Slipway.Core.Pipelines;
using Slipway.Core.Rollouts;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Pipelines;

/// <summary>The last lines that the steps of an attempt wrote, as one line; null: they wrote nothing.</summary>
public delegate Task<string?> ReadJobLogEnd(string run, string job, int attempt, CancellationToken cancel);

/// <summary>What agents say of jobs, passed on to the runs and commands that they belong to: each state once.</summary>
public sealed class JobIntake(IStore store, ReadJobLogEnd readEnd)
{
    private readonly RunFlow runs = new();
    private readonly CommandFlow commands = new();
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<(string Run, string Job, int Attempt), string>> told = new(StringComparer.Ordinal);

    /// <param name="agent">Who says it.</param>
    /// <param name="jobs">All that it has; what it no longer names is forgotten here.</param>
    public async Task ReportAsync(string agent, IReadOnlyList<(string Run, JobReport Report)> jobs, CancellationToken cancel)
    {
        var before = told.GetOrAdd(agent, _ => new());
        foreach (var (run, report) in jobs)
        {
            var id = (run, report.Job, report.Attempt);
            var @event = await EventOfAsync(run, report, cancel);
            if (before.GetValueOrDefault(id) == @event)
            {
                continue;
            }

            // The same words are the same news, also to the server that starts after this one. A job never goes back to what it was.
            var key = $"job:{report.Job}:{report.Attempt}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(@event)))}";
            await store.AppendAsync(new Append { Events = [new NewMessage(QueuedJob.OwnerOf(run), key, @event)] }, cancel);
            before[id] = @event;
        }

        foreach (var gone in before.Keys.Except(jobs.Select(j => (j.Run, j.Report.Job, j.Report.Attempt))))
        {
            before.TryRemove(gone, out _);
        }
    }

    /// <summary>An agent tells an end when all of the log is here, so what is read of it stays the same.</summary>
    private async Task<string> EventOfAsync(string run, JobReport report, CancellationToken cancel) => !CommandFlow.IsCommand(run)
        ? runs.WriteEvent(new JobReported(report))
        : commands.WriteEvent(new CommandReported(report, report.Outcome is null or JobOutcome.Succeeded ? null : await readEnd(run, report.Job, report.Attempt, cancel)));
}
