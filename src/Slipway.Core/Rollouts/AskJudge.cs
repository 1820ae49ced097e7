using System.Text.Json.Serialization;
using Slipway.Core.Kernel;
using Slipway.Core.Targets;

namespace Slipway.Core.Rollouts;

/// <summary>Asks what the evidence says now. Answered by <see cref="JudgeAnswered"/>, unless it <see cref="HasFailed"/>.</summary>
public sealed record AskJudge : ReconcileEffect
{
    public required string Rollout { get; init; }
    public required LaneId Lane { get; init; }
    public required RolloutSpec Spec { get; init; }
    public required string VersionSet { get; init; }

    /// <summary>What it is compared with: stable's instances, or those of the baseline arm.</summary>
    public required string? StableVersionSet { get; init; }

    /// <summary>What metric sources are told of the two.</summary>
    public string Version { get; init; } = "";
    public string? StableVersion { get; init; }

    /// <summary>The new version has a share of users' requests: the routers' counts say something of it. Else only metric sources do.</summary>
    public bool HasTraffic { get; init; } = true;
    public required DateTimeOffset Since { get; init; }
    public required TimeSpan RequestTimeout { get; init; }

    /// <summary>Set while watching: the new version has had all traffic since then.</summary>
    public DateTimeOffset? FullAt { get; init; }

    /// <summary>Where all rings have the new version: since when the last of them had some of it. What stable was like then is known. Null: there are none.</summary>
    public DateTimeOffset? KnownSince { get; init; }

    /// <summary>Only one ring is judged, by what its own agents' routers count: the last of these, behind those that come before it. Empty: all targets together.</summary>
    public IReadOnlyList<RingPlace> Rings { get; init => field = value ?? []; } = [];

    /// <summary>It has failed, and waits for a person: what is counted from now on is kept to be seen, and judged no more.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HasFailed { get; init; }

    [JsonIgnore]
    public bool InRing => Rings.Count > 0;

    /// <summary>What is judged now: the ring whose turn it is, or all targets together.</summary>
    /// <param name="since">Since when the new version has had traffic.</param>
    public static AskJudge About(RolloutState rollout, DateTimeOffset since) => new()
    {
        Rollout = rollout.Id,
        Lane = rollout.Lane,
        Rings = rollout.Ring is { } ring ? [.. rollout.Inputs.Rings.Take(ring + 1)] : [],
        KnownSince = rollout.Ring is null && rollout.RingsDone.Count > 0 ? rollout.RingsDone[^1].TrafficSince : null,
        Spec = rollout.Inputs.Definition.Rollout.In(rollout.Ring),
        VersionSet = rollout.Inputs.Revision.Id,
        StableVersionSet = rollout.Stable is { } stable ? rollout.Inputs.Definition.Rollout.Baseline ? stable.Spec.AsBaseline.Id : stable.Spec.Id : null,
        Version = rollout.Inputs.Revision.Version,
        StableVersion = rollout.Stable?.Spec.Version,
        HasTraffic = !rollout.Inputs.Revision.Run.IsWorker && (rollout.Weight > 0 || rollout.FullAt is not null),
        Since = since,
        RequestTimeout = rollout.Inputs.Revision.Run.RequestTimeout,
        FullAt = rollout.FullAt,
        HasFailed = rollout.Paused is { Failed: true },
    };
}
