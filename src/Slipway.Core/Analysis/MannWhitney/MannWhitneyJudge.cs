namespace Slipway.Core.Analysis.MannWhitney;

/// <summary>
/// A judge that decides as Spinnaker's Kayenta does (its judge <c>NetflixACAJudge-v1.0</c>), for teams whose metrics and limits are tuned to it: each metric of the canary is compared with the stable
/// version's by a <see cref="RankTest"/>, classified, and the classifications make a score. Each look is a test made for one look: asked again and again it blames
/// an equal version more and more often, unlike <see cref="SequentialTest"/>.
/// </summary>
/// <remarks>
/// As published, a few values are enough for a verdict: sets that do not overlap are told apart at two values each, sets that overlap pass. Here a metric with fewer than <see cref="RankTest.LeastValues"/>
/// of either version is <see cref="MetricClassification.TooFew"/>, and the verdict waits for more. Kayenta's documentation asks for at least fifty.
/// Kayenta adds small noise to a metric that has one value on each side all the time; here its interval is that one difference, so that the same input has the same answer.
/// </remarks>
public static class MannWhitneyJudge
{
    /// <exception cref="ArgumentException">What is asked for makes no sense: all of <see cref="Problems"/>.</exception>
    public static MannWhitneyResult Judge(MannWhitneySettings settings, IReadOnlyList<MannWhitneyMetric> metrics) =>
        Problems(settings, metrics) is { Count: > 0 } problems
            ? throw new ArgumentException(string.Join(" ", problems), nameof(settings))
            : MannWhitneyScore.Of(settings, [.. metrics.Select(metric => MetricClassifier.Classify(settings, metric))]);

    /// <summary>Everything that is wrong with what is asked for, one sentence each; bad values of a metric are no problem here but an <see cref="MetricClassification.Error"/>.</summary>
    public static IReadOnlyList<string> Problems(MannWhitneySettings settings, IReadOnlyList<MannWhitneyMetric> metrics) =>
        [.. OfLimits(settings), .. metrics.SelectMany(OfMetric), .. OfNames(metrics), .. OfWeights(settings, metrics)];

    private static IEnumerable<string> OfLimits(MannWhitneySettings settings)
    {
        if (!(settings.Confidence is > 0 and < 1))
        {
            yield return $"confidence: {settings.Confidence} does not lie between 0 and 1.";
        }

        if (!(settings.Tolerance >= 0 && double.IsFinite(settings.Tolerance)))
        {
            yield return $"tolerance: {settings.Tolerance} is not a number of at least 0.";
        }

        if (!(settings.Marginal >= 0 && settings.Marginal <= settings.Pass && settings.Pass <= 100))
        {
            yield return $"marginal {settings.Marginal} and pass {settings.Pass} are not scores with 0 ≤ marginal ≤ pass ≤ 100.";
        }
    }

    private static IEnumerable<string> OfMetric(MannWhitneyMetric metric)
    {
        if (metric.Groups.Count == 0)
        {
            yield return $"{metric.Name}: it belongs to no group, so it would not count.";
        }

        if (metric.Outliers != OutlierStrategy.Keep && !(metric.OutlierFactor > 0 && double.IsFinite(metric.OutlierFactor)))
        {
            yield return $"{metric.Name}: outlier factor {metric.OutlierFactor} is not a number above 0.";
        }

        double?[] limits = [metric.Effect.AllowedIncrease, metric.Effect.AllowedDecrease, metric.Effect.CriticalIncrease, metric.Effect.CriticalDecrease];
        if (limits.Any(limit => limit is { } known && !double.IsFinite(known)))
        {
            yield return $"{metric.Name}: a limit of the effect is not a number.";
        }

        if (metric.Effect.Measure == EffectMeasure.CommonLanguage && limits.Any(limit => limit is < 0 or > 1))
        {
            yield return $"{metric.Name}: a limit of the common language effect does not lie between 0 and 1.";
        }
    }

    private static IEnumerable<string> OfNames(IReadOnlyList<MannWhitneyMetric> metrics)
    {
        if (metrics.Any(metric => metric.Name.Length == 0))
        {
            yield return "A metric has no name.";
        }

        foreach (var name in metrics.GroupBy(metric => metric.Name, StringComparer.Ordinal).Where(same => same.Count() > 1))
        {
            yield return $"{name.Key}: there is more than one metric of this name.";
        }
    }

    // With weights that do not come to 100 over the groups there are, the score could never reach 100, or a group would count nothing.
    private static IEnumerable<string> OfWeights(MannWhitneySettings settings, IReadOnlyList<MannWhitneyMetric> metrics)
    {
        var weights = settings.GroupWeights;
        if (weights.Count == 0)
        {
            yield break;
        }

        foreach (var (group, weight) in weights.Where(weight => !(weight.Value is >= 0 and <= 100)))
        {
            yield return $"group {group}: its weight {weight} is not one of 0 to 100.";
        }

        var groups = metrics.Where(metric => !metric.IsMuted).SelectMany(metric => metric.Groups).ToHashSet(StringComparer.Ordinal);
        foreach (var group in weights.Keys.Where(group => !groups.Contains(group)))
        {
            yield return $"group {group}: it has a weight, but no metric that counts.";
        }

        var sum = weights.Values.Sum();
        var unnamed = groups.Where(group => !weights.ContainsKey(group)).Order(StringComparer.Ordinal).ToArray();
        if (unnamed.Length == 0 ? !(Math.Abs(sum - 100) < 1e-6) : !(sum < 100))
        {
            yield return unnamed.Length == 0
                ? $"The weights of the groups come to {sum:0.##}, not to 100."
                : $"The weights come to {sum:0.##} and leave nothing for {string.Join(", ", unnamed)}.";
        }
    }
}
