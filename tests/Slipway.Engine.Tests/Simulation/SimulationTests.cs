using System.Collections.Concurrent;
using System.Diagnostics;

namespace Slipway.Engine.Tests.Simulation;

/// <summary>
/// Thousands of histories of the real loop, use cases and machines in virtual time, with crashes, lost words, frozen owners and people in a hurry; see <see cref="Invariants"/> for what must hold.
/// SLIPWAY_SIM_SEED=n plays one history and prints it; SLIPWAY_SIM_SEEDS=n plays so many, SLIPWAY_SIM_FROM=n from that one on.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int Seeds = 2000, MostBroken = 30;

    [Fact]
    public void Every_invariant_holds_in_every_history()
    {
        if (Number("SLIPWAY_SIM_SEED") is { } one)
        {
            var history = Simulation.Play(one);
            output.WriteLine(string.Join('\n', history.Trace));
            history.Broken.ShouldBeNull(Tell(history));
            return;
        }

        var (from, count) = (Number("SLIPWAY_SIM_FROM") ?? 1, Number("SLIPWAY_SIM_SEEDS") ?? Seeds);
        var watch = Stopwatch.StartNew();
        ConcurrentBag<History> broken = [];
        ConcurrentBag<HistoryCounts> counts = [];
        Parallel.For(from, from + count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, (seed, loop) =>
        {
            var history = Simulation.Play(seed);
            counts.Add(history.Counts);
            if (history.Broken is not null)
            {
                broken.Add(history);
                if (broken.Count >= MostBroken)
                {
                    loop.Stop();
                }
            }
        });
        output.WriteLine($"{counts.Count} histories in {watch.Elapsed.TotalSeconds:0} s: {counts.Sum(c => c.Turns)} turns; {counts.Sum(c => c.Rollouts)} rollouts, of which {counts.Sum(c => c.Succeeded)} succeeded, "
            + $"{counts.Sum(c => c.RolledBack)} were rolled back, {counts.Sum(c => c.Aborted)} aborted, {counts.Sum(c => c.NeedsAttention)} need attention; of workers {counts.Sum(c => c.WorkersSucceeded)} succeeded, and {counts.Sum(c => c.WorkersTakenBack)} were taken back; of those with workers beside {counts.Sum(c => c.BesideSucceeded)} and {counts.Sum(c => c.BesideTakenBack)}");
        if (!broken.IsEmpty)
        {
            var all = string.Join('\n', broken.OrderBy(b => b.Seed).Select(b => $"seed {b.Seed}: {b.Broken!.Message}"));
            var shortest = Simulation.Shrink(broken.MinBy(b => b.Happenings)!);
            Assert.Fail($"{broken.Count} of {counts.Count} histories break an invariant:\n{all}\n\n{Tell(shortest)}");
        }

        counts.Sum(c => c.Succeeded).ShouldBeGreaterThan(count / 2, "the histories are too wild to say anything");
        counts.Sum(c => c.RolledBack).ShouldBeGreaterThan(count / 10);
        counts.Sum(c => c.Aborted).ShouldBeGreaterThan(count / 10);
        counts.Sum(c => c.WorkersSucceeded).ShouldBeGreaterThan(count / 10);
        counts.Sum(c => c.WorkersTakenBack).ShouldBeGreaterThan(count / 30);
        counts.Sum(c => c.BesideSucceeded).ShouldBeGreaterThan(count / 10);
        counts.Sum(c => c.BesideTakenBack).ShouldBeGreaterThan(count / 30);
    }

    internal static string Tell(History history) =>
        $"seed {history.Seed} with the first {history.Happenings} happenings (SLIPWAY_SIM_SEED={history.Seed} plays it again): {history.Broken?.Message}\n{string.Join('\n', history.Trace.TakeLast(80))}";

    private static int? Number(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : null;
}
