using System.Collections.Concurrent;
using Slipway.Core.Traffic;

namespace Slipway.Engine.Traffic;

/// <summary>Takes in what the agents' routers counted. Thread-safe.</summary>
public sealed class TrafficIntake(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, (DateTimeOffset LastSeen, IReadOnlyList<TrafficReading> Readings)> latest = new(StringComparer.Ordinal);

    /// <summary>The latest readings of one agent; null before it reported any.</summary>
    public (DateTimeOffset LastSeen, IReadOnlyList<TrafficReading> Readings)? Latest(string agent) => latest.TryGetValue(agent, out var found) ? found : null;

    public Task ReportAsync(string agent, IReadOnlyList<TrafficReading> readings, CancellationToken cancel)
    {
        latest[agent] = (time.GetUtcNow(), readings);
        return Task.CompletedTask;
    }
}
