namespace Slipway.Core.Rollouts;

/// <summary>One check of the analysis, with the bounds of canary-judging that it may override.</summary>
public sealed record CheckSpec
{
    public required CheckKind Kind { get; init; }

    /// <summary>A check also passes when the upper end of the canary's own bad rate is below this; null: the check's default.</summary>
    public double? Acceptable { get; init; }

    /// <summary>A check passes when the ratio's upper end is below (1 + tolerate)·(1 + this). 1: a doubling would have been seen.</summary>
    public double Detectable { get; init; } = 1;
}

public enum CheckKind { Errors, Latency }
