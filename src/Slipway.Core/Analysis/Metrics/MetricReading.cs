namespace Slipway.Core.Analysis.Metrics;

/// <summary>A number of one moment.</summary>
public readonly record struct MetricPoint(DateTimeOffset At, double Value);

/// <summary>What an answer of a metric source says. A number in it is finite and of the time that was asked for.</summary>
public abstract record MetricReading
{
    private MetricReading()
    {
    }

    public sealed record One(double Value) : MetricReading;

    /// <param name="Points">In the order of time, at least one.</param>
    public sealed record Many(IReadOnlyList<MetricPoint> Points) : MetricReading;

    /// <summary>The source answered well, and has no number to tell.</summary>
    /// <param name="Why">What came instead, and what to do.</param>
    public sealed record None(string Why) : MetricReading;

    /// <summary>The answer is none to this question.</summary>
    /// <param name="Why">What came instead, and what to do.</param>
    public sealed record Wrong(string Why) : MetricReading;
}

/// <summary>Looks whether numbers may be relied on: what is no number, or of another time, is not.</summary>
public static class MetricSoundness
{
    /// <summary>How many steps old a value may be.</summary>
    public const int StepsToStale = 2;

    /// <param name="at">When it was so; null: the source does not say.</param>
    /// <param name="asked">The moment that was asked for.</param>
    public static MetricReading One(double value, DateTimeOffset? at, DateTimeOffset asked, TimeSpan step) =>
        Unusable(value) is { } unusable ? new MetricReading.None($"The value is {unusable}.")
        : at is { } old && old < asked - (StepsToStale * step) ? Stale(old, asked, step)
        : at is { } early && early > asked + (StepsToStale * step) ? new MetricReading.Wrong($"The value is of {Time(early)}, which is after {Time(asked)}. Are the clocks of the two machines apart?")
        : new MetricReading.One(value);

    public static MetricReading Many(IReadOnlyList<MetricPoint> points, DateTimeOffset from, DateTimeOffset to, TimeSpan step)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.Count == 0)
        {
            return new MetricReading.None("There is no value in the window.");
        }

        for (var i = 0; i < points.Count; i++)
        {
            if (Unusable(points[i].Value) is { } unusable)
            {
                return new MetricReading.None($"{Count(points)} {points.Count} values cannot be used; the first is of {Time(points[i].At)}, and is {unusable}.");
            }

            // Sources round times to the millisecond.
            if (points[i].At < from.AddMilliseconds(-1) || points[i].At > to.AddMilliseconds(1))
            {
                return new MetricReading.Wrong($"A value is of {Time(points[i].At)}, which is outside of the window from {Time(from)} to {Time(to)}.");
            }

            if (i > 0 && points[i].At <= points[i - 1].At)
            {
                return new MetricReading.Wrong($"The values are not in the order of time: {Time(points[i].At)} comes behind {Time(points[i - 1].At)}.");
            }
        }

        return points[^1].At < to - (StepsToStale * step) ? Stale(points[^1].At, to, step) : new MetricReading.Many(points);
    }

    private static MetricReading.None Stale(DateTimeOffset at, DateTimeOffset asked, TimeSpan step) => new(
        $"The newest value is of {Time(at)}, more than two steps of {MetricQuery.Duration(step)} before {Time(asked)}. Ask with a longer step, or look why no newer ones come.");

    private static string Count(IReadOnlyList<MetricPoint> points) => $"{points.Count(p => Unusable(p.Value) is not null)} of";

    private static string? Unusable(double value) =>
        double.IsNaN(value) ? "NaN, no number: often nothing divided by nothing. Ask so that nothing comes where there is nothing, such as with `… > 0` behind what is divided by"
        : double.IsInfinity(value) ? $"{(value > 0 ? "+" : "-")}Inf, no finite number: often something divided by nothing, or a counter beyond what it can hold"
        : null;

    internal static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.FFF 'UTC'", System.Globalization.CultureInfo.InvariantCulture);
}
