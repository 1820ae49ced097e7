using System.Globalization;

namespace Slipway.Cli.Terminal;

/// <summary>Times, sizes and numbers as people read them.</summary>
internal static class Words
{
    /// <summary><c>just now</c>, <c>12 s ago</c>, <c>3 min ago</c>, <c>5 h ago</c>, <c>3 days ago</c>, then the date; <c>in 1 h 59 min</c> for what is to come. As the web app has it.</summary>
    public static string When(DateTimeOffset at, DateTimeOffset now)
    {
        var past = now - at;
        if (past >= TimeSpan.Zero)
        {
            return past.TotalSeconds < 5 ? "just now" : past.TotalDays >= 30 ? at.ToString("yyyy-MM-dd") : $"{Age(past)} ago";
        }

        return -past.TotalDays >= 30 ? at.ToString("yyyy-MM-dd") : $"in {Span(-past)}";
    }

    public static string When(DateTimeOffset? at, DateTimeOffset now) => at is { } known ? When(known, now) : "";

    /// <summary>The largest unit that fits, rounded down: <c>1 min</c> for 90 seconds.</summary>
    public static string Age(TimeSpan span) => Units(span)[0];

    /// <summary>How long after the beginning something happened: tenths while that tells events apart, and nothing of what was there at once.</summary>
    public static string After(TimeSpan span) =>
        span.TotalSeconds < 0.1 ? "" : span.TotalSeconds < 9.95 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s") : Age(span);

    /// <summary>How long something takes, in its two largest units: <c>1 min 30 s</c>, <c>2 days 3 h</c>.</summary>
    public static string Span(TimeSpan span) => string.Join(' ', Units(span).Take(2));

    /// <summary>From the largest unit that it has on, without those of which it has none; never empty.</summary>
    private static List<string> Units(TimeSpan span)
    {
        (int Count, string Unit)[] all = [(span.Days, span.Days == 1 ? "day" : "days"), (span.Hours, "h"), (span.Minutes, "min"), (span.Seconds, "s")];
        var first = Array.FindIndex(all, part => part.Count > 0);
        return first < 0 ? ["0 s"] : [.. all[first..].Take(2).Where(part => part.Count > 0).Select(part => $"{part.Count} {part.Unit}")];
    }

    /// <summary>Exact, for whoever asked for one thing alone: <c>2026-01-31 12:00:05 UTC</c>.</summary>
    public static string Exact(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'");

    public static string Bytes(long bytes) => bytes switch
    {
        < 1000 => $"{bytes} B",
        < 1_000_000 => $"{bytes / 1e3:0.0} kB",
        < 1_000_000_000 => $"{bytes / 1e6:0.0} MB",
        _ => $"{bytes / 1e9:0.0} GB",
    };

    /// <summary>Milliseconds of a latency given in microseconds.</summary>
    public static string Latency(double micros) => micros switch
    {
        < 100_000 => $"{micros / 1000:0.0} ms",
        < 10_000_000 => $"{micros / 1000:0} ms",
        _ => $"{micros / 1_000_000:0.0} s",
    };

    /// <summary>A number by its decimal logarithm, as the web app has it: <c>126</c>, <c>93,550</c>, <c>2.5 million</c>.</summary>
    public static string FromLog10(double log)
    {
        var value = Math.Pow(10, log);
        return log switch
        {
            < 0 => "less than 1",
            < 1 => value.ToString("0.#", CultureInfo.InvariantCulture),
            < 3 => value.ToString("0", CultureInfo.InvariantCulture),
            < 6 => (Math.Round(value / 10) * 10).ToString("#,0", CultureInfo.InvariantCulture),
            < 9 => $"{Large(value / 1e6)} million",
            < 12 => $"{Large(value / 1e9)} billion",
            <= 14 => $"{Large(value / 1e12)} trillion",
            _ => "more than 100 trillion",
        };
    }

    private static string Large(double value) => value.ToString(value < 10 ? "0.0" : "0", CultureInfo.InvariantCulture);

    /// <summary>An enum member as the API writes it.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum
    {
        var name = value.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    /// <summary>An enum member as prose: <c>rolling out</c>.</summary>
    public static string Prose<T>(T value)
        where T : struct, Enum =>
        string.Concat(Of(value).Select(c => char.IsUpper(c) ? $" {char.ToLowerInvariant(c)}" : c.ToString()));
}
