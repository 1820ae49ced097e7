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
}
