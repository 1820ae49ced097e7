using Slipway.Core.Rollouts;
using Slipway.Core.Traffic;

namespace Slipway.Core.Analysis;

/// <summary>What an analysis judges, and how strictly.</summary>
public sealed record AnalysisSettings
{
    public required IReadOnlyList<CheckSpec> Checks { get; init; }

    /// <summary>α for all tests and looks together, in (0, 0.5].</summary>
    public double FalseAlarmRate { get; init; } = 0.01;

    /// <summary>A ratio up to 1 + this is tolerated.</summary>
    public double Tolerate { get; init; } = 0.10;

    /// <summary>An alarm is withheld while the rates differ by less than this.</summary>
    public double TolerateAbsolute { get; init; } = 0.001;

    /// <summary>A request is slow when it took longer than stable's quantile and this.</summary>
    public TimeSpan TolerateLatency { get; init; } = RolloutSpec.DefaultTolerateLatency;

    /// <summary>For so long after each rise of the new version's share only requests that are slow by far count: <see cref="Analysis.WarmUp"/>.</summary>
    public TimeSpan WarmUp { get; init; } = RolloutSpec.DefaultWarmUp;

    /// <summary>How long a request may stay unanswered before it is bad.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Slipway's router drew the arm of each unit at random with the share given. False: verdicts are estimates.</summary>
    public bool Randomised { get; init; } = true;

    /// <summary>φ ≥ 1 by which counts are divided; see <see cref="Analysis.Dispersion"/>.</summary>
    public double Dispersion { get; init; } = 1;

    /// <summary>Whose counts the canary's are compared with: stable's own, or those of the baseline.</summary>
    public Arm Against { get; init; }

    /// <summary>What the routers draw and count.</summary>
    public TrafficUnit Unit { get; init; }

    /// <summary>That in a sentence.</summary>
    internal string UnitWord => IsCountedElsewhere ? "unit" : Unit == TrafficUnit.Session ? "session" : "request";

    /// <summary>That in a word.</summary>
    internal string AgainstWord => Against == Arm.Baseline ? "baseline" : "stable";

    /// <summary>A metric source counts, and what its units are only its queries say.</summary>
    internal bool IsCountedElsewhere { get; init; }

    /// <summary>Said with each verdict: why it is an estimate. Null: it is none, or there is nothing to say beside.</summary>
    public string? Because { get; init; }

    /// <summary>K: the tests among which the false-alarm rate is shared. Thresholds and comparisons by ranks promise none, and those that decide nothing need none.</summary>
    public int Tests => Math.Max(1, Checks.Where(c => !c.DryRun).Sum(c => c.Kind switch { CheckKind.Errors or CheckKind.Counts => 1, CheckKind.Latency => 3, _ => 0 }));

    public static AnalysisSettings From(RolloutSpec rollout, TimeSpan requestTimeout) => new()
    {
        Checks = rollout.Checks,
        FalseAlarmRate = rollout.FalseAlarmRate,
        Tolerate = rollout.Tolerate,
        TolerateAbsolute = rollout.TolerateAbsolute,
        TolerateLatency = rollout.TolerateLatency,
        WarmUp = rollout.WarmUp,
        RequestTimeout = requestTimeout,
        Against = rollout.Baseline ? Arm.Baseline : Arm.Stable,
        Unit = rollout.Sticky is null ? TrafficUnit.Request : TrafficUnit.Session,
    };
}

/// <summary>One of the K tests that the checks come to.</summary>
/// <param name="Quantile">The quantile of the stable arm's latency that makes a request slow; null for errors.</param>
internal sealed record TestPlan(string Name, double? Quantile, double Acceptable, double Detectable, long MinUnits = 0, bool DryRun = false)
{
    /// <summary>
    /// Seconds with slow requests, or with requests that hang, before they are anybody's fault. An instance that is held up once, by its machine or its garbage collector, has many slow requests in one second and none
    /// after it; with few instances the draw of the requests does not even that out.
    /// </summary>
    public const int LeastSlowSeconds = 5;

    /// <summary>Seconds that must have had a bad unit before the test fails.</summary>
    public int LeastBadSeconds => Quantile is null ? 0 : LeastSlowSeconds;

    /// <summary>Those of the routers' counts: <c>errors</c> is one test, <c>latency</c> three; an override of acceptable for latency is that of p99.</summary>
    public static IReadOnlyList<TestPlan> Of(IReadOnlyList<CheckSpec> checks) => [.. checks.SelectMany(check => check.Kind switch
    {
        CheckKind.Errors => (IEnumerable<TestPlan>)[new("errors", null, check.Acceptable ?? 0.01, check.Detectable, check.MinRequests, check.DryRun)],
        CheckKind.Latency =>
        [
            new("latency p50", 0.50, 0.65, check.Detectable, check.MinRequests, check.DryRun),
            new("latency p95", 0.95, 0.10, check.Detectable, check.MinRequests, check.DryRun),
            new("latency p99", 0.99, check.Acceptable ?? 0.02, check.Detectable, check.MinRequests, check.DryRun),
        ],
        _ => [],
    })];
}
