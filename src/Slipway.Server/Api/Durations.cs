using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;

namespace Slipway.Server.Api;

/// <summary>Durations as people write them (<c>90s</c>, <c>5m</c>, <c>2h30m</c>, <c>30d</c>) or ISO 8601 (<c>PT5M</c>).</summary>
internal static partial class Durations
{
    /// <summary>False when the text is no duration. No text is none: true, with null.</summary>
    public static bool TryRead(string? text, out TimeSpan? duration)
    {
        duration = null;
        if (text is null)
        {
            return true;
        }

        if (Plain().Match(text) is { Success: true } match && text.Length > 0)
        {
            double Part(int group) => match.Groups[group].Success ? double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : 0;
            var seconds = (Part(1) * 86400) + (Part(2) * 3600) + (Part(3) * 60) + Part(4) + (Part(5) / 1000);
            duration = TimeSpan.FromSeconds(seconds);
            return true;
        }

        try
        {
            duration = text.StartsWith('P') ? XmlConvert.ToTimeSpan(text) : null;
        }
        catch (Exception wrong) when (wrong is FormatException or OverflowException)
        {
            return false;
        }

        return duration is not null;
    }

    public static ApiProblem Problem(string member) => ApiProblem.Invalid($"'{member}' is not a duration.", "Write it like 90s, 5m, 2h, 30d.", "invalidDuration");

    [GeneratedRegex(@"^(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,9})s)?(?:(\d{1,9})ms)?\z")]
    private static partial Regex Plain();
}
