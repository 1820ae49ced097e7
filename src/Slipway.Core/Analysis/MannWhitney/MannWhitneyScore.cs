namespace Slipway.Core.Analysis.MannWhitney;

/// <summary>
/// What classified metrics come to, by Kayenta's rules: a group's score is the share of its metrics that pass among those with data, the whole the weighted sum of the groups. A critical failure, or
/// half of the metrics without data, makes it 0. The verdict is stricter than Kayenta's in one thing: what could not be judged is never a pass, and nothing at all is neither a pass nor a failure.
/// A metric with too few values is taken for one that passes: what fails all the same would fail whatever comes of it, and nothing passes before it has been judged.
/// </summary>
public static class MannWhitneyScore
{
    /// <summary>From this share of metrics without data on there is no score.</summary>
    private const double TooManyWithoutData = 0.5;

    /// <param name="metrics">Classified already; muted ones are passed on and not counted.</param>
    public static MannWhitneyResult Of(MannWhitneySettings settings, IReadOnlyList<MetricResult> metrics)
    {
        MetricResult[] counted = [.. metrics.Where(metric => !metric.IsMuted)];
        var groups = Groups(settings, counted);
        var (verdict, score, reason) = Decide(settings, counted, groups);
        return new(verdict, score, reason, groups, metrics);
    }

    private static (Verdict Verdict, double Score, string Reason) Decide(MannWhitneySettings settings, MetricResult[] counted, IReadOnlyList<GroupScore> groups)
    {
        if (counted.Length == 0)
        {
            return (Verdict.Inconclusive, 0, "there is no metric that counts");
        }

        if (Array.Find(counted, metric => metric.IsCriticalFailure) is { } critical)
        {
            return (Verdict.Failed, 0, critical.Reason);
        }

        var demanded = Array.Find(counted, metric => metric.Classification == MetricClassification.NodataFail);
        if (Array.TrueForAll(counted, metric => !metric.HasNumbers) && demanded is null)
        {
            var score = IsTooEmpty(counted) ? 0 : Sum(groups);
            return (Verdict.Inconclusive, score, $"no metric has values of both versions, so nothing could be judged: {counted[0].Reason}");
        }

        if (IsTooEmpty(counted))
        {
            var first = Array.Find(counted, metric => metric.Classification == MetricClassification.Nodata)!;
            return (Verdict.Failed, 0, $"{Count(counted, MetricClassification.Nodata)} of {counted.Length} metrics have no values: {first.Reason}");
        }

        return OfScore(settings, counted, Sum(groups));
    }

    private static (Verdict Verdict, double Score, string Reason) OfScore(MannWhitneySettings settings, MetricResult[] counted, double score)
    {
        var bad = Array.Find(counted, metric => metric.Classification is MetricClassification.High or MetricClassification.Low or MetricClassification.NodataFail);
        var because = bad is null ? "" : $": {bad.Reason}";
        if (score < settings.Marginal)
        {
            return (Verdict.Failed, score, $"score {score:0.##}, below {settings.Marginal:0.##}{because}");
        }

        if (Array.Find(counted, metric => metric.Classification is MetricClassification.Error or MetricClassification.TooFew) is { } unjudged)
        {
            return (Verdict.Inconclusive, score, unjudged.Reason);
        }

        return score < settings.Pass
            ? (Verdict.Inconclusive, score, $"score {score:0.##}, marginal: {settings.Pass:0.##} passes{because}")
            : (Verdict.Passed, score, $"score {score:0.##}, {settings.Pass:0.##} passes{(bad is null ? $": {Fewest(counted)}" : because)}");
    }

    /// <summary>What a pass rests on at least.</summary>
    private static string Fewest(MetricResult[] counted)
    {
        var fewest = counted.MinBy(metric => Math.Min(metric.CanaryCount, metric.StableCount))!;
        return counted.Length == 1 ? fewest.Values : $"at least {fewest.Values} ({fewest.Name})";
    }

    private static GroupScore[] Groups(MannWhitneySettings settings, MetricResult[] counted)
    {
        var groups = counted.SelectMany(metric => metric.Groups.Distinct(), (metric, group) => (Group: group, metric.Classification))
            .GroupBy(pair => pair.Group, pair => pair.Classification, StringComparer.Ordinal)
            .ToArray();
        var unnamed = groups.Count(group => !settings.GroupWeights.ContainsKey(group.Key));
        var share = unnamed == 0 ? 0 : (100 - settings.GroupWeights.Values.Sum()) / unnamed;
        return [.. groups.Select(group => new GroupScore(group.Key, ScoreOf([.. group]), settings.GroupWeights.TryGetValue(group.Key, out var weight) ? weight : share))];
    }

    private static double? ScoreOf(MetricClassification[] classifications)
    {
        var passed = classifications.Count(classification => classification is MetricClassification.Pass or MetricClassification.TooFew);
        var known = classifications.Count(classification => classification is not (MetricClassification.Nodata or MetricClassification.Error));
        return known == 0 ? null : 100.0 * passed / known;
    }

    // In decimals, so that a half is rounded as it is written.
    private static double Sum(IReadOnlyList<GroupScore> groups) =>
        (double)decimal.Round((decimal)groups.Sum(group => (group.Score ?? 100) * group.Weight / 100), 2, MidpointRounding.AwayFromZero);

    private static bool IsTooEmpty(MetricResult[] counted) => Count(counted, MetricClassification.Nodata) >= TooManyWithoutData * counted.Length;

    private static int Count(MetricResult[] counted, MetricClassification classification) => counted.Count(metric => metric.Classification == classification);
}
