namespace Slipway.Core.Analysis.MannWhitney;

/// <summary>Which values are compared, and what the comparison says of one metric.</summary>
internal static class MetricClassifier
{
    public static MetricResult Classify(MannWhitneySettings settings, MannWhitneyMetric metric)
    {
        double[] canary = Cleaned(metric.Canary, metric), stable = Cleaned(metric.Stable, metric);
        var shown = new MetricResult
        {
            Name = metric.Name,
            Classification = MetricClassification.Pass,
            Reason = "",
            Groups = metric.Groups,
            IsMuted = metric.IsMuted,
            HasNumbers = HasNumber(metric.Canary) && HasNumber(metric.Stable),
            CanaryCount = canary.Length,
            StableCount = stable.Length,
        };
        if (canary.Length == 0 || stable.Length == 0)
        {
            return WithoutData(metric, shown);
        }

        if (canary.Concat(stable).FirstOrDefault(value => !(Math.Abs(value) <= RankTest.Farthest)) is var wild and not 0)
        {
            return shown with { Classification = MetricClassification.Error, Reason = $"{metric.Name}: a value is {wild:G4}, which cannot be compared" };
        }

        shown = shown with { CanaryMean = Effect.Mean(canary), StableMean = Effect.Mean(stable) };

        // Kayenta compares a few values all the same. Their ranks say which are greater and nothing of how sure that is.
        if (metric.Comparison == MetricComparison.Ranks && RankTest.LeastValues(settings.Confidence) is var least && Math.Min(canary.Length, stable.Length) < least)
        {
            return shown with
            {
                Classification = MetricClassification.TooFew,
                Reason = $"{metric.Name}: {shown.Values} are too few to be {settings.Confidence * 100:0.###} % sure of anything; waits for {least} of each",
            };
        }

        if (AreAlike(canary, stable))
        {
            return shown with { Reason = $"{metric.Name}: both versions have the same values ({shown.Values})" };
        }

        return metric.Comparison == MetricComparison.Ranks ? ByRanks(settings, metric, canary, stable, shown) : ByMeans(metric, shown);
    }

    private static MetricResult WithoutData(MannWhitneyMetric metric, MetricResult shown)
    {
        var missing = (shown.CanaryCount, shown.StableCount) switch
        {
            (0, 0) => "either version",
            (0, _) => "the canary",
            _ => "the stable version",
        };
        if (metric.NanStrategy == NanStrategy.Replace)
        {
            return shown with { Reason = $"{metric.Name}: no values of {missing}, which is taken as nothing having happened" };
        }

        return shown with
        {
            Classification = metric is { MustHaveData: true, IsCritical: false } ? MetricClassification.NodataFail : MetricClassification.Nodata,
            IsCriticalFailure = metric.IsCritical,
            Reason = $"{metric.Name}: no values of {missing}{(metric.MustHaveData ? ", and there must be some" : "")}",
        };
    }

    // High: even the least shift that is credible is above the tolerated part of the likely one; Low the same way down.
    private static MetricResult ByRanks(MannWhitneySettings settings, MannWhitneyMetric metric, double[] canary, double[] stable, MetricResult shown)
    {
        var test = new RankTest(canary, stable);
        var shift = test.Interval(settings.Confidence);
        var tolerated = settings.Tolerance * Math.Abs(shift.Estimate);
        var ratio = Effect.MeanRatio(shown.CanaryMean!.Value, shown.StableMean!.Value);
        var effect = metric.Effect.Measure == EffectMeasure.MeanRatio ? ratio : test.CommonLanguageEffect;

        // An effect that is not known is taken as great enough.
        bool IsAtLeast(double? limit) => effect is null || effect >= (limit ?? metric.Effect.NoEffect);
        bool IsAtMost(double? limit) => effect is null || effect <= (limit ?? metric.Effect.NoEffect);
        var isHigh = metric.Direction != MetricDirection.Decrease && shift.Low > tolerated && IsAtLeast(metric.Effect.AllowedIncrease);
        var isLow = metric.Direction != MetricDirection.Increase && shift.High < -tolerated && IsAtMost(metric.Effect.AllowedDecrease);
        var isCritical = metric.IsCritical && ((isHigh && IsAtLeast(metric.Effect.CriticalIncrease)) || (isLow && IsAtMost(metric.Effect.CriticalDecrease)));
        return Worded(metric, shown, isHigh, isLow, isCritical, $", shift {shift.Estimate:G4} ({shift.Low:G4} to {shift.High:G4} at {settings.Confidence * 100:0.###} %)") with
        {
            Deviation = ratio,
            EffectSize = effect,
            Shift = shift,
        };
    }

    private static MetricResult ByMeans(MannWhitneyMetric metric, MetricResult shown)
    {
        var isHigh = metric.Direction != MetricDirection.Decrease && shown.CanaryMean > shown.StableMean;
        var isLow = metric.Direction != MetricDirection.Increase && shown.CanaryMean < shown.StableMean;
        return Worded(metric, shown, isHigh, isLow, metric.IsCritical && (isHigh || isLow), "") with
        {
            Deviation = isHigh || isLow ? Effect.MeanRatio(shown.CanaryMean!.Value, shown.StableMean!.Value) : 1,
        };
    }

    private static MetricResult Worded(MannWhitneyMetric metric, MetricResult shown, bool isHigh, bool isLow, bool isCritical, string shift)
    {
        var what = isHigh ? "higher" : isLow ? "lower" : "no difference that counts";
        return shown with
        {
            Classification = isHigh ? MetricClassification.High : isLow ? MetricClassification.Low : MetricClassification.Pass,
            IsCriticalFailure = isCritical,
            Reason = $"{metric.Name}: {what}{(isCritical ? " (critical)" : "")}: canary's mean {shown.CanaryMean:G4} ({shown.CanaryCount} values), stable's {shown.StableMean:G4} ({shown.StableCount}){shift}",
        };
    }

    private static double[] Cleaned(IReadOnlyList<double> values, MannWhitneyMetric metric)
    {
        double[] numbers = metric.NanStrategy == NanStrategy.Remove
            ? [.. values.Where(value => !double.IsNaN(value))]
            : [.. values.Select(value => double.IsNaN(value) ? 0 : value)];
        Fences? fences = metric.Outliers switch
        {
            OutlierStrategy.WideFences => Fences.Wide(numbers, metric.OutlierFactor),
            OutlierStrategy.Quartiles => Fences.Quartiles(numbers, metric.OutlierFactor),
            OutlierStrategy.Deviations => Fences.Deviations(numbers, metric.OutlierFactor),
            _ => null,
        };
        return fences is { } drawn ? [.. numbers.Where(value => !drawn.IsBeyond(value))] : numbers;
    }

    private static bool HasNumber(IReadOnlyList<double> values) => values.Any(value => !double.IsNaN(value));

    // The same values in whatever order, or one value alone however often on each side.
    private static bool AreAlike(double[] canary, double[] stable)
    {
        var first = canary[0];
        return canary.Order().SequenceEqual(stable.Order()) || (Array.TrueForAll(canary, value => value == first) && Array.TrueForAll(stable, value => value == first));
    }
}
