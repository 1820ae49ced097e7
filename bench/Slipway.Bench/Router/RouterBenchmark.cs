namespace Slipway.Bench.Router;

/// <summary>
/// The router beside haproxy: the same two nginx backends, 95 to 5, the same load. Runs alternate, so that whatever else the machine does falls on both, and medians count.
/// </summary>
public sealed class RouterBenchmark : IBenchmark
{
    private const int Rounds = 7, RoundSeconds = 5, WarmUpSeconds = 8, Connections = 64, Switches = 20;

    public string Name => "router";
    public string Summary => "CPU per request and requests per second beside haproxy; failed requests over 20 weight switches";

    public async Task<Outcome> RunAsync(CancellationToken cancel)
    {
        await using var contestants = new Contestants();
        await contestants.StartAsync(cancel);
        await Wrk.RunAsync(contestants.RouterPort, Contestants.Host, Connections, WarmUpSeconds, cancel);
        await Wrk.RunAsync(contestants.HaproxyPort, Contestants.Host, Connections, 2, cancel);

        List<(double PerSecond, double Cpu)> haproxy = [], router = [];
        double failed = 0;
        for (var round = 0; round < Rounds; round++)
        {
            haproxy.Add(await MeasureAsync(contestants.HaproxyPort, contestants.HaproxyPid));
            router.Add(await MeasureAsync(contestants.RouterPort, contestants.RouterPid));
        }

        var (switched, lost, counted) = await SwitchAsync(contestants, cancel);
        var cpu = new Figure("CPU per request over haproxy's", Median(router.Zip(haproxy, (r, h) => r.Cpu / h.Cpu)), "ratio");
        var rate = new Figure("requests per second over haproxy's", Median(router.Zip(haproxy, (r, h) => r.PerSecond / h.PerSecond)), "ratio");
        var failures = new Figure($"failed over {Switches} switches and all rounds", lost + failed, "requests");
        return new Outcome(
            [
                new("router: CPU per request", Median(router.Select(r => r.Cpu)), "µs"),
                new("haproxy: CPU per request", Median(haproxy.Select(r => r.Cpu)), "µs"),
                cpu,
                new("router: requests per second", Median(router.Select(r => r.PerSecond)), "requests/s"),
                new("haproxy: requests per second", Median(haproxy.Select(r => r.PerSecond)), "requests/s"),
                rate,
                new($"requests during {Switches} switches", switched, "requests"),
                new("counted by the router as not answered by an instance", counted, "requests"),
                failures,
                new("router: from a kill to the first answer", contestants.RouterStart.TotalMilliseconds, "ms"),
            ],
            [Goal.Most(cpu, 2), Goal.Least(rate, 0.6), Goal.Most(failures, 0)]);

        async Task<(double, double)> MeasureAsync(int port, int pid)
        {
            var before = Contestants.Cpu(pid);
            var seen = await Wrk.RunAsync(port, Contestants.Host, Connections, RoundSeconds, cancel);
            failed += seen.Failed;
            return (seen.PerSecond, (Contestants.Cpu(pid) - before).TotalMicroseconds / seen.Requests);
        }
    }

    private static async Task<(double Requests, double Lost, double Counted)> SwitchAsync(Contestants contestants, CancellationToken cancel)
    {
        var load = Wrk.RunAsync(contestants.RouterPort, Contestants.Host, Connections, Switches / 2 + 2, cancel);
        for (var i = 0; i < Switches; i++)
        {
            await Task.Delay(500, cancel);
            await contestants.ShiftAsync((i % 4) switch { 0 => 100, 1 => 50, 2 => 0, _ => 5 }, cancel);
        }

        var seen = await load;
        var totals = (await contestants.CountsAsync(cancel)).Sets.Select(s => s.Total).ToList();
        return (seen.Requests, seen.Failed, totals.Sum(t => t.Errors5xx + t.ConnectFailures + t.TimedOut));
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
