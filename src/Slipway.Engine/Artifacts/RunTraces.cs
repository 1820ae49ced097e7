using System.Collections.Concurrent;
using Slipway.Core.Artifacts;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;
using Slipway.Core.Rollouts;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Artifacts;

/// <summary>All runs, and commands of rollouts, reduced to what keeping looks at. A run is parsed once for each of its states; only the reduced form stays in memory. Thread-safe.</summary>
public sealed class RunTraces(IStore store)
{
    /// <summary>No service is called so: what metric sources ran again and again takes no service's runs their logs.</summary>
    private const string Metrics = "/metrics";
    private readonly RunFlow flow = new();
    private readonly CommandFlow commands = new();
    private readonly ConcurrentDictionary<ProcessId, (long Sequence, RunTrace Trace)> read = new();

    public async Task<IReadOnlyList<RunTrace>> ListAsync(CancellationToken cancel)
    {
        var heads = await store.ListProcessHeadsAsync(RunFlow.ProcessKind, null, cancel);
        var traces = new List<RunTrace>(heads.Count);
        foreach (var head in heads.Concat(await store.ListProcessHeadsAsync(CommandFlow.ProcessKind, null, cancel)))
        {
            if (read.TryGetValue(head.Id, out var known) && known.Sequence == head.Sequence)
            {
                traces.Add(known.Trace);
            }
            else if (await store.ReadProcessAsync(head.Id, cancel) is { } process)
            {
                var trace = process.Id.Kind == CommandFlow.ProcessKind
                    ? Of(process.Id.Key, commands.ReadState(process.State, process.StateVersion))
                    : Of(process.Id.Key, flow.ReadState(process.State, process.StateVersion));
                read[head.Id] = (process.Sequence, trace);
                traces.Add(trace);
            }
        }

        return traces;
    }

    public static RunTrace Of(string run, RunState state) => new(
        run, state.Inputs.Service, state.RequestedAt, state.HasEnded ? state.EndedAt ?? state.RequestedAt : null, state.Release,
        [.. state.Jobs.Where(job => job.Outputs is not null).Select(job => new JobOutputs(job.Name, job.Attempt, job.Outputs!))]);

    private static RunTrace Of(string command, CommandState state) => new(command, state.Spec.Purpose == CommandPurpose.Metric ? Metrics : state.Spec.Lane.Service, state.AskedAt, state.EndedAt, null, []);
}
