using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;

namespace Slipway.Engine.Tests.Simulation;

/// <summary>How one history ended.</summary>
/// <param name="Broken">The invariant that does not hold; null: all do.</param>
internal sealed record History(int Seed, int Happenings, InvariantBrokenException? Broken, IReadOnlyList<string> Trace, HistoryCounts Counts);

internal sealed record HistoryCounts(int Rollouts, int Succeeded, int RolledBack, int Aborted, int NeedsAttention, int WorkersSucceeded, int WorkersTakenBack, int BesideSucceeded, int BesideTakenBack, int Turns);

/// <summary>Plays one history: what happens by the schedule, then a quiet time in which all that can end by itself must, then people who decide what waits for them, then rest.</summary>
internal static class Simulation
{
    private static readonly TimeSpan QuietAtMost = TimeSpan.FromMinutes(10), RoundAtMost = TimeSpan.FromMinutes(8);

    /// <summary>Longer than the lease of an effect whose node died, and than any version is kept warm.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(3);
    private const int ResolvingRounds = 15;

    public static History Play(int seed, Mutation mutation = Mutation.None, int? take = null)
    {
        using var world = new World(seed, mutation);
        var happenings = Schedule.Draw(seed);
        var playing = PlayAsync(world, seed, [.. happenings.Take(take ?? happenings.Count)]);
        if (!playing.IsCompleted)
        {
            throw new InvalidOperationException($"Seed {seed}: something waits in real time; nothing here may. The last that happened:\n{string.Join('\n', world.Trace.TakeLast(20))}");
        }

        InvariantBrokenException? broken = null;
        try
        {
            playing.GetAwaiter().GetResult();
        }
        catch (InvariantBrokenException found)
        {
            broken = found;
        }

        var rollouts = world.Invariants.Rollouts.Values;
        return new History(seed, take ?? happenings.Count, broken, [.. world.Trace], new HistoryCounts(
            rollouts.Count, rollouts.Count(r => r.Phase == RolloutPhase.Succeeded), rollouts.Count(r => r.Phase == RolloutPhase.RolledBack),
            rollouts.Count(r => r.Phase == RolloutPhase.Aborted), rollouts.Count(r => r.Phase == RolloutPhase.NeedsAttention),
            rollouts.Count(r => r.Inputs.Revision.Run.IsWorker && r.Phase == RolloutPhase.Succeeded), rollouts.Count(r => r.Inputs.Revision.Run.IsWorker && r.Phase is (RolloutPhase.RolledBack or RolloutPhase.Aborted)),
            rollouts.Count(r => r.Workers is not null && r.Phase == RolloutPhase.Succeeded), rollouts.Count(r => r.Workers is not null && r.Phase is (RolloutPhase.RolledBack or RolloutPhase.Aborted)), world.Invariants.Turns));
    }

    /// <summary>The shortest beginning of a history's schedule after which the same invariant breaks.</summary>
    public static History Shrink(History failed, Mutation mutation = Mutation.None)
    {
        for (var take = 1; take < failed.Happenings; take++)
        {
            var shorter = Play(failed.Seed, mutation, take);
            if (shorter.Broken?.Invariant == failed.Broken!.Invariant)
            {
                return shorter;
            }
        }

        return failed;
    }

    private static async Task PlayAsync(World world, int seed, IReadOnlyList<Happening> happenings)
    {
        var people = new People(world);
        var next = 0;
        await RunAsync(world, people, Schedule.Length, () =>
        {
            for (; next < happenings.Count && happenings[next].At <= world.Time.Elapsed; next++)
            {
                world.Tell($"** {happenings[next].Name}");
                happenings[next].Do(world, people, new Random(unchecked((seed * 10007) + (next * 101))));
            }

            return next < happenings.Count ? happenings[next].At : null;
        }, done: null).ConfigureAwait(false);

        world.EndFaults();
        await RunAsync(world, people, world.Time.Elapsed + QuietAtMost, () => null, () => WhyNotQuiet(world, people) is null).ConfigureAwait(false);
        Invariants.Require(WhyNotQuiet(world, people) is null, "Liveness", WhyNotQuiet(world, people) ?? "");
        world.Invariants.CheckCommands();
        for (var round = 1; round <= ResolvingRounds && world.Invariants.AnythingOpen; round++)
        {
            people.Resolve(round);
            await RunAsync(world, people, world.Time.Elapsed + RoundAtMost, () => null, () => people.Idle && WhyNotQuiet(world, people) is null).ConfigureAwait(false);
        }

        Invariants.Require(!world.Invariants.AnythingOpen, "Liveness", $"people did what they could, and there is still {world.Invariants.TellOpen()}");
        await RunAsync(world, people, world.Time.Elapsed + Rest, () => null, done: null).ConfigureAwait(false);
        world.Invariants.CheckEnd();
        world.Invariants.CheckCommands();
        world.Invariants.CheckWholeLedger();
    }

    /// <param name="happen">Does what is to happen now; the time of the next, if there is one.</param>
    internal static async Task RunAsync(World world, People people, TimeSpan until, Func<TimeSpan?> happen, Func<bool>? done)
    {
        while (world.Time.Elapsed < until)
        {
            var happens = happen();
            await people.RoundAsync().ConfigureAwait(false);
            await world.SettleAsync().ConfigureAwait(false);
            if (done is not null && done())
            {
                return;
            }

            var next = world.NextAt();
            next = happens < next ? happens.Value : next;
            next = people.NextAt < next ? people.NextAt.Value : next;
            next = until < next ? until : next;
            world.Time.Pass(next > world.Time.Elapsed ? next - world.Time.Elapsed : TimeSpan.FromMilliseconds(1));
        }
    }

    /// <summary>Null: everything has ended, or waits for a person and says so.</summary>
    internal static string? WhyNotQuiet(World world, People people)
    {
        if (!people.Idle)
        {
            return "a command is not answered";
        }

        if (!world.IsWhole)
        {
            return "a node is down, or will wake";
        }

        var store = world.Store;
        if (store.Processes.FirstOrDefault(p => p.Inbox.Count > 0) is { } unread)
        {
            return $"{unread.Id} has not folded its inbox";
        }

        foreach (var (id, rollout) in world.Invariants.Live)
        {
            if (rollout.Phase != RolloutPhase.Paused || rollout.Until is not null || string.IsNullOrEmpty(rollout.Reason))
            {
                return $"{id} is {rollout.Phase}: {rollout.Reason}";
            }
        }

        foreach (var (id, promotion) in world.Invariants.Promotions.Where(p => !p.Value.HasEnded && p.Value.Phase != PromotionPhase.RollingOut))
        {
            var behind = world.Invariants.Lanes.GetValueOrDefault(promotion.Lane)?.Active is not null || world.Invariants.Lanes.GetValueOrDefault(promotion.Lane)?.Queue.Count > 1;
            var says = promotion.Gates.FirstOrDefault(g => g.State == Core.Gates.GateState.Waiting) is { OpenedBy: not null };
            if (!(promotion.Phase == PromotionPhase.Waiting && says) && !(promotion.Phase == PromotionPhase.Ready && behind))
            {
                return $"{id} is {promotion.Phase}: {promotion.Reason}";
            }

            if (store.Find(PromotionFlow.ProcessOf(id))?.DueAt is null)
            {
                return $"{id} waits ({promotion.Reason}), and nothing will ever look again";
            }
        }

        return null;
    }
}
