using System.Globalization;
using System.Text.RegularExpressions;

namespace Slipway.Core.Definitions;

/// <summary>Durations as people write them: <c>500ms</c>, <c>90s</c>, <c>1.5h</c>, <c>1h30m</c>, <c>2d</c>, or ISO 8601 with days and time only (<c>P1DT2H</c>, <c>PT5M</c>). Never negative; at most 10,000 days.</summary>
public static partial class Durations
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(10_000);

    /// <summary>False when <paramref name="text"/> is no duration; a number without a unit is none.</summary>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (string.IsNullOrEmpty(text) || text.Length > 64)
        {
            return false;
        }

        var match = text[0] == 'P' ? Iso().Match(text) : Plain().Match(text);
        if (!match.Success)
        {
            return false;
        }

        decimal Part(string group) => match.Groups[group].Success ? decimal.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : 0;
        var milliseconds = (Part("d") * 86_400_000) + (Part("h") * 3_600_000) + (Part("m") * 60_000) + (Part("s") * 1000) + Part("ms");
        if (milliseconds > (decimal)Longest.TotalMilliseconds)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)(milliseconds * TimeSpan.TicksPerMillisecond));
        return true;
    }

    [GeneratedRegex(@"^(?=\d)(?:(?<d>\d{1,9}(?:\.\d{1,3})?)d)?(?:(?<h>\d{1,9}(?:\.\d{1,3})?)h)?(?:(?<m>\d{1,9}(?:\.\d{1,3})?)m)?(?:(?<s>\d{1,9}(?:\.\d{1,3})?)s)?(?:(?<ms>\d{1,12})ms)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();

    [GeneratedRegex(@"^P(?=[\dT])(?:(?<d>\d{1,9})D)?(?:T(?=\d)(?:(?<h>\d{1,9})H)?(?:(?<m>\d{1,9})M)?(?:(?<s>\d{1,9}(?:\.\d{1,3})?)S)?)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Iso();
}
