using System.Text.Json;
using Slipway.Core.Targets;
using Slipway.Core.Traffic;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Targets;

/// <summary>Turns what a lane or a rollout wants into rows for the agents that are its targets.</summary>
public sealed class TargetPlacement(IStore store, AgentRegistry agents, WantedSignal signal)
{
    /// <summary>Places so many instances. Null: done; else why it cannot be done now.</summary>
    public async Task<string?> EnsureAsync(OutboxEffect effect, EnsureVersionSet wanted, CancellationToken cancel)
    {
        var resource = VersionSetWanted.ResourceOf(wanted.Spec.Id);
        var rowsOfLane = (await store.ReadWantedAsync(null, cancel)).Where(r => r.Resource.StartsWith(VersionSetWanted.ResourceOf($"{wanted.Spec.Lane}/"), StringComparison.Ordinal)).ToList();
        var before = rowsOfLane.Where(r => r.Resource == resource).ToDictionary(r => r.Agent, CountOf);
        var others = rowsOfLane.Where(r => r.Resource != resource).GroupBy(r => r.Agent).ToDictionary(g => g.Key, g => g.Sum(CountOf));
        var eligible = agents.Eligible(wanted.Target).Select(a => a.Name).ToList();
        if (wanted.Count > 0 && eligible.Count == 0 && before.Count == 0)
        {
            return agents.WhyNone(wanted.Spec.Lane.Environment, wanted.Target);
        }

        var rows = Placement.Spread(wanted.Count, eligible, before, others)
            .Select(p => new WantedRow(
                p.Key, resource,
                JsonSerializer.Serialize(new VersionSetWanted { Spec = wanted.Spec, Count = p.Value, Attempt = wanted.Attempt }, TargetsJson.Default.VersionSetWanted),
                wanted.Token, effect.Process))
            .ToList();
        await store.WriteWantedAsync(effect, rows, cancel);
        signal.Pulse();
        return null;
    }

    /// <summary>Tells every agent of the lane how its traffic is divided. Null: done; else why it cannot be done now.</summary>
    public async Task<string?> ShiftAsync(OutboxEffect effect, ShiftTraffic wanted, CancellationToken cancel)
    {
        var resource = TrafficWanted.ResourceOf(wanted.Wanted.Lane);
        var prefix = $"versionset/{wanted.Wanted.Lane}/";
        var holders = (await store.ReadWantedAsync(null, cancel))
            .Where(r => r.Resource == resource || r.Resource.StartsWith(prefix, StringComparison.Ordinal))
            .Select(r => r.Agent).Distinct().ToList();
        if (holders.Count == 0)
        {
            return "no agent runs anything of this lane";
        }

        var body = JsonSerializer.Serialize(wanted.Wanted, TargetsJson.Default.TrafficWanted);
        await store.WriteWantedAsync(effect, [.. holders.Select(a => new WantedRow(a, resource, body, wanted.Token, effect.Process))], cancel);
        signal.Pulse();
        return null;
    }

    /// <summary>Nothing is wanted of an agent any more that was removed.</summary>
    public async Task WithdrawAsync(string agent, CancellationToken cancel)
    {
        var rows = await store.ReadWantedAsync(agent, cancel);
        await store.WriteWantedAsync(null, [.. rows.Select(row => row with { Body = null })], cancel);
        signal.Pulse();
    }

    private static int CountOf(WantedRow row) => JsonSerializer.Deserialize(row.Body!, TargetsJson.Default.VersionSetWanted)!.Count;
}
