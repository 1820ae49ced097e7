using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Slipway.Cli.CommandLine;

/// <summary>Durations and moments as options take them.</summary>
internal static partial class Durations
{
    public const string Forms = "such as 90s, 10m, 1h30m or 30d";

    /// <summary><c>500ms</c>, <c>90s</c>, <c>1h30m</c>, <c>30d</c>; null: it is none of these.</summary>
    public static TimeSpan? Parse(string text) => Core.Definitions.Durations.TryParse(text, out var duration) ? duration : null;

    public static Option<TimeSpan?> Option(string name, string description, bool orNone = false) => new(name)
    {
        Description = description,
        HelpName = "DURATION",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            var duration = Parse(text);
            if (duration is null || (duration <= TimeSpan.Zero && !orNone))
            {
                result.AddError($"{name}: '{text}' is no duration; it is written {Forms}.");
            }

            return duration;
        },
    };

    /// <summary>How long <c>--watch</c> watches.</summary>
    public static Option<TimeSpan?> Timeout() => Option("--timeout", $"Stop watching after this time, with exit status {ExitCodes.TimedOut}; what goes on goes on");

    /// <summary><c>now</c>, <c>+2h</c>, or a time with its zone; null: it is none of these.</summary>
    public static DateTimeOffset? ParseMoment(string text, DateTimeOffset now)
    {
        if (text == "now")
        {
            return now;
        }

        if (text.StartsWith('+'))
        {
            return Parse(text[1..]) is { } later ? now + later : null;
        }

        // Without a zone it would mean another moment on another machine.
        return Zone().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment) ? moment : null;
    }

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$", RegexOptions.CultureInvariant)]
    private static partial Regex Zone();
}
