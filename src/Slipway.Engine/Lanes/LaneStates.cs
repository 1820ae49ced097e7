using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Lanes;

/// <summary>Reads lanes' states.</summary>
public sealed class LaneStates(IStore store)
{
    private const int Most = 100_000;
    private readonly LaneFlow flow = new(store.Generation);

    public async Task<LaneState?> ReadAsync(LaneId lane, CancellationToken cancel) =>
        await store.ReadProcessAsync(lane.Process, cancel) is { } process ? flow.ReadState(process.State, process.StateVersion) : null;

    /// <summary>All lanes, or those of one service.</summary>
    public async Task<IReadOnlyList<LaneState>> ListAsync(string? service, CancellationToken cancel) =>
        [.. (await store.ListProcessesAsync(LaneId.LaneProcess, service is null ? null : service + "/", activeOnly: false, Most, cancel)).Select(p => flow.ReadState(p.State, p.StateVersion))];
}
