namespace Slipway.Core.Analysis.MannWhitney;

/// <summary>How far the canary's values lie above the stable version's.</summary>
/// <param name="Low">Lower end of the confidence interval of the shift.</param>
/// <param name="High">Upper end.</param>
/// <param name="Estimate">The Hodges-Lehmann estimate: the median of all differences of a canary's and a stable value, or a point between the two differences next to it.</param>
public sealed record ShiftInterval(double Low, double High, double Estimate);

/// <summary>
/// The Mann-Whitney (Wilcoxon rank-sum) test of two sets of values, with its confidence interval of the shift between them, by the normal approximation with corrections for
/// continuity and ties. Sorted copies are held; the m·n differences are never formed, so that thousands of values take milliseconds: O((m + n)·log(m + n)) time once, O(m + n) for each shift
/// tried, O(m + n) memory.
/// </summary>
/// <remarks>
/// Mann and Whitney, Annals of Mathematical Statistics 18 (1947); the interval: Bauer, Constructing confidence sets using rank statistics, JASA 67 (1972); the estimate: Hodges and Lehmann,
/// Annals of Mathematical Statistics 34 (1963). It is what R computes with <c>wilcox.test(canary, stable, conf.int = TRUE, exact = FALSE)</c>.
/// </remarks>
public sealed class RankTest
{
    /// <summary>Values farther from zero than this are refused: their sums and differences would leave the range of numbers.</summary>
    public const double Farthest = 1e300;

    private readonly double[] canary;
    private readonly double[] stable;

    /// <param name="canary">m values, at least one, none beyond <see cref="Farthest"/> nor NaN; so are the n of <paramref name="stable"/>.</param>
    public RankTest(IReadOnlyList<double> canary, IReadOnlyList<double> stable)
    {
        this.canary = Sorted(canary, nameof(canary));
        this.stable = Sorted(stable, nameof(stable));
        U = RanksAt(0).Sum - ((double)this.canary.Length * (this.canary.Length + 1) / 2);
    }

    /// <summary>How many of the m·n pairs have the greater value on the canary's side; a tie counts a half.</summary>
    public double U { get; }

    /// <summary>U/(m·n), the common language effect size: how probable it is that a canary's value is the greater one. ½: neither.</summary>
    /// <remarks>Vargha and Delaney, Journal of Educational and Behavioral Statistics 25 (2000).</remarks>
    public double CommonLanguageEffect => U / ((double)canary.Length * stable.Length);

    /// <summary>
    /// The least number of values of each version of which any shift can be certain: with k of both the clearest order of all, no value of one below any of the other, comes about by chance in 2 of the C(2k, k) orders
    /// (both sides), and that must not be more than 1 − confidence. 5 at 98 %, 4 at 95 %. Fewer are compared by the normal approximation all the same, and what it says of them is worth nothing.
    /// </summary>
    /// <param name="confidence">In (0, 1).</param>
    public static int LeastValues(double confidence)
    {
        // 1 − 0.9 is a little less than 0.1.
        var rare = (1 - confidence) * (1 + 1e-9);
        var (values, orders) = (1, 2.0);
        while (2 / orders > rare)
        {
            values++;
            orders *= 2 * ((2 * values) - 1.0) / values;
        }

        return values;
    }

    /// <summary>The smallest of all differences.</summary>
    public double LeastShift => canary[0] - stable[^1];

    /// <summary>The greatest of all differences.</summary>
    public double GreatestShift => canary[^1] - stable[0];

    /// <summary>
    /// The standardised statistic of the hypothesis that the canary's values are the stable version's plus <paramref name="shift"/>:
    /// z = (U_shift − mn/2 − ½·sign)/σ, σ² = mn/12·(m + n + 1 − Σ(t³ − t)/((m + n)(m + n − 1))) over the sizes t of the ties.
    /// Great: the canary's values lie higher than that. It falls with the shift, in steps. 0 where all values are tied: nothing speaks against the hypothesis.
    /// </summary>
    public double Statistic(double shift = 0)
    {
        if (!double.IsFinite(shift))
        {
            throw new ArgumentOutOfRangeException(nameof(shift), shift, "A shift is a finite number.");
        }

        double m = canary.Length, n = stable.Length;
        var (sum, ties) = RanksAt(shift);
        var distance = sum - (m * (m + 1) / 2) - (m * n / 2);
        var deviation = Math.Sqrt(m * n / 12 * (m + n + 1 - (ties / ((m + n) * (m + n - 1)))));
        return deviation == 0 ? 0 : (distance - (Math.Sign(distance) * 0.5)) / deviation;
    }

    /// <summary>
    /// The shifts that a two-sided test at this confidence does not reject, and the shift that it rejects least. Each end is within 0.0001 of the exact one; where the values
    /// are too few for the confidence, it is the least or the greatest difference.
    /// </summary>
    /// <param name="confidence">In (0, 1).</param>
    public ShiftInterval Interval(double confidence)
    {
        if (!(confidence is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "A confidence lies between 0 and 1.");
        }

        var quantile = NormalQuantile.At((1 - confidence) / 2);
        return new(ShiftAt(-quantile), ShiftAt(quantile), ShiftAt(0));
    }

    private double ShiftAt(double quantile)
    {
        double Excess(double shift) => Statistic(shift) - quantile;
        return Excess(LeastShift) <= 0 ? LeastShift
            : Excess(GreatestShift) >= 0 ? GreatestShift
            : RootFinder.Solve(Excess, LeastShift, GreatestShift);
    }

    // The sum of the canary's ranks among all values, the canary's less the shift, with middle ranks for ties; and Σ(t³ − t).
    private (double Sum, double Ties) RanksAt(double shift)
    {
        double sum = 0, ties = 0, before = 0;
        int i = 0, j = 0;
        while (i < canary.Length || j < stable.Length)
        {
            var value = j == stable.Length || (i < canary.Length && canary[i] - shift <= stable[j]) ? canary[i] - shift : stable[j];
            int ofCanary = i, ofStable = j;
            while (i < canary.Length && canary[i] - shift == value)
            {
                i++;
            }

            while (j < stable.Length && stable[j] == value)
            {
                j++;
            }

            double size = i - ofCanary + j - ofStable;
            sum += (i - ofCanary) * (before + ((size + 1) / 2));
            ties += (size * size * size) - size;
            before += size;
        }

        return (sum, ties);
    }

    private static double[] Sorted(IReadOnlyList<double> values, string name)
    {
        if (values.Count == 0 || !values.All(value => Math.Abs(value) <= Farthest))
        {
            throw new ArgumentException("A rank test takes finite values, at least one on each side.", name);
        }

        double[] sorted = [.. values];
        Array.Sort(sorted);
        return sorted;
    }
}
