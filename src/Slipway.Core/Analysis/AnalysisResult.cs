using Slipway.Core.Rollouts;
using Slipway.Core.Traffic;

namespace Slipway.Core.Analysis;

public enum Verdict { Passed, Failed, Inconclusive }

/// <summary>Whether the false-alarm rate is a theorem about the router's own draw, or rests on an estimate.</summary>
public enum Guarantee { Guaranteed, Estimated }

/// <summary>What the judge says now. It may be asked after every second; Passed means "may go on if the step ends now".</summary>
/// <param name="DecidedAt">The second that decided: of the failure, or the last one judged for a pass; null while inconclusive.</param>
/// <param name="Reason">One sentence: the check that decides, or what is missing.</param>
public sealed record AnalysisResult(Verdict Verdict, Guarantee Guarantee, long? DecidedAt, string Reason, IReadOnlyList<CheckResult> Checks);

/// <summary>What one test saw and says.</summary>
public sealed record CheckResult
{
    /// <summary><c>errors</c>, <c>latency p50</c>, <c>latency p95</c>, <c>latency p99</c>, or a measured check's name.</summary>
    public required string Name { get; init; }
    public required Verdict Verdict { get; init; }

    /// <summary>The verdict in words, with its numbers.</summary>
    public required string Reason { get; init; }
    /// <summary>What its false-alarm rate rests on.</summary>
    public Guarantee Guarantee { get; init; }

    /// <summary>Shown only: it decides nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Nothing has come to the new version; else, where nothing is said of it, something else is missing.</summary>
    public bool NoTraffic { get; init; }

    /// <summary>The last number of a threshold, or the score of a comparison by ranks; null: others, or there is none.</summary>
    public double? Measured { get; init; }

    public required double CanaryUnits { get; init; }
    public required double CanaryBad { get; init; }
    public required double StableUnits { get; init; }
    public required double StableBad { get; init; }

    /// <summary>Whose counts the stable ones are.</summary>
    public Arm Against { get; init; }

    /// <summary>The most likely ratio of the bad rates; null when not known.</summary>
    public double? Ratio { get; init; }

    /// <summary>Lower end of the ratio's confidence sequence.</summary>
    public double RatioLow { get; init; }

    /// <summary>Upper end; null: no bound yet.</summary>
    public double? RatioHigh { get; init; }

    /// <summary>E; at most the greatest double.</summary>
    public required double Evidence { get; init; }
    public required double Log10Evidence { get; init; }

    /// <summary>K/α: E that makes a failure.</summary>
    public required double Limit { get; init; }

    /// <summary>A request slower than this is bad for this test; null for errors and while it is not fixed.</summary>
    public double? ThresholdMicros { get; init; }

    /// <summary>What is told is of warm-ups alone, and of the limit that is in force there: <see cref="WarmUp"/>.</summary>
    public bool IsOfWarmUps { get; init; }
    public long? DecidedAt { get; init; }

    /// <summary>It passes when the canary's own bad rate is surely below this; null: it has no such rule.</summary>
    public double? Acceptable { get; init; }

    /// <summary>It passes when the ratio is surely below (1 + <see cref="Tolerate"/>)·(1 + this); null: it has no such rule.</summary>
    public double? Detectable { get; init; }

    /// <summary>A ratio up to 1 + this is tolerated; null: it compares no rates.</summary>
    public double? Tolerate { get; init; }

    /// <summary>What a test of rates says, and the rules that it says it by; what only its kind of test knows is added to it.</summary>
    /// <param name="limit">K/α of the test.</param>
    /// <param name="logEvidence">ln E.</param>
    internal static CheckResult Of(
        TestPlan plan, AnalysisSettings settings, Verdict verdict, string reason,
        (double Units, double Bad) canary, (double Units, double Bad) stable, double limit, double logEvidence) => new()
    {
        Name = plan.Name,
        Verdict = verdict,
        Reason = $"{plan.Name}: {reason}",
        DryRun = plan.DryRun,
        CanaryUnits = canary.Units,
        CanaryBad = canary.Bad,
        StableUnits = stable.Units,
        StableBad = stable.Bad,
        Against = settings.Against,
        Evidence = Math.Min(double.MaxValue, Math.Exp(logEvidence)),
        Log10Evidence = logEvidence / Math.Log(10),
        Limit = limit,
        Acceptable = plan.Acceptable,
        Detectable = plan.Detectable,
        Tolerate = settings.Tolerate,
    };

    /// <summary>What a check says that looks at numbers and compares no rates: it gathers no evidence.</summary>
    internal static CheckResult Of(CheckSpec check, Verdict verdict, string reason) => new()
    {
        Name = check.Title,
        Verdict = verdict,
        Reason = $"{check.Title}: {reason}",
        Guarantee = Guarantee.Estimated,
        DryRun = check.DryRun,
        CanaryUnits = 0,
        CanaryBad = 0,
        StableUnits = 0,
        StableBad = 0,
        Evidence = 0,
        Log10Evidence = 0,
        Limit = 1,
    };
}
