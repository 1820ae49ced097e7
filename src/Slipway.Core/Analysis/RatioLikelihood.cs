namespace Slipway.Core.Analysis;

/// <summary>An estimate of the ratio of the bad rates, canary over stable, with the ends of its interval. Null stands for "without bound" or "not known".</summary>
/// <param name="Ratio">The most likely ratio; null while there is no bad unit, and when the stable arm has none.</param>
/// <param name="Low">Lower end; 0 when nothing rules out zero.</param>
/// <param name="High">Upper end; null when nothing rules out any ratio.</param>
public readonly record struct RatioInterval(double? Ratio, double Low, double? High);

/// <summary>
/// The confidence sequence of the ratio of bad rates: the ratios r0, on a grid of 200 points from 1/146 to 146, that a test with 24 alternatives in r0·[1.22, 12.2] and
/// 24 in r0/[1.22, 12.2] does not reject at K/α. It covers a constant ratio at all times together with probability at least 1 − α/K, whatever weights and common rate do, because only
/// the split of each bin's bad units enters, at that bin's share.
/// </summary>
/// <remarks>
/// With F(x) = Σ (s_c·ln x − s·ln(ρ·x + 1 − ρ)) over the bins, the log likelihood ratio of r against r0 is F(r) − F(r0). So sums per distinct share are all that is kept; when
/// there are too many shares they are added into F on the grid itself, and the state stays bounded. No copies are restarted here: the interval speaks of the whole time.
/// </remarks>
public sealed class RatioLikelihood
{
    private const int Points = 200;
    private const int MostShares = 16;

    // Alternatives are points of the same grid, beginning four points (a factor of 1.22) from r0 and then two apart: F is needed at those points alone.
    private const int Nearest = 4;
    private const int PointsPerAlternative = 2;
    private const int Furthest = Nearest + (PointsPerAlternative * (RestartingMixture.Alternatives - 1));
    private static readonly double LogStep = Math.Log(10) / (RestartingMixture.Alternatives - 1) / PointsPerAlternative;
    private static readonly double LogFirst = -LogStep * (Points - 1) / 2;

    private readonly List<ShareSum> shares = [];
    private double[]? folded;
    private double canaryBad;
    private double allBad;

    private record struct ShareSum(double Share, double CanaryBad, double Bad);

    public RatioLikelihood Copy()
    {
        var copy = new RatioLikelihood { folded = (double[]?)folded?.Clone(), canaryBad = canaryBad, allBad = allBad };
        copy.shares.AddRange(shares);
        return copy;
    }

    /// <summary>Takes in the bad units of a bin that is sound.</summary>
    public void Add(double share, double canary, double stable)
    {
        var bad = canary + stable;
        if (bad <= 0 || share is not (> 0 and < 1))
        {
            return;
        }

        canaryBad += canary;
        allBad += bad;
        for (var i = shares.Count - 1; i >= 0; i--)
        {
            if (shares[i].Share == share)
            {
                shares[i] = new(share, shares[i].CanaryBad + canary, shares[i].Bad + bad);
                return;
            }
        }

        if (shares.Count == MostShares)
        {
            folded = LogLikelihoods();
            shares.Clear();
        }

        shares.Add(new(share, canary, bad));
    }

    /// <summary>The interval at the evidence limit K/α (e.g. 100 for one test at 0.01). Ends are rounded outwards to the grid.</summary>
    public RatioInterval Interval(double limit)
    {
        if (allBad <= 0)
        {
            return new(null, 0, null);
        }

        var f = LogLikelihoods();
        var threshold = Math.Log(limit * 2 * RestartingMixture.Alternatives);
        int first = -1, last = -1;
        for (var i = 0; i < Points; i++)
        {
            if (!IsRejected(f, i, limit, threshold))
            {
                first = first < 0 ? i : first;
                last = i;
            }
        }

        if (first < 0)
        {
            // Only a ratio beyond the grid rejects all of it: at its own best point no likelihood ratio exceeds 1.
            return PeakPoint(f) > Points / 2 ? new(Ratio(f), Value(Points - 1), null) : new(Ratio(f), 0, Value(0));
        }

        return new(Ratio(f), first == 0 ? 0 : Value(first - 1), last == Points - 1 ? null : Value(last + 1));
    }

    /// <summary>How many times as many bad units of the same kind it takes until the interval's upper end lies below a bound.</summary>
    /// <param name="bound">A ratio.</param>
    /// <param name="limit">As of <see cref="Interval"/>.</param>
    /// <param name="most">Where it stops looking.</param>
    /// <returns>1: it lies there already. Null: more than that, or never, since the ratio itself is not below it.</returns>
    public double? TimesFor(double bound, double limit, double most)
    {
        // An end is rounded outwards to the next point of the grid.
        var first = Enumerable.Range(0, Points).FirstOrDefault(point => Value(point) >= bound, Points) - 1;
        var f = LogLikelihoods();
        var threshold = Math.Log(limit * 2 * RestartingMixture.Alternatives);
        bool IsEnough(double times)
        {
            double[] more = [.. f.Select(log => log * times)];
            return Enumerable.Range(first, Points - first).All(point => IsRejected(more, point, limit, threshold));
        }

        if (allBad <= 0 || first is < 0 or >= Points - 1 || PeakPoint(f) >= first || !IsEnough(most))
        {
            return null;
        }

        // What is rejected stays rejected with more of the same.
        double low = 0, high = most;
        while (high - low > Math.Max(0.001, high / 100))
        {
            var middle = (low + high) / 2;
            (low, high) = IsEnough(middle) ? (low, middle) : (middle, high);
        }

        return Math.Max(1, high);
    }

    private static double Value(int point) => Math.Exp(LogFirst + (point * LogStep));

    private double? Ratio(double[] f)
    {
        if (canaryBad >= allBad)
        {
            return null;
        }

        if (canaryBad <= 0)
        {
            return 0;
        }

        // The top of the parabola through the three highest points of F, which is concave in ln x.
        var i = Math.Clamp(PeakPoint(f), 1, Points - 2);
        double left = f[Furthest + i - 1], mid = f[Furthest + i], right = f[Furthest + i + 1];
        var bend = left - (2 * mid) + right;
        var shift = bend < 0 ? Math.Clamp((left - right) / (2 * bend), -1, 1) : 0;
        return Math.Exp(LogFirst + ((i + shift) * LogStep));
    }

    private static int PeakPoint(double[] f)
    {
        var best = 0;
        for (var i = 1; i < Points; i++)
        {
            best = f[Furthest + i] > f[Furthest + best] ? i : best;
        }

        return best;
    }

    private static bool IsRejected(double[] f, int point, double limit, double threshold)
    {
        var here = f[Furthest + point];
        double sum = 0;
        for (var j = Nearest; j <= Furthest; j += PointsPerAlternative)
        {
            var up = f[Furthest + point + j] - here;
            var down = f[Furthest + point - j] - here;
            if (up >= threshold || down >= threshold)
            {
                return true;
            }

            sum += Math.Exp(up) + Math.Exp(down);
        }

        return sum / (2 * RestartingMixture.Alternatives) >= limit;
    }

    // The grid of ratios, and on both sides of it the points that only alternatives reach.
    private double[] LogLikelihoods()
    {
        var f = new double[Points + (2 * Furthest)];
        folded?.CopyTo(f, 0);
        for (var i = 0; i < f.Length; i++)
        {
            var log = LogFirst + ((i - Furthest) * LogStep);
            var ratio = Math.Exp(log);
            foreach (var sum in shares)
            {
                f[i] += (sum.CanaryBad * log) - (sum.Bad * Math.Log(1 + (sum.Share * (ratio - 1))));
            }
        }

        return f;
    }
}
