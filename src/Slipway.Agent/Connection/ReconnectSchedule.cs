namespace Slipway.Agent.Connection;

/// <summary>How long to wait before connecting again: 0.2 s, doubling to 10 s, without jitter: one server has few agents, and a plain schedule can be tested.</summary>
internal static class ReconnectSchedule
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>The least that a connection lasts to prove that all is well.</summary>
    private static readonly TimeSpan Proof = TimeSpan.FromSeconds(1);

    /// <param name="failures">In a row, at least 1.</param>
    public static TimeSpan After(int failures) => TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Clamp(failures - 1, 0, 20)));

    /// <summary>
    /// How many failures there are in a row after one more. A connection ends the row only if it lasted, and longer than was waited for it: one that breaks on the first message
    /// would otherwise be made again without end.
    /// </summary>
    /// <param name="before">In a row before this connection, 0 for the first.</param>
    /// <param name="served">How long the connection lasted since the server's welcome; null when there was none.</param>
    public static int Failures(int before, TimeSpan? served) =>
        served > Proof && served > (before == 0 ? TimeSpan.Zero : After(before)) ? 1 : before + 1;
}
