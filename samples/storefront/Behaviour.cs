using System.Text.Json;

namespace Storefront;

/// <summary>How this build behaves, from release.json beside the program: change it, publish, and see what Slipway makes of it.</summary>
/// <param name="FaultRate">Share of requests that fail, 0 to 1.</param>
/// <param name="LatencyMillis">What every request takes at least.</param>
public sealed record Behaviour(string Version, double FaultRate, double LatencyMillis)
{
    public static Behaviour Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        var root = document.RootElement;
        return new(root.GetProperty("version").GetString()!, root.GetProperty("faultRate").GetDouble(), root.GetProperty("latencyMillis").GetDouble());
    }

    public async Task Apply()
    {
        if (LatencyMillis > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(LatencyMillis));
        }

        if (FaultRate > 0 && Random.Shared.NextDouble() < FaultRate)
        {
            throw new InvalidOperationException("release.json asks for a share of failing requests.");
        }
    }
}
