using Slipway.Core.Traffic;

namespace Slipway.Engine.Tests.Simulation;

/// <summary>What the host's router counts, keeps and forgets.</summary>
internal sealed partial class SimAgent
{
    /// <summary>What the router still keeps: a server that is new to the agent is told all of it.</summary>
    private readonly Queue<(TimeSpan At, TrafficReading Reading)> counted = [];
    private long countedSecond;
    private int routerIncarnation = 1;

    /// <summary>The router's process ends and comes back with the configuration that it had last; what it had counted and not told yet is lost, and it counts from zero.</summary>
    public void KillRouter()
    {
        var back = world.Time.Elapsed + TimeSpan.FromMilliseconds(random.Next(300, 3000));
        (RouterStuckUntil, CountsLostUntil) = (Later(RouterStuckUntil, back), Later(CountsLostUntil, back));
        routerIncarnation++;
        countsUnderWay.Clear();
        counted.Clear();
    }

    /// <summary>What the router counted in the second that has ended, while somebody may want to judge it.</summary>
    private void Count(TimeSpan now)
    {
        var second = new DateTimeOffset(VirtualTime.Start.Ticks + now.Ticks, TimeSpan.Zero).ToUnixTimeSeconds() - 1 + (long)world.Time.Offset.TotalSeconds;
        if (second <= countedSecond)
        {
            return;
        }

        countedSecond = second;
        foreach (var route in applied.Values.Where(r => r.Weights.Count > 0 && world.Moves(r.Lane)))
        {
            foreach (var weight in route.Weights)
            {
                var started = World.RequestsPerSecond * weight.Weight / 100 / world.Agents.Count + random.Next(0, 3);
                if (!world.AnyHealthy(weight.VersionSet))
                {
                    world.Unserved(weight.VersionSet);
                }

                var bad = !world.AnyHealthy(weight.VersionSet) ? started : world.QualityOf(weight.Version) == Quality.BadAnswers ? (started + random.Next(0, 2)) / 2 : 0;
                var late = now < CountsLateUntil ? TimeSpan.FromSeconds(random.Next(1, 15)) : TimeSpan.Zero;
                if (now >= CountsLostUntil)
                {
                    var reading = new TrafficReading
                    {
                        Lane = route.Lane, Agent = Name, Incarnation = routerIncarnation.ToString(System.Globalization.CultureInfo.InvariantCulture), Generation = route.Generation, VersionSet = weight.VersionSet, Version = weight.Version, Arm = weight.Arm, Weight = weight.Weight,
                        Seconds = [new TrafficSecond(second, started, started, bad, 0, 0, 0, [50, started], [])],
                    };
                    countsUnderWay.Add((now + late, reading));
                    counted.Enqueue((now, reading));
                    while (now - counted.Peek().At > CountsKept)
                    {
                        counted.Dequeue();
                    }
                }
            }
        }
    }
}
