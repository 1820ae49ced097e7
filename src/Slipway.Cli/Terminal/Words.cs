namespace Slipway.Cli.Terminal;

/// <summary>Times, sizes and numbers as people read them.</summary>
internal static class Words
{
    /// <summary><c>just now</c>, <c>12 s ago</c>, <c>3 m ago</c>, <c>5 h ago</c>, <c>3 d ago</c>, then the date; <c>in 4 m</c> for what is to come.</summary>
    public static string When(DateTimeOffset at, DateTimeOffset now)
    {
        var past = now - at;
        if (past >= TimeSpan.Zero)
        {
            return past.TotalSeconds < 5 ? "just now" : past.TotalDays >= 30 ? at.ToString("yyyy-MM-dd") : $"{Span(past)} ago";
        }

        return -past.TotalDays >= 30 ? at.ToString("yyyy-MM-dd") : $"in {Span(-past)}";
    }

    public static string When(DateTimeOffset? at, DateTimeOffset now) => at is { } known ? When(known, now) : "";

    /// <summary>The largest unit that fits, rounded down: <c>90 s</c> is <c>1 m</c>.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 60 } => $"{(int)span.TotalSeconds} s",
        { TotalMinutes: < 60 } => $"{(int)span.TotalMinutes} m",
        { TotalHours: < 24 } => $"{(int)span.TotalHours} h",
        _ => $"{(int)span.TotalDays} d",
    };

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
