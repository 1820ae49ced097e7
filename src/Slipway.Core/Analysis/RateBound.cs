namespace Slipway.Core.Analysis;

/// <summary>
/// The anytime-valid upper end of one arm's own bad rate: with probability at least 1 − 1/limit it lies above the average of the units' bad probabilities at every moment
/// together. Bad probabilities may differ from unit to unit and depend on what came before.
/// </summary>
/// <remarks>
/// For each fixed λ &gt; 0, exp(−λ·S_n − Σ ln(1 − p_i + p_i·e^−λ)) is a martingale (p_i: probability of unit i given the past), and since ln(1 − p + p·e^−λ) is concave in p it
/// is at least exp(−λ·S_n − n·ln(1 − p̄ + p̄·e^−λ)) with p̄ the average. A mixture over a fixed grid of λ and λ = ∞ keeps that, and the upper end is the p̄ at which it
/// reaches the limit (Ville). This is the sub-Bernoulli uniform boundary of Howard, Ramdas, McAuliffe, Sekhon, Time-uniform, nonparametric, nonasymptotic confidence
/// sequences (Annals of Statistics 2021), as a discrete mixture. λ = ∞ has a quarter of the weight: it decides when there is no bad unit at all.
/// </remarks>
public static class RateBound
{
    /// <summary>Where <see cref="UnitsFor"/> stops looking.</summary>
    public const double MostUnits = 1e7;

    private const int Slopes = 24;
    private const double WeightOfInfinite = 0.25;
    private static readonly double[] Lambdas = [.. Enumerable.Range(0, Slopes).Select(j => 0.02 * Math.Pow(300, j / (double)(Slopes - 1)))];

    /// <summary>The upper end; 1 without units.</summary>
    /// <param name="units">n, not negative.</param>
    /// <param name="bad">S, between 0 and n.</param>
    /// <param name="limit">1/α for this bound, above 1.</param>
    public static double Upper(double units, double bad, double limit)
    {
        if (!(units >= bad && bad >= 0 && limit > 1))
        {
            throw new ArgumentOutOfRangeException(nameof(units), $"{bad} bad of {units} units at limit {limit} bound no rate.");
        }

        if (units == 0)
        {
            return 1;
        }

        double low = bad / units, high = 1;
        for (var i = 0; i < 60 && high - low > 1e-12; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = LogEvidenceBelow(middle, units, bad) >= Math.Log(limit) ? (low, middle) : (middle, high);
        }

        return high;
    }

    /// <summary>How many units it takes until the upper end lies below a bound, if this share of them stays bad.</summary>
    /// <param name="rate">Share of bad units, between 0 and 1.</param>
    /// <param name="bound">Between 0 and 1.</param>
    /// <param name="limit">As <see cref="Upper"/>'s.</param>
    /// <returns>Null: more than <see cref="MostUnits"/>, or never, since the rate itself is not below the bound.</returns>
    public static double? UnitsFor(double rate, double bound, double limit)
    {
        bool IsEnough(double units) => LogEvidenceBelow(bound, units, rate * units) > Math.Log(limit);
        if (!(rate < bound) || !IsEnough(MostUnits))
        {
            return null;
        }

        double low = 0, high = MostUnits;
        while (high - low > 1)
        {
            var middle = Math.Floor((low + high) / 2);
            (low, high) = IsEnough(middle) ? (low, middle) : (middle, high);
        }

        return high;
    }

    // The natural logarithm of the evidence that the average rate is below p; rises with p.
    private static double LogEvidenceBelow(double p, double units, double bad)
    {
        Span<double> logs = stackalloc double[Slopes + 1];
        for (var j = 0; j < Slopes; j++)
        {
            logs[j] = Math.Log((1 - WeightOfInfinite) / Slopes) - (Lambdas[j] * bad) - (units * Math.Log(1 - (p * (1 - Math.Exp(-Lambdas[j])))));
        }

        logs[Slopes] = bad > 0 ? double.NegativeInfinity : Math.Log(WeightOfInfinite) - (units * Math.Log(Math.Max(1 - p, double.Epsilon)));
        return Logs.SumOfExp(logs);
    }
}
