using System.Collections.Concurrent;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Lanes;

/// <summary>Reads lanes' states. What was read is kept, so that a lane at rest is not parsed at every look; a lane's sequence number says whether it has changed. Thread-safe.</summary>
public sealed class LaneStates(IStore store)
{
    /// <summary>Up to so many changed lanes are read one by one; more of them all at once.</summary>
    private const int FewAnew = 50;
    private readonly LaneFlow flow = new(store.Generation);
    private readonly ConcurrentDictionary<ProcessId, (long Sequence, LaneState State)> read = new();

    public Task<LaneState?> ReadAsync(LaneId lane, CancellationToken cancel) => ReadAsync(lane.Process, cancel);

    /// <summary>All lanes, or those of one service.</summary>
    public async Task<IReadOnlyList<LaneState>> ListAsync(string? service, CancellationToken cancel)
    {
        var prefix = service is null ? null : service + "/";
        var heads = await store.ListProcessHeadsAsync(LaneId.LaneProcess, prefix, cancel);
        if (heads.Count(head => Known(head) is null) > FewAnew)
        {
            return [.. (await store.ListProcessesAsync(LaneId.LaneProcess, prefix, activeOnly: false, heads.Count, cancel)).Select(StateOf)];
        }

        var states = new List<LaneState>(heads.Count);
        foreach (var head in heads)
        {
            if ((Known(head) ?? await ReadAsync(head.Id, cancel)) is { } state)
            {
                states.Add(state);
            }
        }

        return states;
    }

    private async Task<LaneState?> ReadAsync(ProcessId lane, CancellationToken cancel) => await store.ReadProcessAsync(lane, cancel) is { } process ? StateOf(process) : null;

    private LaneState? Known(ProcessHead head) => read.TryGetValue(head.Id, out var known) && known.Sequence == head.Sequence ? known.State : null;

    private LaneState StateOf(StoredProcess process)
    {
        if (Known(new ProcessHead(process.Id, process.Sequence)) is { } known)
        {
            return known;
        }

        var state = flow.ReadState(process.State, process.StateVersion);
        read[process.Id] = (process.Sequence, state);
        return state;
    }
}
