namespace Slipway.Agent.Instances;

/// <summary>What an instance's deaths have been so far.</summary>
/// <param name="WasHealthy">Under this attempt.</param>
/// <param name="Deaths">In a row: before the first health, or since it last was healthy long enough.</param>
internal readonly record struct DeathRecord(bool WasHealthy, int Deaths);

/// <summary>
/// When to start again. A program that never was healthy is most likely wrong, and someone waits for the answer: few tries, then it is given up. One that was
/// healthy is the running version: it is tried for ever, ever more slowly.
/// </summary>
internal static class RestartPolicy
{
    /// <returns>The wait before the next start; null: given up.</returns>
    public static (DeathRecord Next, TimeSpan? Wait) AfterDeath(DeathRecord before, TimeSpan healthyFor)
    {
        var deaths = healthyFor >= AgentLimits.Settled ? 1 : before.Deaths + 1;
        var next = before with { Deaths = deaths };
        return !before.WasHealthy && deaths >= AgentLimits.QuickDeaths ? (next, null) : (next, Backoff(deaths));
    }

    /// <summary>Doubles from <see cref="AgentLimits.FirstRestart"/> to <see cref="AgentLimits.LongestRestart"/>.</summary>
    public static TimeSpan Backoff(int failures) =>
        TimeSpan.FromTicks(Math.Min(AgentLimits.LongestRestart.Ticks, AgentLimits.FirstRestart.Ticks << Math.Clamp(failures - 1, 0, 20)));
}
