namespace Slipway.Core.Rollouts;

/// <summary>How a new revision replaces the running one.</summary>
public enum RolloutStrategy { Rolling, BlueGreen, Canary, Ring }

public enum OnFailure { Rollback, Pause }

public enum OnInconclusive { Pause, Rollback, Proceed }

/// <summary>The <c>rollout</c> section: strategy, steps, checks and what follows a verdict.</summary>
public sealed record RolloutSpec
{
    public RolloutStrategy Strategy { get; init; } = RolloutStrategy.Rolling;

    /// <summary>In order; weights rise strictly from step to step and 100 % is the implied end.</summary>
    public IReadOnlyList<RolloutStep> Steps { get; init; } = [];

    public IReadOnlyList<CheckSpec> Checks { get; init; } = [];

    /// <summary>Bound on the chance that the whole rollout, all its tests and looks together, blames a version that is no worse. In (0, 0.5].</summary>
    public double FalseAlarmRate { get; init; } = 0.01;

    /// <summary>A ratio up to 1 + this is tolerated; 0.1 means 10 %.</summary>
    public double Tolerate { get; init; } = 0.10;

    /// <summary>Never an alarm on an absolute difference of rates below this; 0.001 means 0.1 percentage points.</summary>
    public double TolerateAbsolute { get; init; } = 0.001;
    public OnFailure OnFailure { get; init; } = OnFailure.Rollback;
    public OnInconclusive OnInconclusive { get; init; } = OnInconclusive.Pause;

    /// <summary>How long the new version is judged after it has all traffic.</summary>
    public TimeSpan Watch { get; init; } = TimeSpan.Zero;

    /// <summary>How long the old version's instances stay, without traffic, for an undo in seconds.</summary>
    public TimeSpan KeepWarm { get; init; } = TimeSpan.Zero;
}

/// <summary>One step; exactly one property is set.</summary>
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
}

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
