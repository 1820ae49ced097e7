namespace Slipway.Agent.Connection;

/// <summary>How long to wait before connecting again: 0.2 s, doubling to 10 s, without jitter: one server has few agents, and a plain schedule can be tested.</summary>
internal static class ReconnectSchedule
{
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);

    /// <param name="failures">In a row, at least 1.</param>
    public static TimeSpan After(int failures) => TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Clamp(failures - 1, 0, 20)));
}
