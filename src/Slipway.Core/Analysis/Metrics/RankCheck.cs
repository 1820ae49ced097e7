using Slipway.Core.Analysis.MannWhitney;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Analysis.Metrics;

/// <summary>Metrics of both versions compared as Kayenta does, each time all values since the beginning. The last comparison counts, and one that failed stays.</summary>
public sealed class RankCheck(CheckSpec check) : IMeasuredCheck
{
    private readonly RankSpec spec = check.Ranks ?? throw new ArgumentException($"{check.Title} has no metrics.", nameof(check));
    private MannWhitneyResult? compared;
    private string? problem;
    private long? at, failedAt;

    public static string PartOf(string metric, bool canary) => $"{metric}/{(canary ? "canary" : "stable")}";

    public static MannWhitneySettings SettingsOf(RankSpec spec) =>
        new() { Confidence = spec.Confidence, Tolerance = spec.Tolerance, Pass = spec.Pass, Marginal = spec.Marginal, GroupWeights = spec.GroupWeights };

    public TracedMeasurement? Last => (at, problem, compared) switch
    {
        (null, _, _) => null,
        ({ } second, { } failure, _) => new(second, MeasurementOutcome.Error, null, failure, []),
        ({ } second, null, { } known) => new(second, OutcomeOf(known.Verdict), ScoreOf(known), known.Reason, known.Metrics),
        ({ } second, null, null) => new(second, MeasurementOutcome.Inconclusive, null, "nothing has been compared yet", []),
    };

    public bool IsOver => failedAt is not null;

    public void Fold(Measurement measurement)
    {
        at = measurement.At.ToUnixTimeSeconds();
        problem = measurement.Failed is { } failed ? $"the source failed for {failed.Name}: {failed.Failure}" : null;
        if (problem is not null)
        {
            return;
        }

        compared = MannWhitneyJudge.Judge(SettingsOf(spec), [.. spec.Metrics.Select(metric => new MannWhitneyMetric
        {
            Name = metric.Name,
            Canary = measurement.Find(PartOf(metric.Name, canary: true))?.Values ?? [],
            Stable = measurement.Find(PartOf(metric.Name, canary: false))?.Values ?? [],
            Groups = [metric.Group],
            Direction = metric.Direction,
            NanStrategy = metric.NanStrategy,
            IsCritical = metric.Critical,
            MustHaveData = metric.MustHaveData,
        })]);
        failedAt = compared.Verdict == Verdict.Failed ? at : null;
    }

    public CheckResult Result()
    {
        var (verdict, reason) = compared is { Verdict: Verdict.Failed } failed ? (Verdict.Failed, failed.Reason)
            : problem is not null ? (Verdict.Inconclusive, problem)
            : compared is { } known ? (known.Verdict, known.Reason)
            : (Verdict.Inconclusive, "nothing has been compared yet");
        return CheckResult.Of(check, verdict, reason) with
        {
            CanaryUnits = compared?.Metrics.Sum(m => m.CanaryCount) ?? 0,
            StableUnits = compared?.Metrics.Sum(m => m.StableCount) ?? 0,
            Measured = compared is null ? null : ScoreOf(compared),
            DecidedAt = verdict switch { Verdict.Failed => failedAt, Verdict.Passed => at, _ => null },
        };
    }

    /// <summary>Null while values are missing: a score in which they count as passed says nothing yet.</summary>
    private static double? ScoreOf(MannWhitneyResult known) =>
        known.Verdict == Verdict.Inconclusive && known.Metrics.Any(metric => metric is { Classification: MetricClassification.TooFew, IsMuted: false }) ? null : known.Score;

    private static MeasurementOutcome OutcomeOf(Verdict verdict) => verdict switch
    {
        Verdict.Passed => MeasurementOutcome.Passed,
        Verdict.Failed => MeasurementOutcome.Failed,
        _ => MeasurementOutcome.Inconclusive,
    };
}
