using Slipway.Core.Analysis;
using Slipway.Core.Traffic;

namespace Slipway.Engine.Analysis;

/// <summary>
/// What the routers counted at the two halves of the stable arm's instances, by the second, for φ. Halves count requests, also in lanes where sessions are drawn: so they say how instances
/// differ, and nothing of how sessions would.
/// </summary>
internal sealed class StableHalves
{
    /// <summary>Two hours: enough for trouble that stays for minutes to show, and bounded.</summary>
    private const int MostSeconds = 7200;
    /// <summary>Five minutes in which both halves had requests: until then the first trouble of an instance may still be to come.</summary>
    private const int FewestSeconds = 300;
    private readonly SortedList<long, HalvesBin> seconds = [];

    /// <param name="before">What was told of the same second by the same router before; this takes its place.</param>
    public void Add(TrafficSecond? before, TrafficSecond now)
    {
        if (now.Halves is not { } halves)
        {
            return;
        }

        var gone = before?.Halves ?? new(0, 0, 0, 0);
        var sum = seconds.GetValueOrDefault(now.Second);
        seconds[now.Second] = new(
            sum.FirstUnits + halves.FirstUnits - gone.FirstUnits, sum.FirstBad + halves.FirstBad - gone.FirstBad,
            sum.SecondUnits + halves.SecondUnits - gone.SecondUnits, sum.SecondBad + halves.SecondBad - gone.SecondBad);
        if (seconds.Count > MostSeconds)
        {
            seconds.RemoveAt(0);
        }
    }

    /// <param name="before">φ of the lane before the analysis; null: not known.</param>
    /// <returns>φ, at least 1 (see <see cref="Dispersion"/>), and whether that is too early to say; no φ where nobody compares halves.</returns>
    public (double? Dispersion, bool TooEarly) Estimate(double? before)
    {
        var compared = seconds.Values.Count(SelfWindow.Compares);
        return compared == 0 ? (before, false) : (Math.Max(before ?? 1, Dispersion.Estimate([.. seconds.Values])), before is null && compared < FewestSeconds);
    }
}
