using Slipway.Core.Analysis;
using Slipway.Core.Kernel;

namespace Slipway.Bench.Canaries;

/// <summary>
/// Five hundred canaries at once on one server's loop and store, with targets and traffic that are simulated. Each turns bad at a moment of its own. The same counts are given to a judge beside it, which
/// says in which second the evidence was enough; what is measured is the time from the report of that second to the wanted weights that take the version's traffic away.
/// </summary>
public sealed class CanariesBenchmark : IBenchmark
{
    private const int Lanes = 500, Seconds = 60, FirstBad = 10, LastBad = 45;

    public string Name => "canaries";
    public string Summary => "500 canaries at once: from the bin that decides to the weights that take the traffic away (takes two minutes)";

    public async Task<Outcome> RunAsync(CancellationToken cancel)
    {
        await using var node = await BenchNode.StartAsync(Lanes, cancel);
        await node.DeliverAsync("1.0", waitForEnd: true, cancel);
        await node.DeliverAsync("2.0", waitForEnd: false, cancel);

        var random = new Random(7);
        var lanes = node.Lanes.Select((lane, i) => new Watched(lane, FirstBad + (i * (LastBad - FirstBad) / Lanes), random.Next())).ToList();
        var processor = Environment.CpuUsage.TotalTime;
        var began = DateTimeOffset.UtcNow;
        for (var second = 0; second < Seconds; second++)
        {
            var counts = lanes.Where(lane => node.IsCanary(lane.Lane)).Select(lane => lane.Next(second, node.UnixSecond)).ToList();
            await node.ReportSecondAsync(counts, cancel);
            var at = node.Elapsed;
            foreach (var lane in lanes)
            {
                lane.Note(second, at, node.TakenBackAt(lane.Lane));
            }
        }

        var busy = (Environment.CpuUsage.TotalTime - processor) / (DateTimeOffset.UtcNow - began);
        await Task.Delay(TimeSpan.FromSeconds(3), cancel);
        var late = lanes.Select(lane => lane.Late(node.TakenBackAt(lane.Lane))).Order().ToList();
        var undecided = late.Count(double.IsPositiveInfinity);
        Figure At(double share, string name) => new($"bin reported to weights wanted, {name}", late[Math.Min(late.Count - 1, (int)(share * late.Count))], "s");
        var p99 = At(0.99, "p99");
        var never = new Figure("canaries that were not taken back though the evidence was enough", undecided, "");
        return new Outcome(
            [At(0.5, "median"), p99, At(1, "longest"), never, new("canaries taken back without evidence enough", lanes.Count(lane => lane.IsEarly), ""), new("processors busy", busy, "cores")],
            [Goal.Most(p99, 1), Goal.Most(never, 0)]);
    }

    /// <summary>One lane: its counts, and the judge beside it.</summary>
    private sealed class Watched(LaneId lane, int badFrom, int seed)
    {
        private readonly Random random = new(seed);
        private readonly RunningAnalysis judge = new(AnalysisSettings.From(BenchNode.Canary, TimeSpan.FromSeconds(30)));
        private double? decided, takenBack;

        public LaneId Lane => lane;

        /// <summary>Taken back before the judge beside it had evidence enough.</summary>
        public bool IsEarly => takenBack is not null && decided is null;

        public (LaneId Lane, int Canary, int CanaryBad, int Stable, int StableBad) Next(int second, long unixSecond)
        {
            const int Stable = 90, Canary = 10;
            var (canaryBad, stableBad) = (Bad(Canary, second >= badFrom ? 0.5 : 0.01), Bad(Stable, 0.01));
            judge.Observe(new ObservedSecond(unixSecond, 1, 0.1, Arm(Canary, canaryBad), Arm(Stable, stableBad)));
            judge.Complete(unixSecond + 1);
            return (lane, Canary, canaryBad, Stable, stableBad);
        }

        public void Note(int second, double reportedAt, double? back)
        {
            decided ??= judge.HasFailed ? reportedAt : null;
            takenBack ??= back;
        }

        public double Late(double? back) => decided is not { } at ? double.NegativeInfinity : (back ?? double.PositiveInfinity) - at;

        private static ArmSecond Arm(int units, int bad) => new() { Units = units, Bad = bad };

        private int Bad(int units, double rate) => Enumerable.Range(0, units).Count(_ => random.NextDouble() < rate);
    }
}
