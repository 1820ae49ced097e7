using System.Text.Json.Serialization;
using Slipway.Core.Kernel;
using Slipway.Core.Traffic;

namespace Slipway.Core.Targets;

/// <summary>So many instances of this revision should run on the lane's targets. Answered by <see cref="TargetsSeen"/>.</summary>
public sealed record EnsureVersionSet : ReconcileEffect
{
    public required VersionSetSpec Spec { get; init; }

    /// <summary>Instances in all; where there are <see cref="Rings"/>, the sum of theirs.</summary>
    public required int Count { get => Rings is { Count: > 0 } ? Rings.Sum(ring => ring.Count) : field; init; }
    public int Attempt { get; init; }
    public required FencingToken Token { get; init; }

    /// <summary>Labels an agent must have.</summary>
    public required IReadOnlyDictionary<string, string> Target { get; init; }

    /// <summary>Groups of targets, each with its own instances; what is on others goes. Empty: it is one group, of <see cref="Target"/>.</summary>
    public IReadOnlyList<RingPlace> Rings { get; init => field = value ?? []; } = [];

    /// <summary>Only agents that have instances of this version set are meant: what is compared must be where the other is. Null: all.</summary>
    public string? Beside { get; init; }
}

/// <summary>A group of targets, and how many instances it has.</summary>
/// <param name="Labels">An agent with all of them belongs to it, unless it belongs to one before.</param>
public sealed record RingPlace(string Name, IReadOnlyDictionary<string, string> Labels, int Count)
{
    /// <summary>The same group, whatever its number of instances is.</summary>
    public bool IsSameGroup(RingPlace other) =>
        Name == other.Name && Labels.Count == other.Labels.Count && Labels.All(label => other.Labels.TryGetValue(label.Key, out var value) && value == label.Value);
}

/// <summary>How the traffic of one group of targets is divided.</summary>
public sealed record RingTraffic(string Name, IReadOnlyDictionary<string, string> Labels, TrafficWanted Wanted);

/// <summary>The lane's traffic should be divided like this. Answered by <see cref="TargetsSeen"/>.</summary>
public sealed record ShiftTraffic : ReconcileEffect
{
    public required TrafficWanted Wanted { get; init; }
    public required FencingToken Token { get; init; }
    public required IReadOnlyDictionary<string, string> Target { get; init; }

    /// <summary>Groups of targets whose traffic is divided in another way than <see cref="Wanted"/>, under the same generation.</summary>
    public IReadOnlyList<RingTraffic> Rings { get; init => field = value ?? []; } = [];
}

/// <summary>What is observed of a lane's targets, over all its agents.</summary>
public sealed record TargetsSeen
{
    public IReadOnlyList<VersionSetSeen> VersionSets { get; init; } = [];

    /// <summary>The weights generation that every router of the lane serves; null when they differ or one says nothing.</summary>
    public long? TrafficGeneration { get; init; }

    /// <summary>Why the traffic cannot be as wanted.</summary>
    public string? TrafficFailure { get; init; }

    /// <summary>What is seen of a version set in one ring, or, without one, on all targets together. Null: nothing.</summary>
    public VersionSetSeen? Find(string versionSet, string? ring = null)
    {
        VersionSetSeen[] found = [.. VersionSets.Where(v => v.VersionSet == versionSet && (ring is null || v.Ring == ring))];
        return found is [] or [_] ? found.FirstOrDefault() : found.Aggregate((a, b) => new(
            versionSet, a.Wanted + b.Wanted, a.Healthy + b.Healthy, a.Existing + b.Existing, a.Failure ?? b.Failure, Math.Max(a.Attempt, b.Attempt), a.NoPlace ?? b.NoPlace)
        {
            Lapses = (a.Lapses?.Times ?? 0) >= (b.Lapses?.Times ?? 0) ? a.Lapses : b.Lapses,
        });
    }
}

/// <param name="Wanted">What the agents know to be wanted of them; less than asked for while they have not heard yet.</param>
/// <param name="Healthy">Instances that take requests.</param>
/// <param name="Existing">All instances that have not ended, draining ones included.</param>
/// <param name="Failure">Why it does not come up: the first failure among its instances that will not be tried again, or of the set as a whole.</param>
/// <param name="Attempt">The attempt that this speaks of.</param>
/// <param name="NoPlace">Why no agent takes its instances, which therefore were not even asked of one; null: some does.</param>
/// <param name="Ring">The group of targets; null: the version set is not placed by groups.</param>
public sealed record VersionSetSeen(
    string VersionSet, int Wanted, int Healthy, int Existing, TargetFailure? Failure, int Attempt = 0, string? NoPlace = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Ring = null)
{
    /// <summary>Of the instance that has ceased to be healthy most often; null: none has.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public InstanceLapses? Lapses { get; init; }
}

/// <summary>How often an instance has ceased to be healthy by itself.</summary>
/// <param name="Last">Why it did last; null: it is healthy again.</param>
public sealed record InstanceLapses(int Times, TargetFailure? Last);
