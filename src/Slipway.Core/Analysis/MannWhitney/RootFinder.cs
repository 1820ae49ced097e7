namespace Slipway.Core.Analysis.MannWhitney;

/// <summary>
/// Where a function crosses zero, by Brent's method (Algorithms for Minimization without Derivatives, 1973, chapter 4): a step by interpolation where it helps, else halving.
/// </summary>
/// <remarks>
/// The function of ranks that is solved here is a staircase, so which point of a step is found depends on the method, its order of evaluation and its precision. Those are the
/// ones of R's <c>uniroot</c>, which Kayenta uses too: the answer lies within <see cref="Precision"/> of a crossing.
/// </remarks>
internal static class RootFinder
{
    /// <summary>In the unit of the values: an interval of values that all lie closer together than this is no better than a guess.</summary>
    public const double Precision = 1e-4;

    private const double Epsilon = 2.220446049250313e-16;
    private const int MostSteps = 1000;

    /// <param name="left">One end; the function has another sign there than at <paramref name="right"/>.</param>
    public static double Solve(Func<double, double> function, double left, double right)
    {
        double previous = left, best = right, other = left;
        double atPrevious = function(left), atBest = function(right), atOther = atPrevious;
        if (atPrevious == 0)
        {
            return left;
        }

        for (var step = 0; step <= MostSteps; step++)
        {
            // The crossing lies between best and other; best is the one with the smaller value.
            if (Math.Abs(atOther) < Math.Abs(atBest))
            {
                (previous, best, other) = (best, other, best);
                (atPrevious, atBest, atOther) = (atBest, atOther, atBest);
            }

            var tolerance = (2 * Epsilon * Math.Abs(best)) + (Precision / 2);
            var half = (other - best) / 2;
            if (Math.Abs(half) <= tolerance || atBest == 0)
            {
                return best;
            }

            var last = best - previous;
            var move = Math.Abs(last) >= tolerance && Math.Abs(atPrevious) > Math.Abs(atBest)
                ? Interpolated(previous, best, other, atPrevious, atBest, atOther, tolerance, last) ?? half
                : half;
            if (Math.Abs(move) < tolerance)
            {
                move = move > 0 ? tolerance : -tolerance;
            }

            (previous, atPrevious) = (best, atBest);
            best += move;
            atBest = function(best);
            if ((atBest > 0 && atOther > 0) || (atBest < 0 && atOther < 0))
            {
                (other, atOther) = (previous, atPrevious);
            }
        }

        return best;
    }

    // Through two points a line, through three a parabola lying on its side. Null: it leads out of the bracket or is no faster than halving was.
    private static double? Interpolated(double previous, double best, double other, double atPrevious, double atBest, double atOther, double tolerance, double last)
    {
        var width = other - best;
        double above, below;
        if (previous == other)
        {
            var slope = atBest / atPrevious;
            above = width * slope;
            below = 1 - slope;
        }
        else
        {
            double q = atPrevious / atOther, s = atBest / atOther, r = atBest / atPrevious;
            above = r * ((width * q * (q - s)) - ((best - previous) * (s - 1)));
            below = (q - 1) * (s - 1) * (r - 1);
        }

        if (above > 0)
        {
            below = -below;
        }
        else
        {
            above = -above;
        }

        return above < (0.75 * width * below) - (Math.Abs(tolerance * below) / 2) && above < Math.Abs(last * below / 2) ? above / below : null;
    }
}
