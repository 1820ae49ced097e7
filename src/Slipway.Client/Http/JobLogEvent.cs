using System.Globalization;
using Slipway.Client.Api;

namespace Slipway.Client.Http;

/// <summary>What comes of a job's log: its lines, and then how the attempt ended.</summary>
public abstract record JobLogEvent
{
    private JobLogEvent() { }

    /// <param name="At">When the step wrote it.</param>
    /// <param name="Step">The index of the step; -1: what the agent says of none.</param>
    /// <param name="Text">As it was written: with its colours, and whatever else a program sends to a terminal.</param>
    public sealed record Line(DateTimeOffset At, int Step, string Text) : JobLogEvent
    {
        /// <summary>A line of the log as the server keeps it. One that is made otherwise is text of no step, without a time.</summary>
        public static Line Parse(string line)
        {
            var first = line.IndexOf(' ', StringComparison.Ordinal);
            var second = first < 0 ? -1 : line.IndexOf(' ', first + 1);
            return second > 0
                && long.TryParse(line.AsSpan(0, first), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds < MostMilliseconds
                && int.TryParse(line.AsSpan(first + 1, second - first - 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var step)
                    ? new(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), step, line[(second + 1)..])
                    : new(DateTimeOffset.UnixEpoch, -1, line);
        }

        // The year 9999.
        private const long MostMilliseconds = 253_402_300_800_000;
    }

    public sealed record Ended(JobLogEnd End) : JobLogEvent;
}
