using System.Text.Json.Serialization;
using Slipway.Core.Environments;
using Slipway.Core.Releases;
using Slipway.Core.Targets;

namespace Slipway.Core.Promotions;

/// <summary>What a promotion will bring into its lane, fixed when it is asked for. Its hash is what an approval approves.</summary>
public sealed record PinnedInputs
{
    /// <summary>The revision to run, with its artifact and how it runs.</summary>
    public required VersionSetSpec Revision { get; init; }

    /// <summary>Rollout and verification as they hold in this environment.</summary>
    public required EffectiveDefinition Definition { get; init; }
    public required int ConfigurationVersion { get; init; }

    /// <summary>Labels that select the targets.</summary>
    public required IReadOnlyDictionary<string, string> Target { get; init; }
    public required TrafficExpectation Traffic { get; init; }

    /// <summary>The groups of targets that it comes to one after the other; none: it comes to all of them together.</summary>
    [JsonIgnore]
    public IReadOnlyList<RingPlace> Rings => [.. Definition.Rollout.Rings.Select(ring => new RingPlace(ring.Name, ring.LabelsIn(Target), ring.Instances ?? Revision.Run.Instances))];

    /// <summary>Wanted once it is everywhere.</summary>
    [JsonIgnore]
    public int Instances => Definition.Rollout.Rings.Count == 0 ? Revision.Run.Instances : Definition.Rollout.Rings.Sum(ring => ring.Instances ?? Revision.Run.Instances);
}
