using System.Text.Json.Serialization;
using Slipway.Core.Traffic;

namespace Slipway.Core.Rollouts;

/// <summary>What the judge says now, reduced to what decides and what people see.</summary>
public sealed record JudgeAnswer
{
    public required JudgeVerdict Verdict { get; init; }
    public required string Reason { get; init; }
    public required bool Guaranteed { get; init; }
    public required IReadOnlyList<CheckAnswer> Checks { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>The second that decided: of the failure, or the last one judged for a pass; null while inconclusive.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>The routers' counts are in up to this moment, by their clocks; null: there are none.</summary>
    public DateTimeOffset? CountedUntil { get; init; }
}

public enum JudgeVerdict { Passed, Failed, Inconclusive }

public sealed record CheckAnswer
{
    public required string Name { get; init; }
    public required JudgeVerdict Verdict { get; init; }
    public required string Text { get; init; }

    /// <summary>Counts of metric sources may be fractions.</summary>
    public required double CanaryUnits { get; init; }
    public required double CanaryBad { get; init; }
    public required double StableUnits { get; init; }
    public required double StableBad { get; init; }

    /// <summary>Whose counts the stable ones are: stable's own, or the baseline's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Arm Against { get; init; }
    public double? Ratio { get; init; }
    public double? RatioLow { get; init; }
    public double? RatioHigh { get; init; }
    public required double LogEvidence { get; init; }
    public required double LogLimit { get; init; }
    public double? ThresholdMillis { get; init; }

    /// <summary>As <see cref="JudgeAnswer.DecidedAt"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>Its false-alarm rate is a theorem about the router's draw, not an estimate.</summary>
    public bool Guaranteed { get; init; }

    /// <summary>It decides nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool DryRun { get; init; }

    /// <summary>Nothing has come to the new version.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool NoTraffic { get; init; }

    /// <summary>The last number of a threshold, or the score of a comparison by ranks.</summary>
    public double? Measured { get; init; }
}
