namespace Slipway.Core.Analysis;

/// <summary>
/// The costs of the alternatives for the few probabilities in use at a time (a rollout has a handful of weights), so that no logarithm is taken per bin. One table
/// serves all tests of an analysis. A probability that is not there takes the place of another with the same hash.
/// </summary>
internal sealed class CostTable
{
    private const int Slots = 8;
    private readonly double[] keys = [.. Enumerable.Repeat(double.NaN, Slots)];
    private readonly double[]?[] costs = new double[]?[Slots];

    public double[] For(double probability)
    {
        var slot = (int)(((ulong)BitConverter.DoubleToInt64Bits(probability) * 0x9E3779B97F4A7C15UL) >> 61);
        var found = costs[slot];
        if (found is not null && keys[slot] == probability)
        {
            return found;
        }

        found ??= costs[slot] = new double[RestartingMixture.Alternatives];
        RestartingMixture.FillCosts(probability, found);
        keys[slot] = probability;
        return found;
    }
}
