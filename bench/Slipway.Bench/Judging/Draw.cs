namespace Slipway.Bench.Judging;

/// <summary>Seeded draws for simulated traffic.</summary>
internal static class Draw
{
    /// <summary>A Poisson number; above a mean of 200 by the normal approximation.</summary>
    public static int Poisson(Random random, double mean)
    {
        if (mean > 200)
        {
            return Math.Max(0, (int)Math.Round(mean + (Math.Sqrt(mean) * Normal(random))));
        }

        var left = Math.Exp(-mean);
        var product = random.NextDouble();
        var count = 0;
        while (product > left)
        {
            product *= random.NextDouble();
            count++;
        }

        return count;
    }

    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
