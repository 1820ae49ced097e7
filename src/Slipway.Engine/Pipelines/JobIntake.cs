using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Slipway.Core.Pipelines;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Pipelines;

/// <summary>What agents say of jobs, passed on to the runs: each state once.</summary>
public sealed class JobIntake(IStore store)
{
    private readonly RunFlow runs = new();
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<(string Run, string Job, int Attempt), string>> told = new(StringComparer.Ordinal);

    /// <param name="agent">Who says it.</param>
    /// <param name="jobs">All that it has; what it no longer names is forgotten here.</param>
    public async Task ReportAsync(string agent, IReadOnlyList<(string Run, JobReport Report)> jobs, CancellationToken cancel)
    {
        var before = told.GetOrAdd(agent, _ => new());
        foreach (var (run, report) in jobs)
        {
            var id = (run, report.Job, report.Attempt);
            var @event = runs.WriteEvent(new JobReported(report));
            if (before.GetValueOrDefault(id) == @event)
            {
                continue;
            }

            // The same words are the same news, also to the server that starts after this one. A job never goes back to what it was.
            var key = $"job:{report.Job}:{report.Attempt}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(@event)))}";
            await store.AppendAsync(new Append { Events = [new NewMessage(RunFlow.ProcessOf(run), key, @event)] }, cancel);
            before[id] = @event;
        }

        foreach (var gone in before.Keys.Except(jobs.Select(j => (j.Run, j.Report.Job, j.Report.Attempt))))
        {
            before.TryRemove(gone, out _);
        }
    }
}
