namespace Slipway.Core.Analysis.MannWhitney;

/// <summary>What is done with values that lie far from the others of their version.</summary>
public enum OutlierStrategy
{
    Keep,

    /// <summary>Those beyond <see cref="Fences.Wide"/> are left out: what Kayenta's judge calls <c>remove</c>.</summary>
    WideFences,

    /// <summary>Those beyond <see cref="Fences.Quartiles"/> are left out.</summary>
    Quartiles,

    /// <summary>Those beyond <see cref="Fences.Deviations"/> are left out.</summary>
    Deviations,
}

/// <summary>A value below <paramref name="Low"/> or above <paramref name="High"/> is an outlier. Of no values the fences are NaN, and nothing lies beyond them.</summary>
public readonly record struct Fences(double Low, double High)
{
    /// <summary>The quartiles, widened on both sides by <paramref name="factor"/> times the distance between them (Tukey, Exploratory Data Analysis, 1977).</summary>
    public static Fences Quartiles(IReadOnlyList<double> values, double factor)
    {
        var sorted = Sorted(values);
        double first = Quantile(sorted, 0.25), third = Quantile(sorted, 0.75);
        return new(first - (factor * (third - first)), third + (factor * (third - first)));
    }

    /// <summary>As <see cref="Quartiles"/>, but never inside the 1st and 99th percentile.</summary>
    public static Fences Wide(IReadOnlyList<double> values, double factor)
    {
        var sorted = Sorted(values);
        var narrow = Quartiles(values, factor);
        return new(Math.Min(Quantile(sorted, 0.01), narrow.Low), Math.Max(Quantile(sorted, 0.99), narrow.High));
    }

    /// <summary><paramref name="factor"/> standard deviations (of these values, not of a population that they were drawn from) on both sides of the mean.</summary>
    public static Fences Deviations(IReadOnlyList<double> values, double factor)
    {
        var mean = Effect.Mean(values);
        var deviation = values.Count == 0 ? double.NaN : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / values.Count);
        return new(mean - (factor * deviation), mean + (factor * deviation));
    }

    public bool IsBeyond(double value) => value < Low || value > High;

    private static double[] Sorted(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted);
        return sorted;
    }

    // Linear between the two values next to (n − 1)·p: type 7 of Hyndman and Fan, Sample quantiles in statistical packages (1996).
    private static double Quantile(double[] sorted, double probability)
    {
        if (sorted.Length == 0)
        {
            return double.NaN;
        }

        var at = (sorted.Length - 1) * probability;
        var below = (int)at;
        return below + 1 < sorted.Length ? sorted[below] + ((at - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }
}
