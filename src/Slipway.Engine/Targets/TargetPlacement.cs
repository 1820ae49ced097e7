using System.Text.Json;
using Slipway.Core.Targets;
using Slipway.Core.Traffic;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Targets;

/// <summary>Turns what a lane or a rollout wants into rows for the agents that are its targets.</summary>
public sealed class TargetPlacement(IStore store, AgentRegistry agents, WantedSignal signal)
{
    /// <summary>Places so many instances.</summary>
    /// <returns>Of each group of targets whether that is done: null, or why it cannot be done now.</returns>
    public async Task<IReadOnlyList<(string? Ring, string? Why)>> EnsureAsync(OutboxEffect effect, EnsureVersionSet wanted, CancellationToken cancel)
    {
        var resource = VersionSetWanted.ResourceOf(wanted.Spec.Id);
        var ofLane = (await store.ReadWantedBelowAsync(VersionSetWanted.ResourceOf($"{wanted.Spec.Lane}/"), cancel)).Select(row => (row.Agent, row.Resource, Wanted: Read(row))).ToList();
        var before = ofLane.Where(r => r.Resource == resource).ToDictionary(r => r.Agent, r => r.Wanted);
        // A worker takes no place of one that serves requests, nor the other way round.
        var others = ofLane.Where(r => r.Resource != resource && r.Wanted.Spec.Run.Process == wanted.Spec.Run.Process).GroupBy(r => r.Agent).ToDictionary(g => g.Key, g => g.Sum(r => r.Wanted.Count));
        var besides = ofLane.Where(r => wanted.Beside is { } other && r.Resource == VersionSetWanted.ResourceOf(other) && r.Wanted.Count > 0).Select(r => r.Agent).ToHashSet(StringComparer.Ordinal);
        var eligible = agents.Eligible(wanted.Target).Select(a => a.Name).ToList();
        if (wanted.Beside is not null)
        {
            // Where all of those are gone for now, it waits for them there.
            eligible = eligible.Exists(besides.Contains) ? eligible.FindAll(besides.Contains) : [.. besides];
        }

        var answers = new List<(string? Ring, string? Why)>();
        var rows = new List<WantedRow>();
        if (wanted.Rings.Count == 0)
        {
            Place(null, wanted.Target, wanted.Count, eligible, before.ToDictionary(b => b.Key, b => b.Value.Count));
        }
        else
        {
            var ringOf = eligible.Concat(before.Keys).Distinct().ToDictionary(agent => agent, agent => RingOf(agent, wanted.Rings.Select(r => (r.Name, r.Labels)), before.GetValueOrDefault(agent)?.Ring), StringComparer.Ordinal);
            foreach (var ring in wanted.Rings)
            {
                Place(
                    ring.Name, ring.Labels, ring.Count,
                    [.. eligible.Where(agent => ringOf[agent] == ring.Name)], before.Where(b => ringOf[b.Key] == ring.Name).ToDictionary(b => b.Key, b => b.Value.Count));
            }

            rows.AddRange(before.Keys.Where(agent => ringOf[agent] is not { } ring || wanted.Rings.All(r => r.Name != ring)).Select(agent => Row(agent, null, 0)));
        }

        await store.WriteWantedAsync(effect, rows, cancel);
        signal.Pulse();
        return answers;

        void Place(string? ring, IReadOnlyDictionary<string, string> labels, int count, IReadOnlyList<string> able, Dictionary<string, int> had)
        {
            var isNowhere = count > 0 && able.Count == 0 && (wanted.Beside is not null || had.Values.All(has => has == 0));
            answers.Add((ring, !isNowhere ? null : wanted.Beside is null ? agents.WhyNone(wanted.Spec.Lane.Environment, labels) : "what it is to stand beside has no place yet"));
            if (!isNowhere)
            {
                rows.AddRange(Placement.Spread(count, able, had, others).Select(placed => Row(placed.Key, ring, placed.Value)));
            }
        }

        WantedRow Row(string agent, string? ring, int count) => new(
            agent, resource, JsonSerializer.Serialize(new VersionSetWanted { Spec = wanted.Spec, Count = count, Attempt = wanted.Attempt, Ring = ring }, TargetsJson.Default.VersionSetWanted), wanted.Token, effect.Process);
    }

    /// <summary>Tells every agent of the lane how its traffic is divided. Null: done; else why it cannot be done now.</summary>
    public async Task<string?> ShiftAsync(OutboxEffect effect, ShiftTraffic wanted, CancellationToken cancel)
    {
        var resource = TrafficWanted.ResourceOf(wanted.Wanted.Lane);
        // Each router serves what its own host runs: one that has had workers alone is told nothing.
        var routes = (await store.ReadWantedBelowAsync(resource, cancel)).Where(r => r.Resource == resource).Select(r => (r.Agent, Set: (VersionSetWanted?)null));
        var sets = (await store.ReadWantedBelowAsync(VersionSetWanted.ResourceOf($"{wanted.Wanted.Lane}/"), cancel)).Select(r => (r.Agent, Set: (VersionSetWanted?)Read(r))).Where(r => !r.Set!.Spec.Run.IsWorker);
        var holders = routes.Concat(sets).ToLookup(r => r.Agent, r => r.Set);
        if (holders.Count == 0)
        {
            return wanted.Wanted.Weights.Count == 0 && wanted.Rings.Count == 0 ? null : "no agent runs anything of this lane";
        }

        var everywhere = JsonSerializer.Serialize(wanted.Wanted, TargetsJson.Default.TrafficWanted);
        var bodies = wanted.Rings.ToDictionary(r => r.Name, r => JsonSerializer.Serialize(r.Wanted, TargetsJson.Default.TrafficWanted));
        await store.WriteWantedAsync(effect, [.. holders.Select(had => new WantedRow(had.Key, resource, BodyFor(had.Key, had), wanted.Token, effect.Process))], cancel);
        signal.Pulse();
        return null;

        string BodyFor(string agent, IEnumerable<VersionSetWanted?> had) =>
            bodies.Count == 0 || RingOf(agent, wanted.Rings.Select(r => (r.Name, r.Labels)), had.Select(set => set?.Ring).FirstOrDefault(r => r is not null)) is not { } ring
                ? everywhere : bodies.GetValueOrDefault(ring, everywhere);
    }

    /// <summary>The first group whose labels an agent has; of one that has not come back since this server started, the one that it was in. Null: none.</summary>
    private string? RingOf(string agent, IEnumerable<(string Name, IReadOnlyDictionary<string, string> Labels)> rings, string? before) =>
        agents.Find(agent) is null ? before : agents.RingOf(agent, rings);

    /// <summary>Nothing is wanted of an agent any more that was removed.</summary>
    public async Task WithdrawAsync(string agent, CancellationToken cancel)
    {
        var rows = await store.ReadWantedAsync(agent, cancel);
        await store.WriteWantedAsync(null, [.. rows.Select(row => row with { Body = null })], cancel);
        signal.Pulse();
    }

    private static VersionSetWanted Read(WantedRow row) => JsonSerializer.Deserialize(row.Body!, TargetsJson.Default.VersionSetWanted)!;
}
