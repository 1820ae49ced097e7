using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Tests.Simulation;

/// <summary>One thing that happens to the world from outside. What exactly it does may depend on the world at that moment, and on a randomness of its own, so that leaving others out changes little.</summary>
internal sealed record Happening(TimeSpan At, string Name, Action<World, People, Random> Do);

/// <summary>Draws what happens in one history: commands and faults.</summary>
internal static class Schedule
{
    private static readonly string[] Writes = [nameof(IStore.CommitTurnAsync), nameof(IStore.WriteWantedAsync), nameof(IStore.WriteWantedAsync), nameof(IStore.CompleteEffectAsync), nameof(IStore.AppendAsync)];

    public static readonly TimeSpan Length = TimeSpan.FromSeconds(150);

    private static readonly (int Share, string Name, Action<World, People, Random> Do)[] Commands =
    [
        (6, "release", (w, p, r) => p.Release(Versions.Draw(r, w.NextVersion(), only: false, w), Sometimes(r))),
        (6, "promote", (w, p, r) => p.Promote(Environment(w, r), r.Next(4) == 0 ? w.AnyVersion(r) : null, Sometimes(r))),
        (3, "rollback", (w, p, r) => p.RollBack(Environment(w, r), Sometimes(r))),
        (4, "decide", (w, p, r) => WithWaiting(w, r, id => p.Decide(id, r.Next(5) == 0 ? World.Ada : World.Ben, r.Next(6) > 0, Sometimes(r)))),
        (1, "cancel", (w, p, r) => WithWaiting(w, r, id => p.Cancel(id, Sometimes(r)))),
        (1, "hold", (w, p, r) => p.Hold(Environment(w, r), r.Next(2) == 0 ? null : w.AnyVersion(r), Sometimes(r))),
        (1, "lift holds", (_, p, _) => p.LiftHolds()),
        (1, "freeze", (w, p, r) => p.Freeze(Environment(w, r), TimeSpan.FromSeconds(r.Next(5, 120)), Sometimes(r))),
        (1, "lift freezes", (_, p, _) => p.LiftFreezes()),
        (1, "veto", (w, p, r) => p.Veto(w.AnyVersion(r), Sometimes(r))),
        (7, "act", (w, p, r) => WithLive(w, r, id => p.Act(id, (RolloutAsk)r.Next(6), Sometimes(r), World.Ben))),
    ];

    private static readonly (int Share, string Name, Action<World, People, Random> Do)[] Faults =
    [
        (8, "the node dies", (w, _, r) => w.Current?.Faults.DieAfter(r.Next(0, 60), before: r.Next(2) == 0)),
        (4, "the node dies at a write", (w, _, r) => w.Current?.Faults.DieAfter(r.Next(0, 8), before: r.Next(2) == 0, Writes[r.Next(Writes.Length)])),
        (4, "the node freezes", (w, _, r) => Freeze(w, r)),
        (2, "the store is away", (w, _, r) => w.Current?.Faults.TakeStoreAway(TimeSpan.FromSeconds(r.Next(1, 20)))),
        (3, "an agent restarts", (w, _, r) => Agent(w, r).Restart()),
        (2, "an agent is cut off", (w, _, r) => Agent(w, r).AwayUntil = w.Time.Elapsed + TimeSpan.FromSeconds(r.Next(2, 60))),
        (2, "reports are lost", (w, _, r) => Agent(w, r).ReportsLostUntil = w.Time.Elapsed + TimeSpan.FromSeconds(r.Next(2, 30))),
        (3, "reports come late, out of order", (w, _, r) => Agent(w, r).ReportsLateUntil = w.Time.Elapsed + TimeSpan.FromSeconds(r.Next(5, 40))),
        (2, "counts are lost", (w, _, r) => Agent(w, r).CountsLostUntil = w.Time.Elapsed + TimeSpan.FromSeconds(r.Next(2, 40))),
        (2, "counts come late", (w, _, r) => Agent(w, r).CountsLateUntil = w.Time.Elapsed + TimeSpan.FromSeconds(r.Next(5, 40))),
        (3, "an instance dies", (w, _, r) => Agent(w, r).Kill(r)),
        (3, "a router is stuck", (w, _, r) => Agent(w, r).RouterStuckUntil = w.Time.Elapsed + TimeSpan.FromSeconds(r.Next(2, 150))),
        (2, "a router is stuck while somebody aborts", (w, p, r) =>
        {
            Agent(w, r).RouterStuckUntil = w.Time.Elapsed + TimeSpan.FromSeconds(r.Next(60, 150));
            WithLive(w, r, id => p.Act(id, RolloutAsk.Abort, Sometimes(r)));
        }),
        (1, "the clock jumps on", (w, _, r) => w.Time.Jump(r.Next(3) == 0 ? TimeSpan.FromDays(2) : TimeSpan.FromSeconds(r.Next(5, 120)))),
        (1, "the clock jumps back", (w, _, r) => w.Time.Jump(r.Next(3) == 0 ? -TimeSpan.FromHours(1) : -TimeSpan.FromSeconds(r.Next(1, 30)))),
    ];

    public static IReadOnlyList<Happening> Draw(int seed)
    {
        var random = new Random(unchecked((seed * 7919) + 17));
        List<Happening> all =
        [
            new(TimeSpan.FromSeconds(1), "the first release", (w, p, r) => p.Release(Versions.Draw(r, w.NextVersion(), only: r.Next(5) > 0, w), false)),
            new(TimeSpan.FromSeconds(2), "promote it", (w, p, r) => p.Promote(w.Platform.Current.Environments[0].Name, null, false)),
        ];
        var (commands, faults) = (random.Next(4, 11), random.Next(5) == 0 ? 0 : random.Next(2, 11));
        for (var n = 0; n < commands + faults; n++)
        {
            var from = n < commands ? Commands : Faults;
            var pick = random.Next(from.Sum(f => f.Share));
            var chosen = from.First(f => (pick -= f.Share) < 0);
            all.Add(new Happening(TimeSpan.FromMilliseconds(random.Next(3000, (int)Length.TotalMilliseconds)), chosen.Name, chosen.Do));
        }

        return [.. all.OrderBy(h => h.At)];
    }

    private static void Freeze(World world, Random random)
    {
        world.FreezeLength = TimeSpan.FromSeconds(random.Next(5) switch { 0 => 3, 1 => 12, 2 => random.Next(16, 60), _ => random.Next(125, 200) });
        if (random.Next(3) == 0)
        {
            world.Current?.Faults.FreezeAfter(random.Next(0, 60), before: random.Next(3) > 0);
        }
        else
        {
            world.Current?.Faults.FreezeAfter(random.Next(0, 6), before: random.Next(4) > 0, Writes[random.Next(Writes.Length)]);
        }
    }

    private static bool Sometimes(Random random) => random.Next(4) == 0;

    private static string Environment(World world, Random random) => world.Platform.Current.Environments[^(random.Next(4) == 0 ? world.Platform.Current.Environments.Count : 1)].Name;

    private static SimAgent Agent(World world, Random random) => world.Agents[random.Next(world.Agents.Count)];

    private static void WithWaiting(World world, Random random, Action<string> act) => With([.. world.Invariants.Promotions.Where(p => p.Value.Phase is PromotionPhase.Waiting or PromotionPhase.Ready).Select(p => p.Key)], random, act);

    private static void WithLive(World world, Random random, Action<string> act) => With([.. world.Invariants.Live.Select(r => r.Key)], random, act);

    private static void With(List<string> ids, Random random, Action<string> act)
    {
        if (ids.Count > 0)
        {
            act(ids[random.Next(ids.Count)]);
        }
    }
}
