using Slipway.Core.Kernel;
using Slipway.Core.Traffic;

namespace Slipway.Core.Targets;

/// <summary>So many instances of this revision should run on the lane's targets. Answered by <see cref="TargetsSeen"/>.</summary>
public sealed record EnsureVersionSet : ReconcileEffect
{
    public required VersionSetSpec Spec { get; init; }
    public required int Count { get; init; }
    public int Attempt { get; init; }
    public required FencingToken Token { get; init; }

    /// <summary>Labels an agent must have.</summary>
    public required IReadOnlyDictionary<string, string> Target { get; init; }
}

/// <summary>The lane's traffic should be divided like this. Answered by <see cref="TargetsSeen"/>.</summary>
public sealed record ShiftTraffic : ReconcileEffect
{
    public required TrafficWanted Wanted { get; init; }
    public required FencingToken Token { get; init; }
    public required IReadOnlyDictionary<string, string> Target { get; init; }
}

/// <summary>What is observed of a lane's targets, over all its agents.</summary>
public sealed record TargetsSeen
{
    public IReadOnlyList<VersionSetSeen> VersionSets { get; init; } = [];

    /// <summary>The weights generation that every router of the lane serves; null when they differ or one says nothing.</summary>
    public long? TrafficGeneration { get; init; }

    /// <summary>Why the traffic cannot be as wanted.</summary>
    public string? TrafficFailure { get; init; }

    public VersionSetSeen? Find(string versionSet) => VersionSets.FirstOrDefault(v => v.VersionSet == versionSet);
}

/// <param name="Wanted">What the agents know to be wanted of them; less than asked for while they have not heard yet.</param>
/// <param name="Healthy">Instances that take requests.</param>
/// <param name="Existing">All instances that have not ended, draining ones included.</param>
/// <param name="Failure">Why it does not come up: the first failure among its instances that will not be tried again, or of the set as a whole.</param>
/// <param name="Attempt">The attempt that this speaks of.</param>
/// <param name="NoPlace">Why no agent takes its instances, which therefore were not even asked of one; null: some does.</param>
public sealed record VersionSetSeen(string VersionSet, int Wanted, int Healthy, int Existing, TargetFailure? Failure, int Attempt = 0, string? NoPlace = null);
