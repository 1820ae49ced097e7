namespace Slipway.Engine.Lanes;

/// <summary>What lanes are asked by others.</summary>
public sealed class LaneQueries(LaneStates lanes)
{
    /// <summary>Whether some lane of the service runs something or is about to.</summary>
    public async Task<bool> AnythingRunsAsync(string service, CancellationToken cancel) =>
        (await lanes.ListAsync(service, cancel)).Any(l => l.Stable is not null || l.Active is not null || l.Queue.Count > 0);

    /// <summary>The environments where a release is stable now, by version.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> StableInAsync(string service, CancellationToken cancel) =>
        (await lanes.ListAsync(service, cancel))
            .Where(l => l.Stable is not null)
            .GroupBy(l => l.Stable!.Spec.Version)
            .ToDictionary(g => g.Key, g => (IReadOnlyList<string>)[.. g.Select(l => l.Lane.Environment)]);
}
