using System.Globalization;
using System.Text.RegularExpressions;

namespace Slipway.Core.Expressions.Functions;

/// <summary>Moments between the years 1 and 9999, to the nanosecond.</summary>
internal static partial class Times
{
    private const long FirstSecond = -62_135_596_800;
    private const long LastSecond = 253_402_300_799;

    public static Int128 Nanoseconds(in Value time) => ((Int128)time.AsTimestamp.Seconds * Durations.Second) + time.AsTimestamp.Nanoseconds;

    public static Value Move(in Value time, Int128 nanoseconds)
    {
        var moved = Nanoseconds(time) + nanoseconds;
        var rest = moved % Durations.Second;
        rest += rest < 0 ? Durations.Second : 0;
        return Within((moved - rest) / Durations.Second, (int)rest);
    }

    public static Value Within(Int128 seconds, int nanoseconds) =>
        seconds >= FirstSecond && seconds <= LastSecond ? Value.Timestamp((long)seconds, nanoseconds) : Value.Error("the result is beyond what a timestamp can be");

    /// <summary>As RFC 3339 writes it: <c>2026-03-01T12:00:00Z</c>, <c>2026-03-01T13:00:00.5+01:00</c>.</summary>
    public static Value Parse(string text)
    {
        if (text.Length > 60 || Rfc3339().Match(text) is not { Success: true } match)
        {
            return Wrong(text);
        }

        int Part(string name) => match.Groups[name] is { Success: true } group ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 0;
        var (year, month, day) = (Part("year"), Part("month"), Part("day"));
        var (hour, minute, second) = (Part("hour"), Part("minute"), Part("second"));
        var (offsetHour, offsetMinute) = (Part("oh"), Part("om"));
        if (year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59)
        {
            return Wrong(text);
        }

        var local = (new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc) - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
        var offset = ((offsetHour * 3600) + (offsetMinute * 60)) * (match.Groups["sign"].ValueSpan is "-" ? -1 : 1);
        var fraction = match.Groups["fraction"].Value;
        return Within(local - offset, fraction.Length == 0 ? 0 : int.Parse(fraction.PadRight(9, '0'), CultureInfo.InvariantCulture));
    }

    public static string Text(in Value time)
    {
        var (seconds, nanoseconds) = time.AsTimestamp;
        return DateTime.UnixEpoch.AddTicks(seconds * TimeSpan.TicksPerSecond).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + Durations.Fraction(nanoseconds) + "Z";
    }

    /// <summary>A part of the local time in a zone.</summary>
    public static Value Part(in Value time, string zone, Func<DateTime, int> part)
    {
        var utc = DateTime.UnixEpoch.AddTicks(time.AsTimestamp.Seconds * TimeSpan.TicksPerSecond);
        if (Offset(zone, utc) is not { } offset)
        {
            return Value.Error($"there is no time zone '{(zone.Length <= 40 ? zone : zone[..40] + "…")}' here; an offset such as +01:00 always works");
        }

        var ticks = utc.Ticks + offset.Ticks;
        return ticks >= 0 && ticks <= DateTime.MaxValue.Ticks ? Value.Of((long)part(new DateTime(ticks))) : Value.Error("the local time is beyond what a timestamp can be");
    }

    // Zones with names come from the machine's own table; a machine may have none.
    private static TimeSpan? Offset(string zone, DateTime utc)
    {
        if (zone == "UTC")
        {
            return TimeSpan.Zero;
        }

        if (FixedOffset().Match(zone) is { Success: true } match)
        {
            var offset = new TimeSpan(int.Parse(match.Groups["h"].ValueSpan, CultureInfo.InvariantCulture), int.Parse(match.Groups["m"].ValueSpan, CultureInfo.InvariantCulture), 0);
            return match.Groups["sign"].ValueSpan is "-" ? -offset : offset;
        }

        return zone.Length <= 60 && ZoneName().IsMatch(zone) && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? found.GetUtcOffset(utc) : null;
    }

    private static Value Wrong(string text) => Value.Error($"'{(text.Length <= 40 ? text : text[..40] + "…")}' is no timestamp; write it like 2026-03-01T12:00:00Z");

    [GeneratedRegex(@"^(?<year>[0-9]{4})-(?<month>[0-9]{2})-(?<day>[0-9]{2})T(?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})(?:\.(?<fraction>[0-9]{1,9}))?(?:Z|(?<sign>[+-])(?<oh>[0-9]{2}):(?<om>[0-9]{2}))\z")]
    private static partial Regex Rfc3339();

    [GeneratedRegex(@"^(?<sign>[+-]?)(?<h>[01][0-9]|2[0-3]):(?<m>[0-5][0-9])\z")]
    private static partial Regex FixedOffset();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,3}\z")]
    private static partial Regex ZoneName();
}
