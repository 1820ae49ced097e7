namespace Slipway.Engine.Lanes;

/// <summary>What lanes are asked.</summary>
public class LaneQueries
{
    /// <summary>Whether some lane of the service runs something or is about to.</summary>
    public virtual Task<bool> AnythingRunsAsync(string service, CancellationToken cancel) => Task.FromResult(false);

    /// <summary>The environments where a release is stable now, by version.</summary>
    public virtual Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> StableInAsync(string service, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyDictionary<string, IReadOnlyList<string>>>(new Dictionary<string, IReadOnlyList<string>>());
}
