namespace Slipway.Core.Analysis;

/// <summary>φ in steps: 1, 1.25, 1.56, ... 55.5. An estimate is rounded up.</summary>
internal static class DispersionScale
{
    public const int Steps = 19;
    private const double Ratio = 1.25;

    public static double ValueOf(int step) => Math.Pow(Ratio, step);

    /// <summary>The first step that is no less than an estimate; null: it is greater than all.</summary>
    public static int? StepOf(double dispersion)
    {
        for (var step = 0; step < Steps; step++)
        {
            if (dispersion <= ValueOf(step) * (1 + 1e-9))
            {
                return step;
            }
        }

        return null;
    }
}
