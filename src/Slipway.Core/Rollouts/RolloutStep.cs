using Slipway.Core.Traffic;

namespace Slipway.Core.Rollouts;

/// <summary>One step as it is written; exactly one of its kinds is set.</summary>
public sealed record RolloutStep
{
    /// <summary>Percent of traffic for the new version, 1 to 99.</summary>
    public int? Weight { get; init; }

    /// <summary>Judge for this long at the current weight; passed when every check passes at its end.</summary>
    public TimeSpan? Analyze { get; init; }

    /// <summary>An <see cref="Analyze"/> that stays inconclusive is prolonged up to this; null: four times the step.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Wait this long; <see cref="TimeSpan.MaxValue"/> waits until a person resumes.</summary>
    public TimeSpan? Pause { get; init; }

    /// <summary>How many instances the new version has from here on.</summary>
    public CanaryScale? Instances { get; init; }

    /// <summary>Requests with one of these marks go to the new version from here on; empty: none any more.</summary>
    public IReadOnlyList<RequestMatch>? Route { get; init; }

    /// <summary>Percent of requests copied to the new version from here on; 0: none any more.</summary>
    public int? Mirror { get; init; }

    /// <summary>Names of verifications that are asked for here instead of at the beginning.</summary>
    public IReadOnlyList<string>? Verify { get; init; }

    /// <summary>Wait for the approval of so many persons.</summary>
    public int? Approve { get; init; }
}

/// <param name="Amount">Null: always the weight's share of the instances.</param>
public sealed record CanaryScale(Quantity? Amount);
