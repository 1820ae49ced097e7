namespace Slipway.Core.Analysis;

/// <summary>What each half of the stable arm's instances counted in one bin.</summary>
public readonly record struct HalvesBin(double FirstUnits, double FirstBad, double SecondUnits, double SecondBad);

/// <summary>
/// φ: how much more the split of bad units varies than drawing lots would make it, estimated from the stable arm against itself. Where Slipway does not draw the arm of each
/// unit, counts are divided by it and the verdict is an estimate.
/// </summary>
public static class Dispersion
{
    private const int FewestGroups = 8;

    /// <summary>
    /// The greatest Pearson χ² per degree of freedom, Σ (a − s·π)²/(s·π·(1−π)) / groups with π the first half's share of units, over groups of 1, 2, 4, ... bins while there
    /// are at least eight groups: trouble that stays with one instance for long shows in the large groups alone. At least 1; 1 when there are fewer than eight bins with bad units.
    /// Bins with impossible numbers are an error.
    /// </summary>
    public static double Estimate(IReadOnlyList<HalvesBin> bins)
    {
        foreach (var bin in bins)
        {
            if (!(bin.FirstBad >= 0 && bin.SecondBad >= 0 && bin.FirstBad <= bin.FirstUnits && bin.SecondBad <= bin.SecondUnits
                && bin.FirstUnits <= Bin.MostUnits && bin.SecondUnits <= Bin.MostUnits))
            {
                throw new ArgumentException($"{bin} is not a count of two halves.", nameof(bins));
            }
        }

        double dispersion = 1;
        for (var size = 1; bins.Count / size >= FewestGroups; size *= 2)
        {
            dispersion = Math.Max(dispersion, OfGroups(bins, size));
        }

        return dispersion;
    }

    private static double OfGroups(IReadOnlyList<HalvesBin> bins, int size)
    {
        double sum = 0;
        var groups = 0;
        for (var start = 0; start + size <= bins.Count; start += size)
        {
            double firstUnits = 0, firstBad = 0, units = 0, bad = 0;
            for (var i = start; i < start + size; i++)
            {
                firstUnits += bins[i].FirstUnits;
                firstBad += bins[i].FirstBad;
                units += bins[i].FirstUnits + bins[i].SecondUnits;
                bad += bins[i].FirstBad + bins[i].SecondBad;
            }

            var share = firstUnits / units;
            if (bad > 0 && share is > 0 and < 1)
            {
                var excess = firstBad - (bad * share);
                sum += excess * excess / (bad * share * (1 - share));
                groups++;
            }
        }

        return groups >= FewestGroups ? sum / groups : 1;
    }
}
