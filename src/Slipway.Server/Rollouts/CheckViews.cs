using Slipway.Client.Api;
using Slipway.Core.Analysis;
using Slipway.Core.Kernel;
using Slipway.Core.Rollouts;
using Slipway.Engine.Analysis;

namespace Slipway.Server.Rollouts;

/// <summary>Tests and their histories as the API shows them.</summary>
internal static class CheckViews
{
    public static CheckHistoryView Of(CheckTrace trace, RolloutSpec spec)
    {
        var declared = spec.Checks.FirstOrDefault(check => check.Kind == trace.Kind && (!check.IsMeasured || check.Title == trace.Result.Name));
        var said = Of(JudgeAnswers.Of(trace.Result));
        return new CheckHistoryView
        {
            Name = said.Name,
            Kind = KindOf(trace.Kind),
            Verdict = said.Verdict,
            Guarantee = said.Guarantee,
            DryRun = said.DryRun,
            NoTraffic = said.NoTraffic,
            Measured = said.Measured,
            DecidedAt = said.DecidedAt,
            Text = said.Text,
            CanaryUnits = said.CanaryUnits,
            CanaryBad = said.CanaryBad,
            StableUnits = said.StableUnits,
            StableBad = said.StableBad,
            Against = said.Against,
            Ratio = said.Ratio,
            RatioLow = said.RatioLow,
            RatioHigh = said.RatioHigh,
            LogEvidence = said.LogEvidence,
            LogLimit = said.LogLimit,
            ThresholdMillis = said.ThresholdMillis,
            Tolerate = trace.Result.Tolerate,
            Acceptable = trace.Result.Acceptable,
            Detectable = trace.Result.Detectable,
            PassIf = declared?.Threshold?.Pass,
            FailIf = declared?.Threshold?.Fail,
            PassScore = declared?.Ranks?.Pass,
            MarginalScore = declared?.Ranks?.Marginal,
            Points = [.. trace.Points.Select(PointOf)],
            Measurements = [.. trace.Measurements.Select(MeasurementOf)],
            Watch = trace.Watch is { } watch ? WatchOf(watch) : null,
        };
    }

    public static CheckView Of(CheckAnswer c) => new()
    {
        Name = c.Name,
        Verdict = RolloutViews.VerdictOf(c.Verdict),
        Guarantee = RolloutViews.GuaranteeOf(c.Guaranteed),
        DryRun = c.DryRun,
        NoTraffic = c.NoTraffic,
        Measured = c.Measured,
        DecidedAt = c.DecidedAt,
        Text = c.Text,
        CanaryUnits = c.CanaryUnits,
        CanaryBad = c.CanaryBad,
        StableUnits = c.StableUnits,
        StableBad = c.StableBad,
        Against = JsonWords.Of(c.Against),
        Ratio = c.Ratio,
        RatioLow = c.RatioLow,
        RatioHigh = c.RatioHigh,
        LogEvidence = c.LogEvidence,
        LogLimit = c.LogLimit,
        ThresholdMillis = c.ThresholdMillis,
    };

    public static JudgementView JudgementOf(JudgeAnswer answer, RolloutSpec spec) => new()
    {
        Verdict = RolloutViews.VerdictOf(answer.Verdict),
        Reason = answer.Reason,
        Guarantee = RolloutViews.GuaranteeOf(answer.Guaranteed),
        DecidedAt = answer.DecidedAt,
        Tolerate = spec.Tolerate,
        TolerateAbsolute = spec.TolerateAbsolute,
        TolerateLatencyMillis = spec.TolerateLatency.TotalMilliseconds,
        WarmUpSeconds = spec.WarmUp.TotalSeconds,
        FalseAlarmRate = spec.FalseAlarmRate,
        Checks = [.. answer.Checks.Select(Of)],
    };

    private static WatchHistoryView WatchOf(WatchTrace watch)
    {
        var said = JudgeAnswers.Of(watch.Result);
        return new()
        {
            Verdict = RolloutViews.VerdictOf(said.Verdict),
            Text = said.Text,
            DecidedAt = said.DecidedAt,
            StableUnits = watch.Result.StableUnits,
            StableBad = watch.Result.StableBad,
            StableUpper = watch.StableUpper,
            LittleKnown = watch.IsLittleKnown,
            Tolerated = watch.Tolerated,
            LogLimit = said.LogLimit,
            Points = [.. watch.Points.Select(point => new WatchPointView
            {
                At = DateTimeOffset.FromUnixTimeSeconds(point.Second),
                Units = point.Units,
                Bad = point.Bad,
                Rate = point.TotalUnits > 0 ? point.TotalBad / point.TotalUnits : null,
                LogEvidence = Finite(point.Log10Evidence) ?? 0,
            })],
        };
    }

    private static CheckPoint PointOf(TracePoint point) => new()
    {
        At = DateTimeOffset.FromUnixTimeSeconds(point.Second),
        CanaryUnits = point.Stretch.CanaryUnits,
        CanaryBad = point.Stretch.CanaryBad,
        StableUnits = point.Stretch.StableUnits,
        StableBad = point.Stretch.StableBad,
        CanaryRate = Finite(point.Total.CanaryRate),
        StableRate = Finite(point.Total.StableRate),
        LogEvidence = Finite(point.Log10Evidence) ?? 0,
        Ratio = point.Ratio.Ratio,
        RatioLow = point.Ratio.Low,
        RatioHigh = point.Ratio.High,
    };

    private static MeasurementView MeasurementOf(TracedMeasurement measurement) => new()
    {
        At = DateTimeOffset.FromUnixTimeSeconds(measurement.Second),
        Outcome = measurement.Outcome switch
        {
            MeasurementOutcome.Passed => MeasurementOutcomeView.Passed,
            MeasurementOutcome.Failed => MeasurementOutcomeView.Failed,
            MeasurementOutcome.Error => MeasurementOutcomeView.Error,
            _ => MeasurementOutcomeView.Inconclusive,
        },
        Value = measurement.Number is { } number ? Finite(number) : null,
        Text = measurement.Words,
        Metrics = [.. measurement.Metrics.Select(metric => new MetricShown(metric.Name, JsonWords.Of(metric.Classification), metric.Reason))],
    };

    private static CheckKindView KindOf(CheckKind kind) => kind switch
    {
        CheckKind.Errors => CheckKindView.Errors,
        CheckKind.Latency => CheckKindView.Latency,
        CheckKind.Counts => CheckKindView.Counts,
        CheckKind.Threshold => CheckKindView.Threshold,
        CheckKind.MannWhitney => CheckKindView.MannWhitney,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "An unknown kind of check."),
    };

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
