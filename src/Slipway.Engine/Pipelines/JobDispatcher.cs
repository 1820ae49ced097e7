using System.Text.Json;
using System.Threading.Channels;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;
using Slipway.Core.Rollouts;
using Slipway.Engine.Ports;
using Slipway.Engine.Reports;
using Slipway.Engine.Rollouts;
using Slipway.Engine.Targets;

namespace Slipway.Engine.Pipelines;

/// <summary>Gives waiting jobs to agents that are there, have their labels, take new things and have room. Who has least to do gets the next.</summary>
public sealed class JobDispatcher(IStore store, IJobStore queue, AgentRegistry agents, WantedSignal signal, Quarantine quarantine, CommandPlans commands, TimeProvider time)
{
    private const int AtATime = 100;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);
    private readonly RunFlow runs = new();
    private readonly Channel<bool> woken = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Says that queue or agents have changed.</summary>
    public void Wake() => woken.Writer.TryWrite(true);

    /// <summary>Gives out jobs as they and agents come, until it is cancelled.</summary>
    /// <exception cref="StoreUnavailableException">The store is gone for good.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        agents.Changed += Wake;
        try
        {
            while (!cancel.IsCancellationRequested)
            {
                try
                {
                    await DispatchAsync(cancel);
                }
                catch (StoreUnavailableException away) when (away.Retryable)
                {
                    // The next look makes up for this one.
                }

                using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                await Task.WhenAny(woken.Reader.WaitToReadAsync(stop.Token).AsTask(), Task.Delay(LookAgain, time, stop.Token));
                await stop.CancelAsync();
                woken.Reader.TryRead(out _);
            }
        }
        finally
        {
            agents.Changed -= Wake;
        }
    }

    /// <summary>Gives out all that can be given out now.</summary>
    public async Task DispatchAsync(CancellationToken cancel)
    {
        while (await RoundAsync(cancel))
        {
        }
    }

    /// <summary>Why a job that waits does so, in words.</summary>
    public async Task<string> WhyWaitsAsync(IReadOnlyDictionary<string, string> labels, string run, string job, CancellationToken cancel)
    {
        if (agents.WhyNoneRuns(labels) is { } nobody)
        {
            return nobody;
        }

        return await queue.BeforeAsync(run, job, cancel) switch
        {
            null or 0 => "next, as soon as an agent has room",
            1 => "1 job before this one",
            { } more => $"{more} jobs before this one",
        };
    }

    /// <summary>The labels of a queue entry, the same text for the same labels.</summary>
    public static string LabelsText(IReadOnlyDictionary<string, string> labels) =>
        JsonSerializer.Serialize(new SortedDictionary<string, string>(labels.ToDictionary(), StringComparer.Ordinal), JobQueueJson.Default.SortedDictionaryStringString);

    /// <summary>One look at queue and agents. False: nothing was given out.</summary>
    private async Task<bool> RoundAsync(CancellationToken cancel)
    {
        var waiting = await queue.WaitingLabelsAsync(cancel);
        if (waiting.Count == 0)
        {
            return false;
        }

        var running = (await queue.RunningAsync(cancel)).ToDictionary();
        var possible = waiting.ToDictionary(text => text, text => Able(LabelsOf(text)));
        var free = possible.Where(p => p.Value.Exists(HasRoom)).Select(p => p.Key).ToList();
        var given = false;
        foreach (var job in free.Count == 0 ? [] : await queue.NextAsync(free, AtATime, cancel))
        {
            if (possible[job.Labels].Where(HasRoom).MinBy(a => (double)running.GetValueOrDefault(a.Name) / a.JobCapacity) is { } agent && await GiveAsync(job, agent.Name, cancel))
            {
                running[agent.Name] = running.GetValueOrDefault(agent.Name) + 1;
                given = true;
            }
        }

        if (given)
        {
            signal.Pulse();
        }

        return given;

        bool HasRoom(AgentPresence agent) => running.GetValueOrDefault(agent.Name) < agent.JobCapacity;
    }

    private async Task<bool> GiveAsync(QueuedJob job, string agent, CancellationToken cancel)
    {
        if (CommandFlow.IsCommand(job.Run))
        {
            return await commands.PlanAsync(job, agent, cancel) is { } command && await AssignAsync(job, command.Plan, command.Assigned, agent, cancel);
        }

        if (await store.ReadProcessAsync(job.Owner, cancel) is not { } process)
        {
            return false;
        }

        var state = runs.ReadState(process.State, process.StateVersion);
        var plan = JobPlan.Of(job.Run, state, job.Job);
        if (plan.Attempt != job.Attempt)
        {
            // Another attempt has taken its place; the effect that withdraws this one is on its way.
            return false;
        }

        if (plan.ReportsTests)
        {
            plan = plan with { Quarantined = await quarantine.InForceAsync(job.Service, cancel) };
        }

        return await AssignAsync(job, plan, runs.WriteEvent(new JobAssigned(job.Job, job.Attempt, agent)), agent, cancel);
    }

    private Task<bool> AssignAsync(QueuedJob job, JobPlan plan, string assigned, string agent, CancellationToken cancel)
    {
        var row = new WantedRow(agent, job.Resource, JsonSerializer.Serialize(plan, JobPlanJson.Default.JobPlan), new FencingToken(store.Generation, job.Attempt), job.Owner);
        return queue.AssignAsync(job, row, new NewMessage(job.Owner, $"assigned:{job.Attempt}:{job.Job}", assigned), cancel);
    }

    /// <summary>Who would take a job with these labels, busy or not.</summary>
    private List<AgentPresence> Able(Dictionary<string, string> labels)
    {
        var at = labels.Remove(CommandFlow.VersionSetLabel, out var versionSet) ? versionSet : null;
        var near = labels.Remove(CommandFlow.WorkerLabel, out var worker) ? worker : null;
        return [.. agents.Eligible(labels).Where(a => a.JobCapacity > 0 && (at is null || commands.Reaches(a.Name, at)) && (near is null || commands.IsNear(a.Name, near)))];
    }

    private static Dictionary<string, string> LabelsOf(string text) =>
        JsonSerializer.Deserialize(text, JobQueueJson.Default.SortedDictionaryStringString)?.ToDictionary() ?? [];
}
