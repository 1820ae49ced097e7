namespace Slipway.Bench.Judging;

/// <summary>How bad requests come: at a steady rate, at one that swings by ±50 % for both arms, or in bursts of five of which each is assigned by itself.</summary>
internal enum Shape { Steady, Swing, Bursts }

/// <summary>What happens in an hour.</summary>
/// <param name="Factor">The canary's bad rate over stable's, from <paramref name="Onset"/> on.</param>
/// <param name="Onset">A second.</param>
internal sealed record Scenario(Shape Shape, double Factor = 1, int Onset = 0);

/// <summary>Requests and bad ones among them, by the minute.</summary>
internal sealed record MinuteCounts(double[] Requests, double[] Bad)
{
    /// <summary>Bad ones in percent of all, which is what a metric source would give.</summary>
    public double[] Percent { get; } = [.. Requests.Zip(Bad, (requests, bad) => requests == 0 ? double.NaN : 100 * bad / requests)];
}

/// <summary>
/// One hour of <see cref="Traffic.Requests"/> a second, as counts; every judge sees the same one. Bad requests are known by the second, all requests by the minute. The baseline arm is an equal-sized
/// part of the stable one: as many requests as the canary has.
/// </summary>
internal sealed class SimulatedHour
{
    public const int Seconds = 3600, Minutes = Seconds / 60;
    private const int BurstSize = 5;
    private const int SwingSeconds = 1800;
    private const double BaselineOfStable = Traffic.Share / (1 - Traffic.Share);

    public SimulatedHour(int seed, Scenario scenario)
    {
        (Seed, Scenario) = (seed, scenario);

        // Good requests have a source of numbers of their own: the bad ones are the same with and without them.
        Random bad = new(seed), good = new(~seed);
        for (var second = 0; second < Seconds; second++)
        {
            (CanaryBad[second], StableBad[second]) = scenario.Shape == Shape.Bursts
                ? Bursts(bad, Rate(second))
                : (Draw.Poisson(bad, Traffic.Requests * Traffic.Share * CanaryRate(second)), Draw.Poisson(bad, Traffic.Requests * (1 - Traffic.Share) * Rate(second)));
        }

        (Canary, Stable, Baseline) = ByMinute(good);
    }

    public int Seed { get; }
    public Scenario Scenario { get; }
    public int[] CanaryBad { get; } = new int[Seconds];
    public int[] StableBad { get; } = new int[Seconds];
    public MinuteCounts Canary { get; }
    public MinuteCounts Stable { get; }
    public MinuteCounts Baseline { get; }

    /// <summary>Another metric of the same two versions, in which they are equal and which has nothing to do with this one.</summary>
    public SimulatedHour Unrelated(int number) => new(Seed + (number * 1_000_000), new(Scenario.Shape));

    private double Rate(int second) => Traffic.BadRate * (Scenario.Shape == Shape.Swing ? 1 + (0.5 * Math.Sin(2 * Math.PI * second / SwingSeconds)) : 1);

    private double CanaryRate(int second) => Rate(second) * (second >= Scenario.Onset ? Scenario.Factor : 1);

    private static (int Canary, int Stable) Bursts(Random random, double rate)
    {
        int canary = 0, all = BurstSize * Draw.Poisson(random, Traffic.Requests * rate / BurstSize);
        for (var i = 0; i < all; i++)
        {
            canary += random.NextDouble() < Traffic.Share ? 1 : 0;
        }

        return (canary, all - canary);
    }

    private (MinuteCounts Canary, MinuteCounts Stable, MinuteCounts Baseline) ByMinute(Random random)
    {
        double[] canary = new double[Minutes], canaryBad = new double[Minutes], stable = new double[Minutes], stableBad = new double[Minutes], baseline = new double[Minutes], baselineBad = new double[Minutes];
        for (var minute = 0; minute < Minutes; minute++)
        {
            double canaryGood = 0, armGood = 0;
            for (var second = minute * 60; second < (minute + 1) * 60; second++)
            {
                canaryBad[minute] += CanaryBad[second];
                stableBad[minute] += StableBad[second];
                canaryGood += Traffic.Requests * Traffic.Share * (1 - CanaryRate(second));
                armGood += Traffic.Requests * Traffic.Share * (1 - Rate(second));
            }

            for (var i = 0; i < stableBad[minute]; i++)
            {
                baselineBad[minute] += random.NextDouble() < BaselineOfStable ? 1 : 0;
            }

            canary[minute] = canaryBad[minute] + Draw.Poisson(random, canaryGood);
            var baselineGood = Draw.Poisson(random, armGood);
            baseline[minute] = baselineBad[minute] + baselineGood;
            stable[minute] = stableBad[minute] + baselineGood + Draw.Poisson(random, armGood / BaselineOfStable - armGood);
        }

        return (new(canary, canaryBad), new(stable, stableBad), new(baseline, baselineBad));
    }
}
