using System.Globalization;

namespace Slipway.Core.Kernel;

/// <summary>Durations and shares as people read them.</summary>
public static class Words
{
    /// <summary>Such as <c>2m 40s</c>, <c>1h 5m</c>, <c>1.5s</c>.</summary>
    public static string Of(TimeSpan duration)
    {
        var parts = new List<string>();
        if (duration.Days > 0)
        {
            parts.Add($"{duration.Days}d");
        }

        if (duration.Hours > 0)
        {
            parts.Add($"{duration.Hours}h");
        }

        if (duration.Minutes > 0)
        {
            parts.Add($"{duration.Minutes}m");
        }

        var seconds = duration.Seconds + duration.Milliseconds / 1000.0;
        if (seconds > 0 || parts.Count == 0)
        {
            parts.Add(seconds.ToString("0.#", CultureInfo.InvariantCulture) + "s");
        }

        return string.Join(' ', parts.Take(2));
    }
}
